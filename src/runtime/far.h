/* far.h -- a channel's link to a rank in another process, over a wire.
 *
 *   sender's process                      receiver's process
 *   [slot 0 .. held-1] --message n------> [slot n % held]   tag: even
 *   credit n-held <-----credit n-held---- since it is taken  tag: odd
 *
 * A message waits for the credit of the one that had its slot, so there are
 * never more on the way than receives were posted for; a receive is posted anew
 * before its credit is given. Each side ends with a last message, the farewell:
 * it tells the other that nothing more will come, in the midst of a run or at
 * the end, so that nothing is left unread on the wire. */
#ifndef PIPELAB_RUNTIME_FAR_H
#define PIPELAB_RUNTIME_FAR_H

#include "runtime/channel.h"
#include "runtime/world.h"

/* As channel_init_holding() does, for a link of which one end is in this
 * process. number is the plan's of the link. */
void
far_init(struct channel *channel, const struct world *world, int number,
         int most, int capacity, size_t floats, int sender, int receiver);

/* Whether the run here ended because the other process said farewell. */
bool
far_left(const struct channel *channel);

/* Says farewell, once; does not wait. No rank may be using the channel. Do so
 * on all links before channel_fini() on any: that waits for the other
 * side's. */
void
far_leave(struct channel *channel);

#endif
