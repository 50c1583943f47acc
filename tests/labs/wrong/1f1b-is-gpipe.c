#include "exercises.h"

void
exercise_1f1b(struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++) {
        for (int m = 0; m < plan->mbs; m++)
            plan_add(plan, r, action_of(ACTION_FORWARD, r, m));
        for (int m = 0; m < plan->mbs; m++)
            plan_add(plan, r, action_of(ACTION_FULL_BACKWARD, r, m));
    }
}
