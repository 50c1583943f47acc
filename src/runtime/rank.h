/* rank.h -- the loop of one rank: does its actions in order and keeps both
 * clocks. */
#ifndef PIPELAB_RUNTIME_RANK_H
#define PIPELAB_RUNTIME_RANK_H

#include "runtime/run.h"

/* Called just before every action, as a place for breakpoints: "break
 * rank_action_begin if action->mb == 3". All it does itself is to raise
 * SIGTRAP at break_at. */
void
rank_action_begin(const struct rank *rank, const struct action *action);

/* The thread of a rank; argument is its struct rank. Returns NULL. */
void *
rank_main(void *argument);

#endif
