/* search.c -- goes through all choices. */
#include "config.h"

#include "search.h"

#include "base/memory.h"

#include <stdlib.h>

struct choice {
    int move;       /* that was taken */
    unsigned after; /* bits of the moves that are still to be tried */
};

void
search_fini(struct search *search)
{
    free(search->hashes);
    free(search->path);
}

void
search_begin(struct search *search)
{
    search->at = 0;
    search->known = false;
}

bool
search_is_on_path(const struct search *search)
{
    return search->at < search->depth;
}

/* True if the hash is new. */
static bool
search_insert(struct search *search, uint64_t hash)
{
    size_t at;

    if (2 * (search->states + 1) > search->room) {
        struct search larger = {.room =
                                    search->room ? 2 * search->room : 1 << 12};

        larger.hashes = memory_new(larger.room, sizeof *larger.hashes);
        for (size_t i = 0; i < search->room; i++)
            if (search->hashes[i])
                search_insert(&larger, search->hashes[i]);
        free(search->hashes);
        search->hashes = larger.hashes;
        search->room = larger.room;
    }
    hash += hash == 0;
    for (at = hash % search->room; search->hashes[at];
         at = (at + 1) % search->room)
        if (search->hashes[at] == hash)
            return false;
    search->hashes[at] = hash;
    search->states++;
    return true;
}

/* The finalizer of SplitMix64 (Steele, Lea and Flood 2014). */
static uint64_t
scramble(uint64_t x)
{
    x ^= x >> 30;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    x ^= x >> 27;
    x *= UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

void
search_mix(uint64_t *hash, int64_t value)
{
    *hash = scramble(*hash + UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)value);
}

static int
lowest(unsigned moves)
{
    int move = 0;

    while (!(moves >> move & 1))
        move++;
    return move;
}

int
search_move(struct search *search, uint64_t hash, unsigned moves)
{
    if (!search_is_on_path(search)) {
        if (!search_insert(search, hash)) {
            search->known = true;
            return -1;
        }
        memory_grow(&search->path, &search->path_room, search->depth,
                    sizeof *search->path);
        search->path[search->depth].move = lowest(moves);
        search->path[search->depth].after = moves & (moves - 1);
        search->depth++;
    }
    return search->path[search->at++].move;
}

bool
search_turn_back(struct search *search)
{
    while (search->depth > 0) {
        struct choice *last = &search->path[search->depth - 1];

        if (last->after) {
            last->move = lowest(last->after);
            last->after &= last->after - 1;
            return true;
        }
        search->depth--;
    }
    return false;
}
