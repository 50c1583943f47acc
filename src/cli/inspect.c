#include "config.h"

#include "cli/inspect.h"

#include "base/memory.h"
#include "report/timeline.h"
#include "schedule/footprint.h"
#include "schedule/why.h"

#include <inttypes.h>
#include <stdlib.h>

static struct tensor
tensor_of(const struct stepper *stepper, int stage, enum port port, int mb)
{
    return mlp_stage_ops.tensor(&stepper->trainer->stages[stage], port, mb);
}

/* A footprint that counts (stage, microbatch) pairs instead of bytes; freed by
 * the caller. */
static struct footprint *
counting(const struct plan *plan)
{
    struct footprint *ones = memory_new((size_t)plan->stages, sizeof *ones);

    for (int s = 0; s < plan->stages; s++)
        ones[s].stash = 1;
    return ones;
}

static int
live_on(const struct stepper *stepper, int rank)
{
    const struct plan *plan = stepper->options.plan;
    struct footprint *ones = counting(plan);
    int64_t live =
        footprint_after(plan, ones, rank, stepper->position[rank]);

    free(ones);
    return (int)live;
}

/* ---- what was done ---- */

/* "4 x 128 to rank 1, 1 of 2 slots used" */
static void
print_transfer(FILE *out, const struct stepper *stepper,
               const struct stepper_action *done)
{
    static const enum port ports[] = {
        [ACTION_SEND_F] = PORT_OUTPUT,
        [ACTION_RECV_F] = PORT_INPUT,
        [ACTION_SEND_B] = PORT_GRAD_INPUT,
        [ACTION_RECV_B] = PORT_GRAD_OUTPUT,
    };
    const struct action *action = done->action;
    const struct span *span = stepper_span(stepper, done);
    const struct channel *channel =
        &stepper->trainer->run->channels[plan_link(action)];
    struct tensor tensor = tensor_of(stepper, action->stage,
                                     ports[action->kind], action->mb);

    fprintf(out, "%d x %d %s rank %d", tensor.rows, tensor.cols,
            done->rank == channel->sender ? "to" : "from",
            plan_peer(stepper->options.plan, action));
    if (channel->capacity > 0)
        fprintf(out, ", %d of %d slots used",
                (int)(channel->sent - channel->received), channel->capacity);
    if (span->end > span->start)
        fprintf(out, ", waited %lld", (long long)(span->end - span->start));
}

static void
print_computation(FILE *out, const struct stepper *stepper,
                  const struct stepper_action *done)
{
    static const char *const words[] = {
        [ACTION_FORWARD] = "forward",
        [ACTION_FULL_BACKWARD] = "backward",
        [ACTION_BACKWARD_INPUT] = "backward for the input",
        [ACTION_BACKWARD_WEIGHT] = "backward for the weights",
    };
    struct action parts[2];
    int count = action_parts(done->action, parts);

    for (int p = 0; p < count; p++) {
        const struct mlp_stage *stage =
            &stepper->trainer->stages[parts[p].stage];

        fprintf(out, "%s%s", p ? " and " : "", words[parts[p].kind]);
        if (parts[p].kind == ACTION_FORWARD && stage->mb_loss)
            fprintf(out, ", adds %.6f to the loss",
                    stage->mb_loss[parts[p].mb]);
    }
    fprintf(out, ", %d live", live_on(stepper, done->rank));
}

static void
print_action(FILE *out, const struct stepper *stepper,
             const struct stepper_action *done)
{
    const struct span *span = stepper_span(stepper, done);
    char cell[ACTION_CELL_MAX];
    char time[48];

    if (action_is_transfer(done->action) || span->end == span->start)
        snprintf(time, sizeof time, "t=%lld", (long long)span->end);
    else
        snprintf(time, sizeof time, "t=%lld..%lld", (long long)span->start,
                 (long long)span->end);
    fprintf(out, "rank %*d  %-10s %-9s ",
            snprintf(NULL, 0, "%d", stepper->options.plan->ranks - 1),
            done->rank, action_cell(done->action, cell), time);
    if (action_is_transfer(done->action))
        print_transfer(out, stepper, done);
    else if (done->action->kind == ACTION_OPTIMIZER_STEP)
        fprintf(out, "update of stage %d's weights", done->action->stage);
    else
        print_computation(out, stepper, done);
    fputc('\n', out);
}

void
inspect_turn(FILE *out, const struct stepper *stepper)
{
    struct stepper_action last[2];
    int count = stepper_last(stepper, last);

    for (int i = 0; i < count; i++)
        print_action(out, stepper, &last[i]);
}

void
inspect_step(FILE *out, const struct stepper *stepper)
{
    fprintf(out, "step %d ends: loss %.6f, weights %016" PRIx64 "\n",
            stepper->step, stepper->trainer->losses[stepper->step],
            trainer_weights_hash(stepper->trainer));
}

