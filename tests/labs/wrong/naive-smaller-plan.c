#include "exercises.h"

void
exercise_naive(struct plan *plan)
{
    plan->mbs = 1;
    plan->ranks = plan->stages = 1;
    plan_add(plan, 0, action_of(ACTION_FORWARD, 0, 0));
    plan_add(plan, 0, action_of(ACTION_FULL_BACKWARD, 0, 0));
}
