/* plan.c -- builds plans action by action and answers questions about them. */
#include "config.h"

#include "plan/plan.h"

#include "base/memory.h"
#include "base/plural.h"
#include "plan/place.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool
plan_shape_valid(int ranks, int stages, int mbs, struct cause *cause)
{
    if (stages < 1 || stages > PLAN_MAX_STAGES)
        return fail(cause, "%d stages; use 1 to %d", stages, PLAN_MAX_STAGES);
    if (mbs < 1 || mbs > PLAN_MAX_MBS)
        return fail(cause, "%d microbatches; use 1 to %d", mbs, PLAN_MAX_MBS);
    if (ranks != 1 && stages == 1)
        return fail(cause, "%d ranks for 1 stage; use 1 rank, or more stages",
                    ranks);
    if (ranks < 1 || ranks > stages)
        return fail(cause, "%d ranks; use 1 to %d, the number of stages",
                    ranks, stages);
    if ((int64_t)stages * mbs > PLAN_MAX_CELLS)
        return fail(cause,
                    "%d stage%s x %d microbatch%s are %lld cells; the limit "
                    "is %d, use fewer of either",
                    stages, plural(stages), mbs, plural_es(mbs),
                    (long long)stages * mbs, PLAN_MAX_CELLS);
    return true;
}

const char *
plan_shape_text(int ranks, int stages, int mbs, char text[PLAN_SHAPE_TEXT])
{
    snprintf(text, PLAN_SHAPE_TEXT, "%d rank%s, %d stage%s, %d microbatch%s",
             ranks, plural(ranks), stages, plural(stages), mbs,
             plural_es(mbs));
    return text;
}

struct plan *
plan_new(const char *name, int ranks, int stages, int mbs)
{
    struct plan *plan = memory_new(1, sizeof *plan);

    assert(ranks >= 1 && stages >= 1 && mbs >= 1);
    plan_rename(plan, name);
    plan->ranks = ranks;
    plan->stages = stages;
    plan->mbs = mbs;
    plan->copies = 1;
    plan->rank_of_stage =
        memory_new((size_t)stages, sizeof *plan->rank_of_stage);
    plan->lists = memory_new((size_t)ranks, sizeof *plan->lists);
    return plan;
}

void
plan_double(struct plan *plan)
{
    plan->copies = 2;
    free(plan->rank_of_stage);
    plan->rank_of_stage =
        memory_new((size_t)plan_places(plan), sizeof *plan->rank_of_stage);
    plan->copy_of_mb = memory_new((size_t)plan->mbs, sizeof *plan->copy_of_mb);
}

struct plan *
plan_same_shape(const struct plan *plan)
{
    struct plan *to =
        plan_new(plan->name, plan->ranks, plan->stages, plan->mbs);

    if (plan->copies == 2) {
        plan_double(to);
        memcpy(to->copy_of_mb, plan->copy_of_mb,
               (size_t)plan->mbs * sizeof *to->copy_of_mb);
    }
    memcpy(to->rank_of_stage, plan->rank_of_stage,
           (size_t)plan_places(plan) * sizeof *to->rank_of_stage);
    return to;
}

void
plan_free(struct plan *plan)
{
    if (!plan)
        return;
    for (int r = 0; r < plan->ranks; r++) {
        free(plan->lists[r].at);
        free(plan->lists[r].columns);
    }
    free(plan->lists);
    free(plan->rank_of_stage);
    free(plan->copy_of_mb);
    free(plan->name);
    free(plan);
}

void
plan_rename(struct plan *plan, const char *name)
{
    free(plan->name);
    plan->name = memory_new(strlen(name) + 1, 1);
    strcpy(plan->name, name);
}

void
plan_reserve(struct plan *plan, int rank, size_t count)
{
    struct action_list *list = &plan->lists[rank];

    assert(list->count == 0);
    free(list->at);
    list->at = memory_new(count, sizeof *list->at);
    list->room = count;
}

void
plan_add(struct plan *plan, int rank, struct action action)
{
    struct action_list *list = &plan->lists[rank];

    if (list->count == list->room)
        memory_grow(&list->at, &list->room, list->count, sizeof *list->at);
    list->at[list->count++] = action;
}

size_t
plan_position(const struct plan *plan, int rank, size_t index)
{
    const uint32_t *columns = plan->lists[rank].columns;

    return columns ? columns[index] : index;
}

size_t
plan_actions(const struct plan *plan)
{
    size_t actions = 0;

    for (int r = 0; r < plan->ranks; r++)
        actions += plan->lists[r].count;
    return actions;
}

static bool
is_or_overlaps(const struct action *action, const struct action *part)
{
    struct action parts[2];
    int count = action_parts(action, parts);
    bool found = action_equal(action, part);

    for (int p = 0; p < count; p++)
        found |= action_equal(&parts[p], part);
    return found;
}

const struct action *
plan_find(const struct plan *plan, const struct action *action)
{
    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++)
            if (is_or_overlaps(&plan->lists[r].at[i], action))
                return &plan->lists[r].at[i];
    return NULL;
}

bool
plan_has(const struct plan *plan, enum action_kind kind)
{
    for (int r = 0; r < plan->ranks; r++) {
        const struct action_list *list = &plan->lists[r];

        for (size_t i = 0; i < list->count; i++) {
            struct action parts[2];
            int count = action_parts(&list->at[i], parts);

            for (int p = 0; p < count; p++)
                if (parts[p].kind == kind)
                    return true;
        }
    }
    return false;
}

bool
plan_trains(const struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++) {
        const struct action_list *list = &plan->lists[r];

        for (size_t i = 0; i < list->count; i++)
            switch ((enum action_kind)list->at[i].kind) {
            case ACTION_FULL_BACKWARD:
            case ACTION_BACKWARD_INPUT:
            case ACTION_BACKWARD_WEIGHT:
            case ACTION_OVERLAP_F_B:
                return true;
            default:
                break;
            }
    }
    return false;
}

void
plan_print(FILE *out, const struct plan *plan)
{
    char cell[ACTION_CELL_MAX];

    for (int r = 0; r < plan->ranks; r++) {
        const struct action_list *list = &plan->lists[r];

        fprintf(out, "rank %d:", r);
        for (size_t i = 0; i < list->count; i++)
            fprintf(out, " %s", action_cell(&list->at[i], cell));
        fputc('\n', out);
    }
}
