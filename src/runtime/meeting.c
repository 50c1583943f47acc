/* meeting.c -- lets ranks wait until all have come. */
#include "config.h"

#include "runtime/meeting.h"

#include "base/memory.h"

#include <stdlib.h>

void
meeting_init(struct meeting *meeting, int ranks, struct board *board,
             struct core_share *core_share, struct far_meet *far)
{
    *meeting = (struct meeting){
        .ranks = ranks,
        .home = board->home,
        .far = far,
        .board = board,
        .core_share = core_share,
        .come = memory_new((size_t)ranks, sizeof *meeting->come),
        .asleep = memory_new((size_t)ranks, sizeof *meeting->asleep),
    };
    pthread_mutex_init(&meeting->lock, NULL);
    pthread_cond_init(&meeting->over, NULL);
    meeting_restart(meeting);
}

void
meeting_fini(struct meeting *meeting)
{
    far_meet_free(meeting->far);
    free(meeting->come);
    free(meeting->asleep);
    pthread_cond_destroy(&meeting->over);
    pthread_mutex_destroy(&meeting->lock);
}

void
meeting_restart(struct meeting *meeting)
{
    pthread_mutex_lock(&meeting->lock);
    meeting->missing = meeting->home;
    meeting->latest = 0;
    meeting->count = 0;
    for (int r = 0; r < meeting->ranks; r++)
        meeting->come[r] = 0;
    pthread_mutex_unlock(&meeting->lock);
}

/* Takes all that sleep off the board and wakes them. The lock is held. */
static void
wake_all(struct meeting *meeting)
{
    for (int r = 0; r < meeting->ranks; r++) {
        if (!meeting->asleep[r])
            continue;
        meeting->asleep[r] = false;
        board_clear(meeting->board, r);
        if (meeting->core_share)
            core_share_ready(meeting->core_share, r);
    }
    if (!meeting->core_share)
        pthread_cond_broadcast(&meeting->over);
}

/* All ranks of this process have come: no other touches the meeting before it
 * is over, but to end it. The lock is held, and free while this waits for other
 * processes. */
static void
meet(struct meeting *meeting)
{
    int64_t latest = meeting->latest;
    bool left = false;
    bool good = true;

    if (meeting->far) {
        pthread_mutex_unlock(&meeting->lock);
        good = far_meet_all(meeting->far, &latest, &left);
        pthread_mutex_lock(&meeting->lock);
    }
    if (good) {
        /* None of those that wait can come to the next one before it has read
         * this. */
        meeting->met = latest;
        meeting->latest = 0;
        meeting->missing = meeting->home;
        meeting->count++;
    } else {
        meeting->closed = true;
        meeting->left = left;
    }
    wake_all(meeting);
}

void
meeting_come(struct meeting *meeting, int rank, int64_t clock)
{
    pthread_mutex_lock(&meeting->lock);
    meeting->come[rank]++;
    if (clock > meeting->latest)
        meeting->latest = clock;
    if (--meeting->missing == 0)
        meet(meeting);
    pthread_mutex_unlock(&meeting->lock);
}

bool
meeting_wait(struct meeting *meeting, int rank, size_t position, int64_t *met)
{
    bool good;

    pthread_mutex_lock(&meeting->lock);
    while (meeting->count < meeting->come[rank] && !meeting->closed) {
        /* After a spurious wake-up the rank is still on the board. */
        if (!meeting->asleep[rank]) {
            meeting->asleep[rank] = true;
            if (!board_block(meeting->board, rank, position))
                break;
        }
        if (meeting->core_share)
            core_share_wait(meeting->core_share, rank, &meeting->lock);
        else
            pthread_cond_wait(&meeting->over, &meeting->lock);
    }
    good = meeting->count == meeting->come[rank] && !meeting->closed;
    *met = meeting->met;
    pthread_mutex_unlock(&meeting->lock);
    return good;
}

void
meeting_close(struct meeting *meeting)
{
    far_meet_close(meeting->far);
    pthread_mutex_lock(&meeting->lock);
    meeting->closed = true;
    wake_all(meeting);
    pthread_mutex_unlock(&meeting->lock);
}
