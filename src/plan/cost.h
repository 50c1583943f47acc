/* cost.h -- how long an action takes, in integer ticks of virtual time.
 *
 * One tick is one nanosecond when costs are measured; otherwise one tick is
 * the time of one forward. */
#ifndef PIPELAB_PLAN_COST_H
#define PIPELAB_PLAN_COST_H

#include "base/error.h"
#include "plan/action.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest duration or latency: ten seconds in nanoseconds. The makespan of
 * PLAN_MAX_CELLS cells, one after the other, then fits an int64_t. */
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

/* Sets the durations of all stages from "F=10,B=20". Kinds that the list
 * leaves out follow from those that it has: F is 1; B is I + W, or 2 F; I and
 * W are the halves of B, I the larger, or B minus the other; if only I or W is
 * given, without B, the other one takes as long as F. With cost NULL, here and
 * below, the text is only checked. */
bool
cost_parse(struct cost *cost, const char *text, struct cause *cause);

/* Writes the durations that a list for cost_parse() leaves out and how they
 * follow, "I=10 (half of B), W=10 (half of B)"; empty if it leaves out
 * none. */
void
cost_describe_rest(const char *text, char line[], size_t size);

/* Multiplies the durations of stage s by factors[s] >= 1; factors[stages]. */
bool
cost_scale(struct cost *cost, const int factors[], struct cause *cause);

/* Multiplies the stages' durations by "1,1,2.5,1", one factor a stage, and
 * rounds to ticks. With cost NULL any number of factors is accepted. */
bool
cost_parse_stages(struct cost *cost, const char *text, struct cause *cause);

/* Ticks of a computation or a STEP; 0 for a transfer. */
int64_t
cost_of(const struct cost *cost, const struct action *action);

#endif
