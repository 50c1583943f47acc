/* plan.h -- for every rank the list of its actions, in the order it runs them.
 *
 *   policy --> compute-only plan --lower--> plan with transfers and STEPs
 *
 * A plan knows which rank owns which stage. From this follow the links: two
 * for each pair of neighbouring stages on different ranks, one for activations
 * (s to s+1) and one for gradients (s+1 to s). Between two stages of the same
 * rank nothing is sent: the hand-over takes no time.
 * See place.h for the links and for stages with two copies. */
#ifndef PIPELAB_PLAN_PLAN_H
#define PIPELAB_PLAN_PLAN_H

#include "base/error.h"
#include "plan/action.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    PLAN_MAX_STAGES = 65535,
    PLAN_MAX_MBS = 1 << 24,
    PLAN_MAX_CELLS = 1 << 26 /* stages x microbatches */
};

struct action_list {
    struct action *at;
    size_t count;
    size_t room;
    uint32_t *columns; /* if read from a file: the column of each action, empty
                        * cells counted; else NULL */
};

struct plan {
    char *name; /* of the schedule or the file */
    int ranks;
    int stages;
    int mbs;
    bool lowered;       /* has transfers and STEPs */
    int group;          /* microbatches that an interleaved schedule runs
                                * on a stage before the next; 0: as it likes */
    int freed_by_input; /* of an activation, in millionths, by the I; see
                         * footprint.h */
    int copies;         /* of each stage's weights: 1 or 2 */
    int *rank_of_stage; /* places: copies x stages; with one copy the stages */
    uint8_t *copy_of_mb;       /* mbs: the copy whose stages a microbatch goes
                          * through; NULL with one copy */
    struct action_list *lists; /* ranks */
};

/* Whether a plan can have this shape; the cause names the number that is
 * wrong. */
bool
plan_shape_valid(int ranks, int stages, int mbs, struct cause *cause);

/* An empty plan with every stage on rank 0; the caller then sets
 * rank_of_stage. A valid plan has no more ranks than stages. */
struct plan *
plan_new(const char *name, int ranks, int stages, int mbs);

/* Gives an empty plan two copies, all places on rank 0 and all microbatches to
 * copy 0; the caller then sets both. */
void
plan_double(struct plan *plan);

/* An empty plan of the same name, shape and placement, copies included. */
struct plan *
plan_same_shape(const struct plan *plan);

/* Accepts NULL. */
void
plan_free(struct plan *plan);

void
plan_rename(struct plan *plan, const char *name);

/* Makes room for count actions in a rank's list, so that adding them is
 * fast. */
void
plan_reserve(struct plan *plan, int rank, size_t count);

void
plan_add(struct plan *plan, int rank, struct action action);

/* The place of a rank's action in messages: its column in the file if the plan
 * was read from one, else its index in the list. Both count from 0. */
size_t
plan_position(const struct plan *plan, int rank, size_t index);

/* Number of actions of all ranks. */
size_t
plan_actions(const struct plan *plan);

/* The plan's own copy of an action, or the overlap that contains it; NULL if
 * the plan does not have it. */
const struct action *
plan_find(const struct plan *plan, const struct action *action);

/* True if any action, also within an overlap, has this kind. */
bool
plan_has(const struct plan *plan, enum action_kind kind);

/* True if any action is a backward or a half of one. A plan without any is
 * inference. */
bool
plan_trains(const struct plan *plan);

/* Writes "4 ranks, 4 stages, 8 microbatches" into text and returns text. */
enum { PLAN_SHAPE_TEXT = 64 };
const char *
plan_shape_text(int ranks, int stages, int mbs, char text[PLAN_SHAPE_TEXT]);

/* Prints one line a rank, cell after cell; for gdb too. */
void
plan_print(FILE *out, const struct plan *plan);

#endif
