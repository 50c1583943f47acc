/* grade.h -- scores a schedule against par: the shortest schedule known for its
 * shape, costs and memory. */
#ifndef PIPELAB_COURSE_GRADE_H
#define PIPELAB_COURSE_GRADE_H

#include "plan/cost.h"
#include "plan/program.h"
#include "sim/period.h"

/* What is graded, and how. All is borrowed. */
struct grade_task {
    const struct program *program; /* one that trains */
    const struct cost *cost;
    int max_activations; /* allowed on a rank; 0 for any number */
    bool par;            /* search for the shortest schedule */
};

struct grade {
    int64_t makespan;     /* with as many slots as are of use */
    struct period period; /* of steps in a row */
    double steady_bubble;
    int64_t bound;       /* no schedule is shorter */
    double peak;         /* activations, the most on any rank */
    bool fits;           /* within max_activations */
    int64_t par;         /* 0 if it was not asked for */
    const char *held_by; /* the schedule that is that short: a fixed text or
                          * the program's */
    int score;           /* par / makespan in percent; 0 if it does not fit */
};

/* False with the cause if no schedule can be searched for. */
bool
grade_plan(struct grade *grade, const struct grade_task *task,
           struct cause *cause);

#endif
