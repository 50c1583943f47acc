/* calls.h -- writes down what a student's step function does on each rank, and
 * makes a plan of it.
 *
 *   recv_forward(step, 0); forward(step, 0); send_forward(step, 0); ..
 *        --> 1RECV_F0, 1F0, 1SEND_F0, .. on rank 1
 *
 * Nothing is computed and no rank waits: what a rank does does not depend on
 * the others, so its calls are its program. That program is then checked and
 * run in virtual time, as any plan is. */
#ifndef PIPELAB_LABS_CALLS_H
#define PIPELAB_LABS_CALLS_H

#include "schedules.h"

/* One call. */
struct call {
    enum { CALL_PLAIN, CALL_ISEND, CALL_WAIT } type;
    struct action action; /* CALL_WAIT: of the ISEND that it waits for */
    int request;          /* of an ISEND, or to wait for */
};

/* The calls of one rank, in order. */
struct record {
    struct call *at;
    size_t count;
    size_t room;
    int requests; /* that isends have returned */
};

struct record
record_of(void (*function)(struct step *), int rank, int ranks, int mbs);
void
record_free(struct record *record);

/* The plan, with transfers, that the calls of all ranks make; an isend counts
 * as a send, and a wait as nothing. Not checked; see doing(). */
struct plan *
made_by_steps(void (*function)(struct step *), int ranks, int mbs);

/* Complete, in order, and runs through links of that many slots. */
void
steps_must_run(void (*function)(struct step *), int ranks, int mbs, int slots);

/* The same for every shape up to MOST_RANKS x MOST_MBS. */
void
steps_must_run_at_every_shape(void (*function)(struct step *), int slots);

#endif
