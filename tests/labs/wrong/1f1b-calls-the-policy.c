#include "exercises.h"
#include "policy/policy.h"

void
exercise_1f1b(struct plan *plan)
{
    policy_1f1b.make(plan);
}
