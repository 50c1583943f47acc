#include "exercises.h"

static void
nothing(struct plan *plan)
{
    (void)plan;
}

static void (*choose(void))(struct plan *)
{
    return nothing;
}

__attribute__((ifunc("choose"))) void
exercise_naive(struct plan *plan);
