#include "exercises.h"
#include "policy/policy_1f1b.c"

void
exercise_1f1b(struct plan *plan)
{
    policy_1f1b.make(plan);
}
