/* beam_level.h -- the beginnings of plans that a search keeps at one level,
 * with the dominance among them. */
#ifndef PIPELAB_SEARCH_BEAM_LEVEL_H
#define PIPELAB_SEARCH_BEAM_LEVEL_H

#include "search/beginning.h"

#include <stddef.h>
#include <stdint.h>

/* A beginning that is kept, with the way to it. */
struct beam_node {
    struct beam_node *parent;
    struct action action;
    int users; /* children, and one for a level or the best plan */
};

/* A beginning in a level. */
struct beam_entry {
    struct beam_node *node;
    int64_t bound;
    int64_t likely; /* breaks ties; see beginning_bound() */
    int64_t *times; /* clocks, arrivals on their way; behind them the key */
    size_t count;   /* of times */
    uint32_t hash;  /* of the key */
    int next;       /* entry of the same hash, or -1 */
};

enum { BEAM_HEADS = 1 << 12 };

struct beam_level {
    struct beam_entry *entries;
    size_t count;
    size_t room;
    int heads[BEAM_HEADS]; /* the first entry of a hash, or -1 */
};

/* Packs a beginning whose last action ran on a rank, of which it passes no
 * action any more. Another one that has done the same has the same key. */
void
beam_entry_pack(struct beam_entry *entry, const struct beginning *beginning,
                int rank);
void
beam_entry_unpack(const struct beam_entry *entry, struct beginning *beginning);

/* Lets go of a node, and of those before it that have no other user. Accepts
 * NULL. */
void
beam_node_release(struct beam_node *node);

/* Takes over an entry, unless another one has done the same, no later; drops
 * those that this one makes superfluous. */
void
beam_level_insert(struct beam_level *level, const struct problem *problem,
                  struct beam_entry *entry);

/* Drops the entries whose bound is not below a time, then those beyond the
 * width, the least promising; true if there were such. */
bool
beam_level_narrow(struct beam_level *level, int64_t below, size_t width);

/* Empties it. Call for a new one, too, which is all zero. */
void
beam_level_clear(struct beam_level *level);

#endif
