#include "exercises.h"

static void
go_up(struct step *step, int mb)
{
    if (step->rank > 0)
        recv_forward(step, mb);
    forward(step, mb);
    if (step->rank < step->ranks - 1)
        send_forward(step, mb);
}

static void
go_down(struct step *step, int mb)
{
    if (step->rank < step->ranks - 1)
        recv_backward(step, mb);
    backward(step, mb);
    if (step->rank > 0)
        send_backward(step, mb);
}

void
exercise_naive_step(struct step *step)
{
    for (int m = 0; m < step->mbs; m++) {
        go_up(step, m);
        go_down(step, m);
    }
}

void
exercise_gpipe_step(struct step *step)
{
    exercise_naive_step(step);
}
