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

/* What a message of a link costs, from SEND done to its arrival. */
struct link_cost {
    int64_t latency;
    int64_t hold; /* of the wire: bytes / bandwidth */
    int wire;     /* that it takes, shared by all links from this rank to that
                   * one; -1: none, messages do not wait for one another */
};

struct cost {
    int stages;
    int64_t latency;                /* of every link, unless links is set */
    int64_t (*ticks)[ACTION_KINDS]; /* stages; OVERLAP_F_B: -1 for the sum */
    struct link_cost *links;        /* plan_links(), or NULL */
    int wires;
    bool blocking_sends; /* a rank stays at a SEND until its wire is done */
    bool barrier;        /* ranks meet before their first STEP */
    int64_t *reduce;     /* stages: the all-reduce of its gradients among the
                          * replicas, beside computing; or NULL */
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

/* The same of the action at a position in a rank's list. */
int64_t
cost_at(const struct cost *cost, int rank, size_t position,
        const struct action *action);

/* Of a link's messages, or NULL if they take cost->latency and no wire. */
static inline const struct link_cost *
cost_link(const struct cost *cost, int link)
{
    return cost->links ? &cost->links[link] : NULL;
}

#endif
