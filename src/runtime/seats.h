/* seats.h -- ranks that share cores: a seat is a core, and a rank computes only
 * while it sits.
 *
 *   away --seats_call--> waits --> sits --seats_wait--> away
 *                          ^________/
 *                          seats_keep, if somebody more urgent waits
 *
 * Left to itself the system slices time evenly: of two actions on one core
 * both end late, and whoever waits for the first waits for both. Seated, a rank
 * keeps the core until its action is done and what came of it is sent. A seat
 * that falls free goes to the most urgent rank that waits: of the earliest step
 * the one with the longest path before it (plan/level.h), for whatever is
 * done meanwhile, that path must still be gone. Where that is a rank that sat
 * elsewhere before, it moves, unless its computations are too brief for that to
 * pay. A rank whose computations are briefer still, so that a change of ranks
 * would cost more than it could gain, keeps its seat until it has to wait.
 *
 * A rank that waits for a seat sleeps. To look on meanwhile it would have to
 * yield the core again and again, and so would each of its kind: with eight
 * ranks on a core that took more time than their computations.
 *
 * A rank that sleeps for a message is away: who brings the message calls it, so
 * that it need not have a core to find out. Lock order: channel, then seats. */
#ifndef PIPELAB_RUNTIME_SEATS_H
#define PIPELAB_RUNTIME_SEATS_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sitter_state { SITTER_AWAY, SITTER_WAITS, SITTER_SITS };

/* A rank. */
struct sitter {
    pthread_t thread;      /* once it has come */
    int step;              /* of the action it is at; this and the next two are
                            * its own thread's while it sits */
    int64_t level;         /* ticks from there to the end of the step */
    int64_t work_ns;       /* its mean computation; brief ones keep it on its
                            * core */
    int seat;              /* where it sits, sat last, or is to sit first */
    enum sitter_state state;
    sem_t seated;          /* posted when state has become SITTER_SITS */
    int64_t called_ns;     /* when it began to wait */
    int64_t waited_ns;     /* in all; its own thread's */
};

struct seat {
    int core;          /* constant */
    bool taken;
    atomic_int wanted; /* ranks that wait and would take it; may be glanced
                        * at */
};

struct seats {
    int count;              /* constant, as is the next */
    int ranks;
    pthread_mutex_t lock;   /* guards everything below */
    struct seat *seats;     /* count */
    struct sitter *sitters; /* ranks */
};

/* A seat for each core. Nobody has come yet; rank r is to sit on seat r % count
 * first. */
void
seats_init(struct seats *seats, const int cores[], int count, int ranks);
void
seats_fini(struct seats *seats);

/* The calling thread is this rank's from now on; waits for a seat. */
void
seats_come(struct seats *seats, int rank);

/* Says which action the rank, which sits or has not come, is at, and how long
 * its computations take in the mean. */
void
seats_mark(struct seats *seats, int rank, int step, int64_t level,
           int64_t work_ns);

/* Stays, unless a more urgent rank waits for the seat and the rank's
 * computations are long enough to change for. */
void
seats_keep(struct seats *seats, int rank);

/* Gives up the seat and the lock that is held, until called and seated again;
 * then holds the lock again. */
void
seats_wait(struct seats *seats, int rank, pthread_mutex_t *held);

/* What an absent rank waits for has come. Who finds a deadlock is not absent,
 * but on the board like one; then nothing happens. */
void
seats_call(struct seats *seats, int rank);

/* Gives up the seat for good. */
void
seats_leave(struct seats *seats, int rank);

/* A glance: whether somebody else would take the rank's seat. */
bool
seats_wanted(const struct seats *seats, int rank);

#endif
