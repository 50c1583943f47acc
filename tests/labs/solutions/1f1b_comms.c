#include "exercises.h"

static bool
is_last(const struct step *step)
{
    return step->rank == step->ranks - 1;
}

static void
take(struct step *step, int mb)
{
    if (step->rank > 0 && mb < step->mbs)
        recv_forward(step, mb);
}

/* A forward whose input has been taken. */
static void
go_up(struct step *step, int mb)
{
    forward(step, mb);
    if (!is_last(step))
        send_forward(step, mb);
}

void
exercise_1f1b_step(struct step *step)
{
    int warmup = step->ranks - 1 - step->rank;
    int up = 0;

    take(step, up);
    for (; up < warmup && up < step->mbs; take(step, ++up))
        go_up(step, up);
    for (int down = 0; down < step->mbs; down++) {
        if (up < step->mbs)
            go_up(step, up++);
        if (!is_last(step))
            recv_backward(step, down);
        backward(step, down);
        /* First take what the rank below has, then offer it the gradient. */
        take(step, up);
        if (step->rank > 0)
            send_backward(step, down);
    }
}
