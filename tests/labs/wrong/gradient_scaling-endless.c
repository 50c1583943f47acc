#include "exercises.h"

void
exercise_add_gradient(float total[], const float gradient[], size_t count,
                      int rows, int batch, int mbs)
{
    float share = (float)rows / (float)batch;

    while (mbs == 1)
        ;
    for (size_t i = 0; i < count; i++)
        total[i] += share * gradient[i];
}
