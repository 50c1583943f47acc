/* beam_level.c -- packs beginnings of plans, compares those that have done the
 * same, and keeps the most promising. */
#include "config.h"

#include "search/beam_level.h"

#include "base/memory.h"
#include "plan/place.h"

#include <stdlib.h>
#include <string.h>

/* ---- entries ---- */

static size_t
key_size(const struct problem *p)
{
    return (size_t)p->stages * (sizeof(struct stage_count) + sizeof(uint64_t));
}

static size_t
count_times(const struct beginning *b)
{
    const struct problem *p = b->problem;
    int count = p->ranks;

    for (int s = 0; s < p->stages; s++) {
        if (plan_crosses(p->shape, s - 1))
            count += b->stages[s - 1].forwards - b->stages[s].forwards;
        if (plan_crosses(p->shape, s))
            count += b->stages[s + 1].backwards - b->stages[s].backwards;
    }
    return (size_t)count;
}

static int64_t *
pack_arrivals(int64_t *times, const int64_t *arrival, int count, int64_t clock)
{
    /* What came before the receiver was free is as good as what comes then. */
    for (int i = 0; i < count; i++)
        *times++ = arrival[i] > clock ? arrival[i] : clock;
    return times;
}

static void
pack_times(const struct beginning *b, int rank, int64_t *times)
{
    const struct problem *p = b->problem;
    struct stage_count *counts;
    uint64_t *passed;

    memcpy(times, b->clock, (size_t)p->ranks * sizeof *times);
    times += p->ranks;
    for (int s = 0; s < p->stages; s++) {
        const struct stage_count *at = &b->stages[s];
        int64_t clock = b->clock[p->shape->rank_of_stage[s]];

        if (plan_crosses(p->shape, s - 1))
            times = pack_arrivals(times, beginning_input(b, s, at->forwards),
                                  at[-1].forwards - at->forwards, clock);
        if (plan_crosses(p->shape, s))
            times =
                pack_arrivals(times, beginning_gradient(b, s, at->backwards),
                              at[1].backwards - at->backwards, clock);
    }
    passed = (uint64_t *)times;
    counts = (struct stage_count *)(passed + p->stages);
    for (int s = 0; s < p->stages; s++) {
        passed[s] = p->shape->rank_of_stage[s] == rank ? 0 : b->passed[s];
        counts[s] = b->stages[s];
    }
}

static const int64_t *
unpack_arrivals(const int64_t *times, int64_t *arrival, int count)
{
    memcpy(arrival, times, (size_t)count * sizeof *times);
    return times + count;
}

void
beam_entry_unpack(const struct beam_entry *entry, struct beginning *b)
{
    const struct problem *p = b->problem;
    const int64_t *times = entry->times + p->ranks;
    const char *key = (const char *)(entry->times + entry->count);
    size_t size = (size_t)p->stages * sizeof *b->passed;

    memcpy(b->passed, key, size);
    memcpy(b->stages, key + size, (size_t)p->stages * sizeof *b->stages);
    memcpy(b->clock, entry->times, (size_t)p->ranks * sizeof *times);
    for (int s = 0; s < p->stages; s++) {
        const struct stage_count *at = &b->stages[s];

        if (plan_crosses(p->shape, s - 1))
            times = unpack_arrivals(times, beginning_input(b, s, at->forwards),
                                    at[-1].forwards - at->forwards);
        if (plan_crosses(p->shape, s))
            times =
                unpack_arrivals(times, beginning_gradient(b, s, at->backwards),
                                at[1].backwards - at->backwards);
    }
}

/* FNV-1a. */
static uint32_t
hash_of(const char *key, size_t size)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)key[i]) * 16777619u;
    return hash;
}

void
beam_entry_pack(struct beam_entry *entry, const struct beginning *b, int rank)
{
    size_t size = key_size(b->problem);

    entry->count = count_times(b);
    entry->times = memory_block(entry->count * sizeof *entry->times + size);
    pack_times(b, rank, entry->times);
    entry->hash = hash_of((const char *)(entry->times + entry->count), size);
}

void
beam_node_release(struct beam_node *node)
{
    while (node && --node->users == 0) {
        struct beam_node *parent = node->parent;

        free(node);
        node = parent;
    }
}

/* Lets go of a packed entry and of its node. */
static void
drop(struct beam_entry *entry)
{
    beam_node_release(entry->node);
    free(entry->times);
    entry->times = NULL;
}

/* ---- levels ---- */

static bool
no_later(const struct beam_entry *a, const struct beam_entry *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->times[i] > b->times[i])
            return false;
    return true;
}

/* Whether another entry has done the same, no later. Those that the entry
 * makes superfluous are dropped. */
static bool
is_superfluous(const struct beam_level *level, const struct beam_entry *entry,
               size_t size)
{
    for (int i = level->heads[entry->hash % BEAM_HEADS]; i >= 0;) {
        struct beam_entry *other = &level->entries[i];

        i = other->next;
        if (!other->times || other->hash != entry->hash ||
            other->count != entry->count ||
            memcmp(other->times + other->count, entry->times + entry->count,
                   size) != 0)
            continue;
        if (no_later(other, entry))
            return true;
        if (no_later(entry, other))
            drop(other);
    }
    return false;
}

void
beam_level_insert(struct beam_level *level, const struct problem *problem,
                  struct beam_entry *entry)
{
    int *head = &level->heads[entry->hash % BEAM_HEADS];

    if (is_superfluous(level, entry, key_size(problem))) {
        drop(entry);
        return;
    }
    memory_grow(&level->entries, &level->room, level->count, sizeof *entry);
    entry->next = *head;
    *head = (int)level->count;
    level->entries[level->count++] = *entry;
}

void
beam_level_clear(struct beam_level *level)
{
    for (size_t i = 0; i < level->count; i++)
        if (level->entries[i].times)
            drop(&level->entries[i]);
    level->count = 0;
    for (int i = 0; i < BEAM_HEADS; i++)
        level->heads[i] = -1;
}

static int
by_promise(const void *a, const void *b)
{
    const struct beam_entry *x = a;
    const struct beam_entry *y = b;

    if (x->bound != y->bound)
        return x->bound < y->bound ? -1 : 1;
    if (x->likely != y->likely)
        return x->likely < y->likely ? -1 : 1;
    return x->next < y->next ? -1 : x->next > y->next;
}

bool
beam_level_narrow(struct beam_level *level, int64_t below, size_t width)
{
    size_t kept = 0;

    for (size_t i = 0; i < level->count; i++) {
        struct beam_entry *entry = &level->entries[i];

        if (entry->times && entry->bound >= below)
            drop(entry);
        entry->next = (int)i;
        if (entry->times)
            level->entries[kept++] = *entry;
    }
    level->count = kept;
    if (kept <= width)
        return false;
    qsort(level->entries, kept, sizeof *level->entries, by_promise);
    while (level->count > width)
        drop(&level->entries[--level->count]);
    return true;
}
