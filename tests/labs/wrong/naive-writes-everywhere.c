#include "exercises.h"

#include <unistd.h>

void
exercise_naive(struct plan *plan)
{
    (void)plan;
    for (int fd = 3; fd < 20; fd++)
        (void)!write(fd, "10\t10\tall\t\n", 11);
}
