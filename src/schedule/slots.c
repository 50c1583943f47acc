#include "config.h"

#include "schedule/slots.h"

#include "base/memory.h"

#include <stdlib.h>

static const unsigned STASH = 1u << SLOT_STASH;
static const unsigned GRAD_OUTPUT = 1u << SLOT_GRAD_OUTPUT;
static const unsigned GRAD_INPUT = 1u << SLOT_GRAD_INPUT;
static const unsigned KEPT = 1u << SLOT_KEPT;

/* Which slots of `stage` a simple action touches. Actions of the neighbours
 * count too: on the same rank they read this stage's output or gradient where
 * it lies. (On another rank they are not in this rank's list.) */
static unsigned
touches(const struct action *part, int stage)
{
    int above = part->stage - stage;

    switch ((enum action_kind)part->kind) {
    case ACTION_FORWARD:
        return above == 0 || above == 1 ? STASH : 0;
    case ACTION_RECV_F:
    case ACTION_SEND_F:
        return above == 0 ? STASH : 0;
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

struct scan {
    const struct action_list *list;
    int stage;
    unsigned kind;
    long *last;  /* mbs: index of the last action that touches the slot */
    int *free;   /* slots given back, a stack */
    int free_count;
    struct slots *slots;
};

/* Calls visit for each microbatch whose slot an action of the list touches. */
static void
each_touch(struct scan *scan,
           void (*visit)(struct scan *scan, long index, int mb))
{
    for (size_t i = 0; i < scan->list->count; i++) {
        struct action parts[2];
        int count = action_parts(&scan->list->at[i], parts);

        for (int p = 0; p < count; p++)
            if (touches(&parts[p], scan->stage) & scan->kind)
                visit(scan, (long)i, parts[p].mb);
    }
}

static void
note_last(struct scan *scan, long index, int mb)
{
    scan->last[mb] = index;
}

static void
give_slot(struct scan *scan, long index, int mb)
{
    int *slot = &scan->slots->of_mb[mb];

    if (*slot < 0)
        *slot = scan->free_count ? scan->free[--scan->free_count]
                                 : scan->slots->count++;
    if (scan->last[mb] == index)
        scan->free[scan->free_count++] = *slot;
}

void
slots_assign(struct slots *slots, const struct plan *plan, int stage,
             enum slot_kind kind)
{
    size_t mbs = (size_t)plan->mbs;
    struct scan scan = {
        .list = &plan->lists[plan->rank_of_stage[stage]],
        .stage = stage,
        .kind = 1u << kind,
        .last = memory_new(mbs, sizeof *scan.last),
        .free = memory_new(mbs, sizeof *scan.free),
        .slots = slots,
    };

    slots->count = 0;
    slots->of_mb = memory_new(mbs, sizeof *slots->of_mb);
    for (size_t m = 0; m < mbs; m++)
        slots->of_mb[m] = -1;
    each_touch(&scan, note_last);
    each_touch(&scan, give_slot);
    free(scan.last);
    free(scan.free);
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
    const struct action_list *list = &plan->lists[plan->rank_of_stage[stage]];
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
