#include "exercises.h"

void
exercise_naive(struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++)
        for (int m = 0; m < 2 * plan->mbs; m++)
            plan_add(plan, r,
                     action_of(m < plan->mbs ? ACTION_FORWARD
                                             : ACTION_FULL_BACKWARD,
                               r, m % plan->mbs));
}
