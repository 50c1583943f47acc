/* slots.c -- assigns the slots of microbatches in flight, stage by stage. */
#include "config.h"

#include "plan/slots.h"

#include "base/memory.h"
#include "plan/place.h"

#include <stdlib.h>

static const unsigned STASH = 1u << SLOT_STASH;
static const unsigned GRAD_OUTPUT = 1u << SLOT_GRAD_OUTPUT;
static const unsigned GRAD_INPUT = 1u << SLOT_GRAD_INPUT;
static const unsigned KEPT = 1u << SLOT_KEPT;
static const unsigned OUTPUT = 1u << SLOT_OUTPUT;

/* The slots of `stage` that a simple action uses, one bit a kind. Actions of
 * the stages next to it count too: on the same rank they read this stage's
 * output or gradient in its slot. (On another rank they are not in this
 * list.) */
static unsigned
touches(const struct action *part, int stage)
{
    int above = part->stage - stage;

    switch ((enum action_kind)part->kind) {
    case ACTION_FORWARD:
        return above == 0 || above == 1 ? STASH | OUTPUT : 0;
    case ACTION_RECV_F:
        return above == 0 ? STASH : 0;
    case ACTION_SEND_F:
        return above == 0 ? STASH | OUTPUT : 0;
    case ACTION_RECV_B:
        return above == 0 ? GRAD_OUTPUT : 0;
    case ACTION_SEND_B:
        return above == 0 ? GRAD_INPUT : 0;
    case ACTION_FULL_BACKWARD:
        return above == 0    ? STASH | GRAD_OUTPUT | GRAD_INPUT
               : above == -1 ? GRAD_INPUT
                             : 0;
    case ACTION_BACKWARD_INPUT:
        return above == 0    ? STASH | GRAD_OUTPUT | GRAD_INPUT | KEPT
               : above == -1 ? GRAD_INPUT
                             : 0;
    case ACTION_BACKWARD_WEIGHT:
        return above == 0 ? STASH | KEPT : 0;
    default:
        return 0;
    }
}

/* Calls visit for each place whose slots an action of the rank's list uses;
 * entry is the action, as in slot_index. */
static void
each_touch(struct slot_index *index, int rank,
           void (*visit)(struct slot_index *index, int place, uint32_t entry))
{
    const struct plan *plan = index->plan;

    for (size_t i = 0; i < plan->lists[rank].count; i++) {
        struct action parts[2];
        int count = action_parts(&plan->lists[rank].at[i], parts);

        for (int p = 0; p < count; p++) {
            int first = plan_copy(plan, &parts[p]) * plan->stages;

            for (int s = parts[p].stage - 1; s <= parts[p].stage + 1; s++)
                if (s >= 0 && s < plan->stages &&
                    plan->rank_of_stage[first + s] == rank &&
                    touches(&parts[p], s))
                    visit(index, first + s, (uint32_t)(2 * i) + (uint32_t)p);
        }
    }
}

static void
count_touch(struct slot_index *index, int place, uint32_t entry)
{
    (void)entry;
    index->end[place]++;
}

static void
note_touch(struct slot_index *index, int place, uint32_t entry)
{
    index->at[index->end[place]++] = entry;
}

struct slot_index *
slots_index_new(const struct plan *plan)
{
    struct slot_index *index = memory_new(1, sizeof *index);
    size_t count = 0;

    index->plan = plan;
    index->end = memory_new((size_t)plan_places(plan), sizeof *index->end);
    for (int r = 0; r < plan->ranks; r++)
        each_touch(index, r, count_touch);
    for (int p = 0; p < plan_places(plan); p++) {
        size_t begin = count;

        count += index->end[p];
        index->end[p] = begin;
    }
    index->at = memory_new(count, sizeof *index->at);
    for (int r = 0; r < plan->ranks; r++)
        each_touch(index, r, note_touch);
    return index;
}

void
slots_index_free(struct slot_index *index)
{
    if (!index)
        return;
    free(index->end);
    free(index->at);
    free(index);
}

/* The simple action of an entry of a place. */
static struct action
slots_action_at(const struct slot_index *index, int place, size_t entry)
{
    int rank = index->plan->rank_of_stage[place];
    struct action parts[2];

    action_parts(&index->plan->lists[rank].at[index->at[entry] / 2], parts);
    return parts[index->at[entry] % 2];
}

void
slots_assign(struct slots *slots, const struct slot_index *index, int place,
             enum slot_kind kind)
{
    size_t mbs = (size_t)index->plan->mbs;
    size_t begin = place > 0 ? index->end[place - 1] : 0;
    int stage = place % index->plan->stages;
    size_t *last = memory_new(mbs, sizeof *last); /* each mb's last entry */
    int *given_back = memory_new(mbs, sizeof *given_back); /* free slots */
    int spare = 0;                                         /* number of them */

    slots->count = 0;
    slots->of_mb = memory_new(mbs, sizeof *slots->of_mb);
    for (size_t m = 0; m < mbs; m++)
        slots->of_mb[m] = -1;
    for (size_t i = begin; i < index->end[place]; i++) {
        struct action action = slots_action_at(index, place, i);

        if (touches(&action, stage) & 1u << kind)
            last[action.mb] = i;
    }
    for (size_t i = begin; i < index->end[place]; i++) {
        struct action action = slots_action_at(index, place, i);
        int *slot = &slots->of_mb[action.mb];

        if (!(touches(&action, stage) & 1u << kind))
            continue;
        if (*slot < 0)
            *slot = spare ? given_back[--spare] : slots->count++;
        if (last[action.mb] == i)
            given_back[spare++] = *slot;
    }
    free(last);
    free(given_back);
}

void
slots_fini(struct slots *slots)
{
    free(slots->of_mb);
    slots->of_mb = NULL;
}

bool
slots_held(const struct plan *plan, int stage, enum slot_kind kind, int mb,
           size_t done)
{
    struct action held = action_of(ACTION_FORWARD, stage, mb);
    int rank = plan->rank_of_stage[plan_place(plan, &held)];
    const struct action_list *list = &plan->lists[rank];
    bool before = false;
    bool after = false;

    for (size_t i = 0; i < list->count; i++) {
        struct action parts[2];
        int count = action_parts(&list->at[i], parts);

        for (int p = 0; p < count; p++)
            if (parts[p].mb == mb && touches(&parts[p], stage) & 1u << kind)
                *(i < done ? &before : &after) = true;
    }
    return before && after;
}
