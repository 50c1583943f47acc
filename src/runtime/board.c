/* board.c -- notes which ranks are blocked, and so finds deadlocks. */
#include "config.h"

#include "runtime/board.h"

#include "base/memory.h"

#include <stdlib.h>

void
board_init(struct board *board, int ranks, int home)
{
    board->ranks = ranks;
    board->home = home;
    pthread_mutex_init(&board->lock, NULL);
    board->is_blocked = memory_new((size_t)ranks, sizeof *board->is_blocked);
    board->position = memory_new((size_t)ranks, sizeof *board->position);
    board_reset(board);
}

void
board_fini(struct board *board)
{
    pthread_mutex_destroy(&board->lock);
    free(board->is_blocked);
    free(board->position);
}

void
board_reset(struct board *board)
{
    pthread_mutex_lock(&board->lock);
    board->live = board->home;
    board->blocked = 0;
    board->deadlock = false;
    for (int r = 0; r < board->ranks; r++) {
        board->is_blocked[r] = false;
        board->position[r] = 0;
    }
    pthread_mutex_unlock(&board->lock);
}

/* Board's lock is held. */
static bool
all_blocked(struct board *board)
{
    if (board->live > 0 && board->blocked == board->live)
        board->deadlock = true;
    return board->deadlock;
}

bool
board_block(struct board *board, int rank, size_t position)
{
    bool deadlock;

    pthread_mutex_lock(&board->lock);
    board->is_blocked[rank] = true;
    board->position[rank] = position;
    board->blocked++;
    deadlock = all_blocked(board);
    pthread_mutex_unlock(&board->lock);
    return !deadlock;
}

void
board_clear(struct board *board, int rank)
{
    pthread_mutex_lock(&board->lock);
    board->is_blocked[rank] = false;
    board->blocked--;
    pthread_mutex_unlock(&board->lock);
}

bool
board_leave(struct board *board, int rank, size_t position)
{
    bool deadlock;

    pthread_mutex_lock(&board->lock);
    board->position[rank] = position;
    board->live--;
    deadlock = all_blocked(board);
    pthread_mutex_unlock(&board->lock);
    return !deadlock;
}

bool
board_deadlocked(struct board *board)
{
    bool deadlock;

    pthread_mutex_lock(&board->lock);
    deadlock = board->deadlock;
    pthread_mutex_unlock(&board->lock);
    return deadlock;
}
