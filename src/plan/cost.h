/* cost.h -- how long an action takes in virtual time.
 *
 * The clock counts whole ticks. One tick is one nanosecond when costs are
 * measured; otherwise it is the unit that the costs are given in, the time of
 * one forward by default. If a time or a factor is no whole number of units,
 * a tick is a thousandth of the unit, but no less than a nanosecond.
 *
 *   time = base(stage, kind) x microbatch factor x rank factor x jitter,
 *
 * rounded to a tick once, to the nearest, halves up. */
#ifndef PIPELAB_PLAN_COST_H
#define PIPELAB_PLAN_COST_H

#include "base/error.h"
#include "plan/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest duration or latency in ticks: ten seconds in nanoseconds. The
 * makespan of PLAN_MAX_CELLS cells, one after the other, then fits an
 * int64_t. */
#define COST_MAX INT64_C(10000000000)

/* Ticks in a unit of time where not all times are whole. */
enum { COST_FINE = 1000 };

/* From one rank to another: one wire, which all links between them share. It
 * carries one message at a time in each direction. */
struct wire_cost {
    int64_t latency;
    double per_byte; /* ticks that a message holds the wire for each byte; 0:
                      * messages do not wait for one another */
};

struct network {
    int ranks;
    struct wire_cost *pairs; /* ranks x ranks, from x to */
    double *bytes; /* 2 x stages: of a stage's output, or its gradient; then of
                    * all its weight gradients */
};

/* What a message of a link costs, from SEND done to its arrival. */
struct link_cost {
    int64_t latency;
    int64_t hold; /* of the wire */
    int wire;     /* sender x ranks + receiver, or -1 */
};

/* What makes times differ beyond stage and kind. Factors are 1 where an array
 * is NULL. */
struct variation {
    double *mb_factors; /* mbs; not of a STEP */
    int mbs;
    double *rank_factors; /* ranks */
    int ranks;
    double jitter; /* x, at most 1: the factor of an action is
                           * 1 + x u, u uniform in [-1, 1) */
    uint64_t seed; /* u is number (rank, position) of stream draw */
    uint32_t draw;
};

struct cost {
    int stages;
    int64_t (*ticks)[ACTION_KINDS]; /* stages: of base; OVERLAP_F_B: -1 for the
                                     * sum */
    double (*base)[ACTION_KINDS];   /* stages: in units; NULL: as ticks */
    int per_unit;                   /* ticks in a unit: 1 or COST_FINE */
    char unit[4];                   /* "us", ...; "" where it has no name */
    int64_t latency;                /* of every link, unless there is a
                                     * network */
    double latency_units;           /* the same in units, if there is a base */
    struct variation variation;
    struct network *network; /* or NULL */
    bool blocking_sends; /* a rank stays at a SEND until its wire is done */
    bool barrier;        /* ranks meet before their first STEP */
    int64_t *reduce;     /* stages: the all-reduce of its gradients among the
                          * replicas, beside computing; or NULL */
    bool *recompute;     /* stages: B and I run the stage's F again; or NULL */
};

/* The defaults of action.def on every stage, latency 0. */
void
cost_init(struct cost *cost, int stages);

/* Every computation takes one tick, and what shards does: the time of the
 * course's tables. */
void
cost_init_unit(struct cost *cost, int stages);

void
cost_fini(struct cost *cost);

/* A copy with arrays of its own. */
void
cost_copy(struct cost *copy, const struct cost *cost);

/* ---- from text ---- */

/* Sets the durations of all stages from "F=10,B=20" or "F=1.5ms,B=3ms"; the
 * first unit is that of all times. Kinds that the list leaves out follow from
 * those that it has: F is 1; B is I + W, or 2 F; I and W are the halves of B,
 * whole ones if all is, I the larger, or B minus the other; if only I or W is
 * given, without B, the other one takes as long as F. With cost NULL, here and
 * below, the text is only checked. */
bool
cost_parse(struct cost *cost, const char *text, struct cause *cause);

