/* trace.h -- what happened when: one lane of spans a rank.
 *
 *   rank 0 | F0 | send | F1 | send |   wait    | B0 | ...
 *   rank 1 | wait      | F0 | B0 | send | ...
 *
 * The same shape holds for either clock: ticks of virtual time or nanoseconds
 * of wall time. Each rank writes its own lane only, so that no lock is needed
 * until the threads are joined. */
#ifndef PIPELAB_TRACE_TRACE_H
#define PIPELAB_TRACE_TRACE_H

#include "plan/cost.h"
#include "plan/footprint.h"
#include "plan/plan.h"

#include <stddef.h>
#include <stdint.h>

/* The parts of a span's time. */
enum span_part {
    SPAN_COMPUTE,    /* on a core, in the model */
    SPAN_COPY,       /* moving payload in or out of a link */
    SPAN_WAIT_INPUT, /* for a message */
    SPAN_WAIT_ROOM,  /* for a slot, or for the receiver to come */
    SPAN_OFF_CORE,   /* ready to compute, waiting for a core */
    SPAN_RECOMPUTE,  /* on a core, running a forward again */
    SPAN_PARTS
};

/* One executed action. end - start is at least the sum of the parts; the rest
 * is the time of the rank's loop itself. What a STEP waits for the other ranks
 * or for an all-reduce lies before its start. */
struct span {
    struct action action;
    int64_t start;
    int64_t end;
    int64_t parts[SPAN_PARTS];
};

struct lane {
    struct span *spans;
    size_t count;
};

struct trace {
    int ranks;
    struct footprint_rule rule; /* of what is in flight */
    struct time_unit unit;      /* of virtual time; all zero: ticks */
    struct lane *lanes;         /* ranks */
};

/* Empty lanes with room for every action of this many steps of a plan. */
void
trace_init(struct trace *trace, const struct plan *plan, int steps);
void
trace_fini(struct trace *trace);

/* Appends to a rank's lane, at most once for each action that there is room
 * for. */
void
trace_add(struct trace *trace, int rank, const struct span *span);

/* The start of the first computation that takes time, 0 if there is none. A
 * rank that begins a step early only waits until then. */
int64_t
trace_begin(const struct trace *trace);

/* Of a span: what it computed, a forward that ran again included. */
static inline int64_t
span_computed(const struct span *span)
{
    return span->parts[SPAN_COMPUTE] + span->parts[SPAN_RECOMPUTE];
}

/* What a rank holds from a time on. */
struct level {
    int64_t time;
    int64_t held;
};

/* The levels that a span brings, from its start and from its end on, where they
 * differ from what is held before: 0 to 2. *held is that, then what is held
 * after it. */
int
span_levels(const struct span *span, const struct footprint_rule *rule,
            int64_t *held, struct level levels[2]);

/* The part's name in JSON: "compute", "wait_input", ... */
const char *
span_part_name(enum span_part part);

#endif
