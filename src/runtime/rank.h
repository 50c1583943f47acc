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

/* What others wait for of a rank that stops before its list ends: its links'
 * farewells, at once, for they may not come to their STEPs before; then the
 * STEPs of this step (see stage_ops.h). */
void
rank_stop(struct rank *rank);

/* The thread of a rank; argument is its struct rank. Returns NULL. */
void *
rank_main(void *argument);

#endif
