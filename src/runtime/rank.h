/* rank.h -- the loop of one rank: takes its actions in order, keeps both
 * clocks. */
#ifndef PIPELAB_RUNTIME_RANK_H
#define PIPELAB_RUNTIME_RANK_H

#include "runtime/run.h"

/* Every action passes through here just before it runs. All it does is to stop
 * a debugger at break_at: it exists to be broken on, as in "break
 * rank_action_begin if action->mb == 3". */
void
rank_action_begin(const struct rank *rank, const struct action *action);

/* The thread of a rank; argument is its struct rank. Returns NULL. */
void *
rank_main(void *argument);

#endif
