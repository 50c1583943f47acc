/* cost.h -- how long an action takes, in integer ticks of virtual time.
 *
 * One tick is one nanosecond when costs are measured; otherwise it is whatever
 * one forward takes. */
#ifndef PIPELAB_PLAN_COST_H
#define PIPELAB_PLAN_COST_H

#include "base/error.h"
#include "plan/action.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest duration or latency, ten seconds in nanoseconds: the makespan of
 * PLAN_MAX_CELLS cells, one after the other, then stays inside int64_t. */
#define COST_MAX INT64_C(10000000000)

struct cost {
    int stages;
    int64_t latency;                /* of a message, from SEND to arrival */
    int64_t (*ticks)[ACTION_KINDS]; /* stages; OVERLAP_F_B: -1 for the sum */
};

/* The defaults of action.def on every stage, latency 0. */
void
cost_init(struct cost *cost, int stages);

/* Every compute action takes one tick: the time of the course's tables. */
void
cost_init_unit(struct cost *cost, int stages);

void
cost_fini(struct cost *cost);

/* Sets the durations of all stages from "F=10,B=20". What the list leaves out
 * follows from what it has: F is 1; B is I + W, or 2 F; I and W are the halves
 * of B, I the larger, or what the other leaves of B; one of them alone without
 * B has the other take as long as F. Where cost is NULL, here as below, the
 * text is checked and no more. */
bool
cost_parse(struct cost *cost, const char *text, struct cause *cause);

/* Describes what a list that cost_parse() takes leaves out, as in "I=10 (half
 * of B), W=10 (half of B)"; empty if nothing follows from it. */
void
cost_describe_rest(const char *text, char line[], size_t size);

/* Multiplies the durations of stage s by factors[s] >= 1; factors[stages]. */
bool
cost_scale(struct cost *cost, const int factors[], struct cause *cause);

/* Multiplies the stages' durations by "1,1,2.5,1", rounded to a tick; one
 * factor a stage, however many those are where cost is NULL. */
bool
cost_parse_stages(struct cost *cost, const char *text, struct cause *cause);

/* Ticks of a compute action or STEP; transfers take none of their own. */
int64_t
cost_of(const struct cost *cost, const struct action *action);

#endif
