/* board.h -- who waits for whom: finds a deadlock the moment it is complete.
 *
 * A rank that is about to sleep on a channel writes itself on the board, under
 * the channel's lock; whoever changes what it waits for wipes it off again,
 * under the same lock. So a rank on the board truly cannot move, and when all
 * live ranks stand there nobody ever will. No timeout is needed, and there are
 * no false alarms.
 *
 * Lock order: channel, then board. */
#ifndef PIPELAB_RUNTIME_BOARD_H
#define PIPELAB_RUNTIME_BOARD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct board {
    int ranks;            /* constant */
    pthread_mutex_t lock; /* guards everything below */
    int live;             /* ranks that have not left */
    int blocked;          /* of these, ranks on the board */
    bool *is_blocked;     /* ranks */
    size_t *position;     /* ranks: index of the action a rank blocked at, or
                           * that it had done when it left */
    bool deadlock;        /* set once; the positions then stay as they are */
};

void
board_init(struct board *board, int ranks);
void
board_fini(struct board *board);

/* All ranks live, none blocked. No rank may be running. */
void
board_reset(struct board *board);

/* The rank is about to sleep before the action at position. False if that
 * completes a deadlock: then it must not sleep. */
bool
board_block(struct board *board, int rank, size_t position);

/* What the rank waited for has come; called by whoever brought it. */
void
board_clear(struct board *board, int rank);

/* The rank has run its whole list. False if the ranks that are left are all
 * blocked: a deadlock. */
bool
board_leave(struct board *board, int rank, size_t position);

/* Whether a deadlock has been found. */
bool
board_deadlocked(struct board *board);

#endif
