/* meeting.h -- where the ranks meet before their first STEP of each step, as
 * for a norm of all gradients: none goes on before all have come.
 *
 *   rank 0  B7 ----come..........wait--> STEP
 *   rank 1  B7 ----------come....wait--> STEP
 *   rank 2  B7 ------------------come--> STEP     the last one waits for none
 *
 * To come and to wait are two calls: in lockstep (lockstep.h) a rank has come
 * before it is its turn to STEP. Lock order: meeting, then board. */
#ifndef PIPELAB_RUNTIME_MEETING_H
#define PIPELAB_RUNTIME_MEETING_H

#include "runtime/board.h"
#include "runtime/core_share.h"
#include "runtime/far_meet.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct meeting {
    int ranks;                     /* constant, those of the plan */
    int home;                      /* constant: ranks in this process */
    struct far_meet *far;          /* constant: where others have ranks too,
                                    * or NULL; owned */
    struct board *board;           /* borrowed */
    struct core_share *core_share; /* NULL unless ranks share cores;
                                    * borrowed */
    pthread_mutex_t lock;          /* guards everything below */
    pthread_cond_t over;           /* a meeting is over, or the run */
    int missing;                   /* ranks at home that have not come to this
                                    * one */
    int64_t latest;                /* virtual time of the last one to come */
    int64_t met;                   /* of the meeting before */
    int64_t count;                 /* meetings that are over */
    int64_t *come;                 /* ranks: meetings that it came to */
    bool *asleep;                  /* ranks */
    bool closed;                   /* the run has stopped */
    bool left;                     /* since another process left it */
};

/* far becomes the meeting's. */
void
meeting_init(struct meeting *meeting, int ranks, struct board *board,
             struct core_share *core_share, struct far_meet *far);
void
meeting_fini(struct meeting *meeting);

/* Before the first meeting of a run, in virtual time from 0. No rank may be
 * running. */
void
meeting_restart(struct meeting *meeting);

/* The rank has come at this virtual time. The last one to come wakes the
 * others; it first waits for the other processes, if there are any. */
void
meeting_come(struct meeting *meeting, int rank, int64_t clock);

/* Waits until all have come to the meeting that the rank came to; *met receives
 * the virtual time when the last one did. position: of the rank's STEP in its
 * list. False if the run has stopped or this wait would complete a deadlock
 * (see board_deadlocked()). */
bool
meeting_wait(struct meeting *meeting, int rank, size_t position, int64_t *met);

/* Wakes all; every wait from now on returns false. */
void
meeting_close(struct meeting *meeting);

#endif
