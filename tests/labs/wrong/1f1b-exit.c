#include "exercises.h"

#include <stdlib.h>

void
exercise_1f1b(struct plan *plan)
{
    (void)plan;
    exit(0);
}
