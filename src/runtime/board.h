/* board.h -- which ranks wait: finds a deadlock the moment it is complete.
 *
 * A rank that is about to sleep on a channel enters itself on the board, under
 * the channel's lock. The rank that changes what it waits for removes it,
 * under the same lock. So a rank on the board cannot move. When all live ranks
 * are on the board, none can ever move again: a deadlock, found without a
 * timeout and without false alarms.
 *
 * Lock order: channel, then board. */
#ifndef PIPELAB_RUNTIME_BOARD_H
#define PIPELAB_RUNTIME_BOARD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct board {
    int ranks;            /* constant, */
    int home;             /* too: those of them that run in this process */
    pthread_mutex_t lock; /* guards everything below */
    int live;             /* ranks that have not left */
    int blocked;          /* of these, ranks on the board */
    bool *is_blocked;     /* ranks */
    size_t *position;     /* ranks: index of the action that a rank waits at;
                           * the length of its list when it has left */
    bool deadlock;        /* set once; the positions then stay as they are */
};

/* home: of the ranks, those that run in this process. The others are neither
 * live nor blocked: a rank that waits for one of them is not on the board. */
void
board_init(struct board *board, int ranks, int home);
void
board_fini(struct board *board);

/* All ranks that are home live, none blocked. No rank may be running. */
void
board_reset(struct board *board);

/* The rank is about to sleep before the action at position. False if that
 * completes a deadlock: then it must not sleep. */
bool
board_block(struct board *board, int rank, size_t position);

/* What the rank waited for is there; the rank that brought it calls this. */
void
board_clear(struct board *board, int rank);

/* The rank has run its whole list. False if all ranks that are left are
 * blocked: a deadlock. */
bool
board_leave(struct board *board, int rank, size_t position);

/* Whether a deadlock has been found. */
bool
board_deadlocked(struct board *board);

#endif
