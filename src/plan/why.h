/* why.h -- why a rank waits: what for, and what that waits for, to the root.
 *
 *   rank 0 --1SEND_B0 of--> rank 1 --2SEND_B0 of--> rank 2, which runs 2F1
 *
 * It follows from the plan, the links' capacity and where the ranks stand
 * alone: the message that a rank wants is sent by one other rank, which is
 * either free to go on or wants a message itself. The chain ends at a rank that
 * is free, or, in a deadlock, bites its own tail. */
#ifndef PIPELAB_PLAN_WHY_H
#define PIPELAB_PLAN_WHY_H

#include "plan/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum why_kind {
    WHY_FREE,  /* it waits for nobody */
    WHY_DONE,  /* likewise: its list has ended */
    WHY_INPUT, /* for a message to be sent */
    WHY_ROOM,  /* for a slot of a full link */
    WHY_TAKER  /* capacity 0: for the receiver to come */
};

struct why {
    enum why_kind kind;
    const struct action *at;    /* that the rank stands at; NULL when done */
    int peer;                   /* rank that it waits for, or -1 */
    const struct action *until; /* of the peer, that ends it; or NULL */
};

/* Whether a rank can do the action at which it stands: a transfer may have to
 * wait. on_link: messages on its link; peer_at: where the rank at the other end
 * stands, NULL when done, which is only read at capacity 0. */
bool
why_can_go(const struct action *at, const struct action *peer_at, int on_link,
           int capacity);

/* Why a rank does not go on. position[ranks] says at which action of its list
 * each rank of a lowered plan stands, its list's length when done; the plan is
 * complete and matched (see program.h). */
struct why
why_of(const struct plan *plan, const size_t position[], int capacity,
       int rank);

/* From a rank to the root, a line each:
 *
 *   rank 0 waits to receive the gradient of microbatch 0 from rank 1 (1SEND_B0)
 *     rank 1 waits to receive the gradient of microbatch 0 from rank 2 (2SEND_B0)
 *       rank 2 runs 2F1, 4 actions before 2SEND_B0 */
void
why_print(FILE *out, const struct plan *plan, const size_t position[],
          int capacity, int rank);

/* As few of these as name every rank that waits. */
void
why_print_all(FILE *out, const struct plan *plan, const size_t position[],
              int capacity);

/* A line for each rank that waits, in a deadlock all that are not done:
 *
 *   rank 1, action 3, 1SEND_B0: waits for rank 0 to receive it, which is at
 *   0SEND_F1 */
void
why_print_stuck(FILE *out, const struct plan *plan, const size_t position[],
                int capacity);

/* In a deadlock the circle of ranks on one line, "rank 0 at 0SEND_F1 waits for
 * rank 1 at ... waits for rank 0", cut if it does not fit; else nothing. Without
 * transfers, for a plan that had none before it was lowered, a rank that waits
 * for a message is at the action that needs it. */
void
why_circle(char *text, size_t size, const struct plan *plan,
           const size_t position[], int capacity, bool transfers);

#endif