void
inspect_next(FILE *out, const struct stepper *stepper)
{
    struct stepper_action next[2];
    int count = stepper_next(stepper, next);
    char cell[ACTION_CELL_MAX];

    for (int i = 0; i < count; i++)
        fprintf(out, "%srank %d %s", i ? " with " : "next: ", next[i].rank,
                action_cell(next[i].action, cell));
    if (count > 0)
        fprintf(out, "%s\n",
                stepper_at_end(stepper) ? ", of the next step" : "");
}

/* ---- tensors ---- */

static void
print_tensor(FILE *out, const char *name, struct tensor tensor)
{
    fprintf(out, "  %-22s norm %-11.5g ", name, tensor_norm(tensor));
    tensor_print(out, tensor);
}

/* Whether the forward has been done that makes an output. */
static bool
has_output(const struct stepper *stepper, int stage, int mb)
{
    struct action forward = action_of(ACTION_FORWARD, stage, mb);
    struct stepper_action found;

    return stepper_find(stepper, &forward, &found) &&
           found.index < stepper->position[found.rank];
}

static void
print_port(FILE *out, const struct stepper *stepper, int stage, int mb,
           enum port port)
{
    static const struct {
        const char *name;
        enum slot_kind kind;
    } ports[] = {
        [PORT_INPUT] = {"input", SLOT_STASH},
        [PORT_OUTPUT] = {"output", SLOT_STASH},
        [PORT_GRAD_OUTPUT] = {"gradient of output", SLOT_GRAD_OUTPUT},
        [PORT_GRAD_INPUT] = {"gradient of input", SLOT_GRAD_INPUT},
    };
    const struct plan *plan = stepper->options.plan;
    size_t done = stepper->position[plan->rank_of_stage[stage]];

    if (slots_held(plan, stage, ports[port].kind, mb, done) &&
        (port != PORT_OUTPUT || has_output(stepper, stage, mb)))
        print_tensor(out, ports[port].name,
                     tensor_of(stepper, stage, port, mb));
    else
        fprintf(out, "  %-22s -\n", ports[port].name);
}

static void
print_part(FILE *out, const struct stepper *stepper, int stage,
           const struct action *part)
{
    const struct slice *slice = stepper->trainer->stages[stage].slice;
    int rank = stepper->options.plan->rank_of_stage[stage];
    struct tensor weights = {1, (int)slice->params, slice->weights};
    struct tensor grads = {1, (int)slice->params, slice->grads};

    if (part->kind == ACTION_OPTIMIZER_STEP)
        fprintf(out, "stage %d, on rank %d:\n", stage, rank);
    else
        fprintf(out, "stage %d, microbatch %d, on rank %d:\n", stage,
                part->mb, rank);
    if (part->kind != ACTION_OPTIMIZER_STEP)
        for (int port = PORT_INPUT; port <= PORT_GRAD_INPUT; port++)
            print_port(out, stepper, stage, part->mb, (enum port)port);
    print_tensor(out, "weights", weights);
    print_tensor(out, "gradient of weights", grads);
}

void
inspect_tensors(FILE *out, const struct stepper *stepper,
                const struct action *action)
{
    struct action parts[2];
    int count = action_parts(action, parts);

    for (int p = 0; p < count; p++)
        print_part(out, stepper, parts[p].stage, &parts[p]);
}

/* ---- links ---- */

static void
print_messages(FILE *out, const struct stepper *stepper,
               const struct channel *channel)
{
    if (channel->capacity == 0)
        fputs("no slots", out);
    else
        fprintf(out, "%d of %d slots used",
                (int)(channel->sent - channel->received), channel->capacity);
    for (int64_t n = channel->received; n < channel->sent; n++) {
        const struct message *message = channel_message(channel, n);

        fprintf(out, "%s %d", n == channel->received ? ", by" : ",",
                message->mb);
        if (message->arrival > stepper->now)
            fprintf(out, " (there at t=%lld)", (long long)message->arrival);
    }
}

/* "; rank 0 waits to send 3" */
static void
print_waiting(FILE *out, const struct stepper *stepper,
              const size_t position[], int link, int rank)
{
    struct why why = why_of(stepper->options.plan, position,
                            stepper->options.capacity, rank);

    if (why.peer >= 0 && plan_link(why.at) == link)
        fprintf(out, "; rank %d waits to %s %d", rank,
                why.kind == WHY_INPUT ? "receive" : "send", why.at->mb);
}

void
inspect_links(FILE *out, const struct stepper *stepper)
{
    const struct plan *plan = stepper->options.plan;
    size_t *position = memory_new((size_t)plan->ranks, sizeof *position);

    stepper_whereabouts(stepper, position);
    for (int link = 0; link < plan_links(plan); link++) {
        const struct channel *channel = &stepper->trainer->run->channels[link];
        int up = link % 2; /* gradients go from the stage above */

        if (channel->capacity < 0)
            continue;
        fprintf(out, "%-11s", up ? "gradients" : "activations");
        if (plan->stages > plan->ranks)
            fprintf(out, " stage %d to %d,", link / 2 + up, link / 2 + !up);
        fprintf(out, " rank %d to %d: ", channel->sender, channel->receiver);
        print_messages(out, stepper, channel);
        print_waiting(out, stepper, position, link, channel->sender);
        print_waiting(out, stepper, position, link, channel->receiver);
        fputc('\n', out);
    }
    free(position);
}

