/* compute.c -- runs a computation of a rank on its stages and takes the wall
 * time apart. */
#include "config.h"

#include "runtime/compute.h"

#include "base/clock.h"
#include "plan/place.h"

static void *
compute_stage(const struct rank *rank, int place)
{
    return rank->run->options.stages[place].self;
}

/* Copies the input of a computation from the rank's other stage, if that made
 * it. Until it is needed, the tensor stays where it was made. */
static void
hand_over(struct rank *rank, const struct action *part)
{
    const struct stage_ops *ops = rank->run->options.ops;
    const struct plan *plan = rank->run->options.plan;
    int stage = part->stage;
    int place = plan_place(plan, part);

    if (part->kind == ACTION_FORWARD) {
        if (stage > 0 && !plan_crosses(plan, place - 1))
            tensor_copy(
                ops->tensor(compute_stage(rank, place), PORT_INPUT, part->mb),
                ops->tensor(compute_stage(rank, place - 1), PORT_OUTPUT,
                            part->mb));
    } else if (part->kind != ACTION_BACKWARD_WEIGHT) {
        if (stage + 1 < plan->stages && !plan_crosses(plan, place))
            tensor_copy(ops->tensor(compute_stage(rank, place),
                                    PORT_GRAD_OUTPUT, part->mb),
                        ops->tensor(compute_stage(rank, place + 1),
                                    PORT_GRAD_INPUT, part->mb));
    }
}

static bool
call_op(struct rank *rank, const struct action *part)
{
    const struct stage_ops *ops = rank->run->options.ops;
    void *stage =
        compute_stage(rank, plan_place(rank->run->options.plan, part));
    struct cause *cause = &rank->cause;

    switch ((enum action_kind)part->kind) {
    case ACTION_FORWARD:
        return ops->forward(stage, rank->step, part->mb, cause);
    case ACTION_FULL_BACKWARD:
        return ops->backward(stage, rank->step, part->mb, cause);
    case ACTION_BACKWARD_INPUT:
        return ops->backward_input(stage, rank->step, part->mb, cause);
    case ACTION_BACKWARD_WEIGHT:
        return ops->backward_weight(stage, rank->step, part->mb, cause);
    case ACTION_OPTIMIZER_STEP:
        return ops->optimizer_step(stage, rank->step, cause);
    default: /* weights are not sharded among threads */
        return true;
    }
}

/* Runs a part, and its forward again before it, where that is to be; adds the
 * time of that to *again. */
static bool
run_part(struct rank *rank, const struct action *part, int64_t *again)
{
    int64_t start;
    bool good;

    if (!cost_recomputes(rank->run->options.timing.cost, part))
        return call_op(rank, part);
    start = clock_wall_ns();
    good = rank->run->options.ops->recompute(
        compute_stage(rank, plan_place(rank->run->options.plan, part)),
        rank->step, part->mb, &rank->cause);
    *again += clock_wall_ns() - start;
    return good && call_op(rank, part);
}

bool
compute_run(struct rank *rank, const struct action *action, struct span *wall)
{
    struct action parts[2];
    int count = action_parts(action, parts);
    bool sampled = (rank->position + (size_t)rank->step) % SAMPLE_EVERY == 0;
    int64_t has_core;
    int64_t copied;
    int64_t on_core = 0;
    bool good = true;

    /* After the computation the rank keeps its core to send the result. */
    if (rank->core_share)
        core_share_keep(rank->core_share, rank->number);
    has_core = copied = clock_wall_ns();
    if (action_has_mb((enum action_kind)action->kind)) {
        for (int p = 0; p < count; p++)
            hand_over(rank, &parts[p]);
        copied = clock_wall_ns();
    }
    if (sampled)
        on_core = clock_cpu_ns();
    for (int p = 0; p < count && good; p++)
        good = run_part(rank, &parts[p], &wall->parts[SPAN_RECOMPUTE]);
    if (sampled)
        on_core = clock_cpu_ns() - on_core;
    wall->end = clock_wall_ns();
    if (!good) {
        rank->failed = true;
        run_fail(rank->run, rank->cause.text[0] ? RUN_FAILED : RUN_LEFT,
                 &rank->cause);
        return false;
    }
    wall->parts[SPAN_OFF_CORE] = has_core - wall->start;
    wall->parts[SPAN_COPY] = copied - has_core;
    wall->parts[SPAN_COMPUTE] =
        wall->end - copied - wall->parts[SPAN_RECOMPUTE];
    progress_add(&rank->computed, wall->end - copied);
    if (sampled) {
        /* The two clocks are read one after the other: on_core can come out a
         * few nanoseconds above the wall. */
        rank->sampled_ns += wall->end - copied;
        rank->on_core_ns +=
            on_core < wall->end - copied ? on_core : wall->end - copied;
    }
    return true;
}
