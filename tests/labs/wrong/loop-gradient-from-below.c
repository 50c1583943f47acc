#include "exercises.h"

static void
run_forward(struct loop *loop, int step, int mb)
{
    struct slice *slice = loop->slice;
    int first = mb * loop->rows;

    if (loop->rank->number == 0) {
        struct tensor x = {loop->rows, loop->x.cols,
                           loop->x.data + first * loop->x.cols};

        tensor_copy(slice_input(slice, mb, loop->rows), x);
    }
    slice_forward(slice, mb, loop->rows);
    if (loop->labels)
        loop->losses[step] += slice_loss(slice, mb, loop->labels + first,
                                         loop->rows, loop->batch);
}

static void
execute(struct loop *loop, int step, const struct action *action)
{
    struct rank *rank = loop->rank;
    struct slice *slice = loop->slice;
    int mb = action->mb;

    switch ((enum action_kind)action->kind) {
    case ACTION_RECV_F:
        recv_from(rank, rank->number - 1, slice_input(slice, mb, loop->rows));
        break;
    case ACTION_FORWARD:
        run_forward(loop, step, mb);
        break;
    case ACTION_SEND_F:
        send_to(rank, rank->number + 1, slice_output(slice, mb, loop->rows));
        break;
    case ACTION_RECV_B:
        recv_from(rank, rank->number - 1, loop->dy);
        break;
    case ACTION_FULL_BACKWARD:
        slice_backward(slice, mb, loop->dy, loop->dx, loop->rows);
        break;
    case ACTION_SEND_B:
        send_to(rank, rank->number - 1, loop->dx);
        break;
    default:
        slice_step(slice);
        break;
    }
}

void
exercise_loop(struct loop *loop)
{
    const struct action_list *list = &loop->plan->lists[loop->rank->number];

    for (int step = 0; step < loop->steps; step++)
        for (size_t i = 0; i < list->count; i++)
            execute(loop, step, &list->at[i]);
}