/* ---- memory ---- */

/* Floats of a rank's weights. */
static size_t
params_on(const struct stepper *stepper, int rank)
{
    const struct plan *plan = stepper->options.plan;
    size_t params = 0;

    for (int s = 0; s < plan->stages; s++)
        if (plan->rank_of_stage[s] == rank)
            params += stepper->trainer->stages[s].slice->params;
    return params;
}

/* What one microbatch takes on each stage; freed by the caller. */
static struct footprint *
measured(const struct stepper *stepper)
{
    int count = stepper->options.plan->stages;
    struct footprint *stages = memory_new((size_t)count, sizeof *stages);

    for (int s = 0; s < count; s++) {
        const struct mlp_stage *stage = &stepper->trainer->stages[s];

        stages[s].stash =
            (int64_t)slice_stash_bytes(stage->slice, stage->rows);
        stages[s].kept = (int64_t)slice_kept_bytes(stage->slice, stage->rows);
    }
    return stages;
}

void
inspect_memory(FILE *out, const struct stepper *stepper)
{
    const struct plan *plan = stepper->options.plan;
    int state = optimizer_state_floats(stepper->options.optimizer.kind);
    struct footprint *ones = counting(plan);
    struct footprint *stages = measured(stepper);
    int64_t *peak = memory_new((size_t)plan->ranks, sizeof *peak);
    int64_t *peak_bytes = memory_new((size_t)plan->ranks, sizeof *peak_bytes);

    footprint_peaks(plan, ones, peak);
    footprint_peaks(plan, stages, peak_bytes);
    fprintf(out, "%-8s %6s %6s %12s %10s %12s %12s %12s\n", "memory", "live",
            "peak", "activations", "peak", "weights", "gradients",
            "optimizer");
    for (int r = 0; r < plan->ranks; r++) {
        double params = (double)params_on(stepper, r) * sizeof(float) / 1024;
        int64_t bytes =
            footprint_after(plan, stages, r, stepper->position[r]);

        fprintf(out,
                "rank %-3d %6d %6d %10.1f K %8.1f K %10.1f K %10.1f K "
                "%10.1f K\n",
                r, live_on(stepper, r), (int)peak[r], (double)bytes / 1024,
                (double)peak_bytes[r] / 1024, params, params, params * state);
    }
    free(peak_bytes);
    free(peak);
    free(stages);
    free(ones);
}

/* ---- why, and the grid ---- */

/* Says so if a rank waits though what it waits for has been sent. */
static bool
print_under_way(FILE *out, const struct stepper *stepper,
                const size_t position[], int rank)
{
    const struct plan *plan = stepper->options.plan;
    struct why why =
        why_of(plan, position, stepper->options.capacity, rank);
    const struct channel *channel;
    int64_t arrival;
    char cell[ACTION_CELL_MAX];

    if (why.kind != WHY_FREE ||
        action_class((enum action_kind)why.at->kind) != ACTION_CLASS_RECV)
        return false;
    channel = &stepper->trainer->run->channels[plan_link(why.at)];
    if (channel->capacity == 0)
        return false;
    arrival = channel_message(channel, channel->received)->arrival;
    if (arrival <= stepper->now)
        return false;
    fprintf(out, "rank %d waits at %s for a message that is under way until "
                 "t=%lld\n",
            rank, action_cell(why.at, cell), (long long)arrival);
    return true;
}

/* All ranks that wait; false if there are none. */
static bool
print_all_waits(FILE *out, const struct stepper *stepper,
                const size_t position[])
{
    const struct plan *plan = stepper->options.plan;
    int capacity = stepper->options.capacity;
    bool anybody = false;

    for (int r = 0; r < plan->ranks; r++)
        if (print_under_way(out, stepper, position, r) ||
            why_of(plan, position, capacity, r).peer >= 0)
            anybody = true;
    why_print_all(out, plan, position, capacity);
    return anybody;
}

void
inspect_why(FILE *out, const struct stepper *stepper, int rank)
{
    const struct plan *plan = stepper->options.plan;
    size_t *position = memory_new((size_t)plan->ranks, sizeof *position);

    stepper_whereabouts(stepper, position);
    if (rank < 0 && !print_all_waits(out, stepper, position))
        fputs("no rank waits\n", out);
    if (rank >= 0 && !print_under_way(out, stepper, position, rank))
        why_print(out, plan, position, stepper->options.capacity, rank);
    free(position);
}

void
inspect_grid(FILE *out, const struct stepper *stepper,
             const struct trace *whole)
{
    struct timeline_style style = timeline_style_for(stdout);
    struct timeline_progress progress = {
        .done = &stepper->trainer->run->virtual,
        .now = stepper->now,
        .next = {-1, -1},
    };
    struct stepper_action next[2];
    int count = stepper_at_end(stepper) ? 0 : stepper_next(stepper, next);

    for (int i = 0; i < count; i++)
        progress.next[i] = next[i].rank;
    timeline_print_progress(out, stepper->options.plan, whole, &progress,
                            &style);
    inspect_next(out, stepper);
}
