#include "exercises.h"

static void
go_up(struct step *step, int mb)
{
    bool last = step->rank == step->ranks - 1;

    if (step->rank > 0)
        recv_forward(step, mb);
    forward(step, mb);
    if (!last)
        wait_for(step, isend_forward(step, mb));
}

static void
go_down(struct step *step, int mb)
{
    if (step->rank < step->ranks - 1)
        recv_backward(step, mb);
    backward(step, mb);
    if (step->rank > 0)
        wait_for(step, isend_backward(step, mb));
}

void
exercise_async_step(struct step *step)
{
    int warmup = step->ranks - 1 - step->rank;
    int up = 0;
    int down = 0;

    while (up < warmup && up < step->mbs)
        go_up(step, up++);
    while (up < step->mbs) {
        go_up(step, up++);
        go_down(step, down++);
    }
    while (down < step->mbs)
        go_down(step, down++);
}
