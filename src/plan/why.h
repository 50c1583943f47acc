/* why.h -- explains why a rank waits: for which rank, and why that one waits,
 * up to a rank that can go on.
 *
 *   rank 0 --1SEND_B0 of--> rank 1 --2SEND_B0 of--> rank 2, which runs 2F1
 *
 * This follows from the plan, the links' capacity and the positions of the
 * ranks. A rank waits for one message or one slot, so for one other rank. That
 * rank can go on or waits itself. So the chain ends at a rank that can go on,
 * or, in a deadlock, it is a circle. */
#ifndef PIPELAB_PLAN_WHY_H
#define PIPELAB_PLAN_WHY_H

#include "plan/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum why_kind {
    WHY_FREE,  /* it does not wait */
    WHY_DONE,  /* its list has ended */
    WHY_INPUT, /* it waits for a message to be sent */
    WHY_ROOM,  /* it waits for a slot of a full link */
    WHY_TAKER  /* capacity 0: it waits for the receiver to come */
};

struct why {
    enum why_kind kind;
    const struct action *at;    /* the rank's next action; NULL when done */
    int peer;                   /* the rank that it waits for, or -1 */
    const struct action *until; /* the peer's action that ends the waiting, or
                                 * NULL */
};

/* Whether a rank can do its next action `at` now; only a transfer may have to
 * wait. on_link: messages on its link. peer_at: the next action of the rank at
 * the other end, NULL when done; read at capacity 0 only. */
bool
why_can_go(const struct plan *plan, const struct action *at,
           const struct action *peer_at, int on_link, int capacity);

/* Why a rank does not go on. position[ranks]: the index of each rank's next
 * action, the length of its list when done. The plan is lowered, complete and
 * matched (see program.h). */
struct why
why_of(const struct plan *plan, const size_t position[], int capacity,
       int rank);

/* Prints "waits to receive the gradient of microbatch 0 from rank 1
 * (1SEND_B0)", of a rank that waits for another. */
void
why_print_wait(FILE *out, const struct why *why);

/* Prints the chain from a rank to the one that can go on, a line each:
 *
 *   rank 0 waits to receive the gradient of microbatch 0 from rank 1 (1SEND_B0)
 *     rank 1 waits to receive the gradient of microbatch 0 from rank 2 (2SEND_B0)
 *       rank 2 runs 2F1, 4 actions before 2SEND_B0 */
void
why_print(FILE *out, const struct plan *plan, const size_t position[],
          int capacity, int rank);

/* Prints as few such chains as name every rank that waits. */
void
why_print_all(FILE *out, const struct plan *plan, const size_t position[],
              int capacity);

/* Prints a line for each rank that waits; in a deadlock these are all ranks
 * that are not done:
 *
 *   rank 1, action 3, 1SEND_B0: waits for rank 0 to receive it, which is at
 *   0SEND_F1 */
void
why_print_stuck(FILE *out, const struct plan *plan, const size_t position[],
                int capacity);

/* A rank on the circle of a deadlock; each waits for the next one, until it is
 * the first again. -1 if there is no circle. */
int
why_circle_start(const struct plan *plan, const size_t position[],
                 int capacity);

/* The action at which a rank stands, NULL at the end of its list; without
 * transfers, the computation that a SEND or RECV is for. */
const struct action *
why_shown_at(const struct plan *plan, const size_t position[], int rank,
             bool transfers);

/* In a deadlock, writes the circle of ranks on one line, "rank 0 at 0SEND_F1
 * waits for rank 1 at ... waits for rank 0", cut if it does not fit; else an
 * empty text. transfers: name SENDs and RECVs. Without it, for a plan that was
 * not lowered by its author, the line names the computation that the message
 * is for. */
void
why_circle(char *text, size_t size, const struct plan *plan,
           const size_t position[], int capacity, bool transfers);

#endif
