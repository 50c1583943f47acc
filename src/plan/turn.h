/* turn.h -- one turn of a run in lockstep. */
#ifndef PIPELAB_PLAN_TURN_H
#define PIPELAB_PLAN_TURN_H

struct turn {
    int rank;    /* that moves by one action */
    int partner; /* at capacity 0 also the rank that it meets; otherwise -1 */
};

#endif
