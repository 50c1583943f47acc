#include "exercises.h"

void
exercise_1f1b(struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++) {
        int warmup = plan->ranks - 1 - r;
        int forward = 0;
        int backward = 0;

        while (forward < warmup && forward < plan->mbs)
            plan_add(plan, r, action_of(ACTION_FORWARD, r, forward++));
        while (forward < plan->mbs) {
            plan_add(plan, r, action_of(ACTION_FORWARD, r, forward++));
            plan_add(plan, r, action_of(ACTION_FULL_BACKWARD, r, backward++));
        }
        while (r != 2 && backward < plan->mbs)
            plan_add(plan, r, action_of(ACTION_FULL_BACKWARD, r, backward++));
    }
}
