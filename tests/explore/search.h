/* search.h -- a depth-first search through all choices of a run that can only
 * be started anew: it turns back where it comes to a state that it has
 * seen. */
#ifndef PIPELAB_TESTS_EXPLORE_SEARCH_H
#define PIPELAB_TESTS_EXPLORE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct choice;

struct search {
    struct choice *path;
    size_t depth; /* choices of the path */
    size_t path_room;
    size_t at;        /* choices taken in this run */
    bool known;       /* this run came to a state that had been seen */
    uint64_t *hashes; /* of the states; 0: empty */
    size_t room;      /* a power of two */
    size_t states;
};

void
search_fini(struct search *search);

/* Another run begins. */
void
search_begin(struct search *search);

/* Whether the next move of this run is settled. */
bool
search_is_on_path(const struct search *search);

/* The next move of this run: as on the path, or the lowest bit of moves, which
 * is not 0, in a state with this hash. -1 if the state is known: give the run
 * up. */
int
search_move(struct search *search, uint64_t hash, unsigned moves);

/* Back to the last choice that leaves something to try; false if there is
 * none. */
bool
search_turn_back(struct search *search);

/* Adds a value to the hash of a state. */
void
search_mix(uint64_t *hash, int64_t value);

#endif
