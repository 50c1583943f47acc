/* rooms.h -- what the placements of a search have room for: exactly within its
 * limits, or with less and less memory. */
#ifndef PIPELAB_SEARCH_ROOMS_H
#define PIPELAB_SEARCH_ROOMS_H

#include "search/limit.h"
#include "search/problem.h"
#include "search/search.h"

/* Looped stages, and V-shaped ones where there are two or more a rank. */
enum { PLACEMENTS = 2 };

enum limit_kind {
    LIMIT_ACTIVATIONS,
    LIMIT_UNTIL_WEIGHT, /* if an I freed nothing: what keeps to it keeps to
                         * LIMIT_ACTIVATIONS */
    LIMIT_BYTES,
    LIMITS
};

struct rooms {
    const struct search_task *task;   /* borrowed */
    struct footprint *activations[2]; /* stages: as counted; until the W */
    struct stage_bytes *nothing;      /* stages: all zero */
    struct limit limits[LIMITS];
    bool searched[LIMITS]; /* searched with */
    int placements;
    struct plan *shapes[PLACEMENTS];
    struct limit_rank *ranks[LIMITS][PLACEMENTS];
    /* What there is room for now: */
    int64_t *most[PLACEMENTS]; /* ranks */
    bool closed[PLACEMENTS];   /* there is none for a microbatch */
    struct problem problems[PLACEMENTS];
};

void
rooms_init(struct rooms *rooms, const struct search_task *task);
void
rooms_fini(struct rooms *rooms);

/* Makes the room what a limit of this size leaves for microbatches: exactly, or
 * in whole units. False if no placement has room for one. */
bool
rooms_set(struct rooms *rooms, enum limit_kind kind, int64_t size, bool exact);

/* Makes it that of one microbatch a rank. */
void
rooms_set_one(struct rooms *rooms, enum limit_kind kind);

/* The largest smaller size that leaves less room; none: -1. */
int64_t
rooms_less(const struct rooms *rooms, enum limit_kind kind, int64_t size);

/* Whether rooms in whole units are all that a limit leaves. */
bool
rooms_are_whole(const struct rooms *rooms, enum limit_kind kind);

/* Of the placement that has the least with this room; INT64_MAX without
 * room. */
struct bound
rooms_bound(const struct rooms *rooms, enum search_objective objective);

/* No plan within all limits is shorter, into result->bound; says in the result
 * whether bytes limit the search. False with the cause if no plan fits. */
bool
rooms_bound_all(struct rooms *rooms, struct search_result *result,
                struct cause *cause);

/* Whether a plan with so many slots a link keeps to all limits; raises *excess
 * to the bytes that it holds too much. */
bool
rooms_keep(const struct rooms *rooms, const struct plan *plan, int slots,
           int64_t *excess);

#endif