/* Writes the durations that a list for cost_parse() leaves out and how they
 * follow, "I=10 (half of B), W=10 (half of B)"; empty if it leaves out
 * none. */
void
cost_describe_rest(const char *text, char line[], size_t size);

/* Multiplies the durations of stage s by factors[s] >= 0; factors[stages]. */
bool
cost_scale(struct cost *cost, const double factors[], struct cause *cause);

/* Multiplies the stages' durations by "1,1,2.5,1", one factor a stage. With
 * cost NULL any number of factors is accepted. */
bool
cost_parse_stages(struct cost *cost, const char *text, struct cause *cause);

/* The latency of every link, "3" or "5us". */
bool
cost_parse_latency(struct cost *cost, const char *text, struct cause *cause);

/* Factors for the `count` microbatches or ranks, "1,1,3,1". */
bool
cost_parse_mbs(struct cost *cost, int count, const char *text,
               struct cause *cause);
bool
cost_parse_ranks(struct cost *cost, int count, const char *text,
                 struct cause *cause);

/* Reads a time, "3" or "5us", as units: "us", or "" for one without a name,
 * which no text can name. */
bool
cost_parse_time(const char *text, const char *unit, double *value,
                struct cause *cause);

/* ---- from numbers ---- */

/* Makes the clock count thousandths of the unit, if it does not yet. False with
 * the cause if a time is then too long. */
bool
cost_refine(struct cost *cost, struct cause *cause);

/* Sets the base of a stage's action, in units. Call cost_settle() after the
 * last. */
void
cost_set(struct cost *cost, int stage, enum action_kind kind, double units);
bool
cost_settle(struct cost *cost, struct cause *cause);

/* Sets the latency of every link, in units. */
bool
cost_set_latency(struct cost *cost, double units, struct cause *cause);

/* Lets B and I of the stages run F again: recompute[stages]. */
bool
cost_recompute(struct cost *cost, const bool recompute[], struct cause *cause);

/* ---- lookups ---- */

/* Ticks of a computation or a STEP on a rank, without jitter; 0 for a
 * transfer. */
int64_t
cost_of(const struct cost *cost, int rank, const struct action *action);

/* With the jitter of the position in the rank's list. */
int64_t
cost_at(const struct cost *cost, int rank, size_t position,
        const struct action *action);

/* Whether a stage runs its F again in this action, which is no overlap. */
bool
cost_recomputes(const struct cost *cost, const struct action *action);

/* Of an action's time, the ticks in which a forward runs again. */
int64_t
cost_recomputed(const struct cost *cost, const struct action *action,
                int64_t ticks);

/* The least that cost_of() is for a kind of action of a stage on a rank, on
 * any microbatch; -1 for an OVERLAP_F_B that takes the sum. */
int64_t
cost_least(const struct cost *cost, int rank, int stage,
           enum action_kind kind);

/* Of the messages of a plan's link. */
struct link_cost
cost_link(const struct cost *cost, const struct plan *plan, int link);

/* Of every link, or -1 if they differ. */
int64_t
cost_latency(const struct cost *cost);

/* From SEND done to the arrival on a wire that is free. */
int64_t
cost_message(const struct cost *cost, const struct plan *plan, int link);

/* Seconds of "us" and the like; 0 for a unit without a name. */
double
cost_unit_seconds(const char *unit);

/* How ticks are shown: as numbers of a unit. */
struct time_unit {
    int per_unit; /* ticks; 0 stands for 1 */
    char name[4]; /* "us", ...; "" where it has none */
};
struct time_unit
cost_unit(const struct cost *cost);

/* Ticks as a number of units, "33" or "33.5". */
enum { COST_TEXT = 32 };
const char *
cost_text(int64_t ticks, struct time_unit unit, char text[COST_TEXT]);

/* The same where ticks are no whole number. */
double
cost_in_units(double ticks, struct time_unit unit);

/* The name of the unit after so much time: "ticks" where it has none, or "tick"
 * after one. */
const char *
cost_unit_name(const struct time_unit *unit, double ticks);

#endif
