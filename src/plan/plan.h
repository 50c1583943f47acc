/* plan.h -- for every rank the list of its actions, in the order it runs them.
 *
 *   policy --> compute-only plan --lower--> plan with transfers and STEPs
 *
 * A plan knows which rank owns which stage and so which links there are: two a
 * pair of neighbouring stages on different ranks, one for activations (s to
 * s+1) and one for gradients (s+1 to s). Between stages of one rank the
 * hand-over is free and is no message. */
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
    uint32_t *columns; /* of a row read from a file: the cell that each action
                        * stood in, empty ones counted; or NULL */
};

struct plan {
    char *name;                /* of the schedule or the file */
    int ranks;
    int stages;
    int mbs;
    bool lowered;              /* has transfers and STEPs */
    int *rank_of_stage;        /* stages */
    struct action_list *lists; /* ranks */
};

/* Refuses shapes that no plan can have, in the words of the options that set
 * them. */
bool
plan_shape_valid(int ranks, int stages, int mbs, struct cause *cause);

/* An empty plan; every stage is on rank 0 until said otherwise. A valid one has
 * no more ranks than stages. */
struct plan *
plan_new(const char *name, int ranks, int stages, int mbs);

/* Accepts NULL. */
void
plan_free(struct plan *plan);

void
plan_rename(struct plan *plan, const char *name);

/* Room for count actions of a rank in all, so that adding them is quick. */
void
plan_reserve(struct plan *plan, int rank, size_t count);

void
plan_add(struct plan *plan, int rank, struct action action);

/* Where a rank's action stands, for people: in its row of the file if the plan
 * was read from one, else in its list; from 0. */
size_t
plan_position(const struct plan *plan, int rank, size_t index);

/* Actions of all ranks. */
size_t
plan_actions(const struct plan *plan);

/* The plan's own copy of an action, or the overlap that it is part of; NULL if
 * the plan lacks it. */
const struct action *
plan_find(const struct plan *plan, const struct action *action);

/* True if any action, also within an overlap, has this kind. */
bool
plan_has(const struct plan *plan, enum action_kind kind);

/* True if any is a backward or a half of one; a plan without is inference. */
bool
plan_trains(const struct plan *plan);

/* True if stages s and s+1 exist and live on different ranks. */
static inline bool
plan_crosses(const struct plan *plan, int stage)
{
    return stage >= 0 && stage + 1 < plan->stages &&
           plan->rank_of_stage[stage] != plan->rank_of_stage[stage + 1];
}

/* Links are numbered 2s (activations, s to s+1) and 2s+1 (gradients, s+1 to
 * s); those between stages of one rank exist as numbers only. */
static inline int
plan_links(const struct plan *plan)
{
    return 2 * (plan->stages - 1);
}

/* The link that a SEND or RECV uses. */
static inline int
plan_link(const struct action *action)
{
    assert(action_is_transfer(action));
    switch ((enum action_kind)action->kind) {
    case ACTION_SEND_F:
        return 2 * action->stage;
    case ACTION_RECV_F:
        return 2 * (action->stage - 1);
    case ACTION_SEND_B:
        return 2 * (action->stage - 1) + 1;
    default: /* ACTION_RECV_B */
        return 2 * action->stage + 1;
    }
}

/* The rank at the other end of it. */
int
plan_peer(const struct plan *plan, const struct action *action);

/* One line a rank, cell after cell, for people and for gdb. */
void
plan_print(FILE *out, const struct plan *plan);

#endif
