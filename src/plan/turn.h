/* turn.h -- one turn of a run in lockstep. */
#ifndef PIPELAB_PLAN_TURN_H
#define PIPELAB_PLAN_TURN_H

struct turn {
    int rank;    /* does one action */
    int partner; /* capacity 0: the rank that it meets does one too; else -1 */
};

#endif
