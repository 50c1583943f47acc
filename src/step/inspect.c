/* inspect.c -- prints what is so while a held training stands still. */
#include "config.h"

#include "step/inspect.h"

#include "base/columns.h"
#include "base/memory.h"
#include "base/plural.h"
#include "report/summary.h"
#include "report/timeline.h"
#include "step/facts.h"
#include "train/rank_memory.h"
#include "plan/place.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- what was done ---- */

/* "4 x 128 to rank 1, 1 of 2 slots used" */
static void
print_transfer(FILE *out, const struct stepper *stepper,
               const struct stepper_action *done)
{
    const struct action *action = done->action;
    const struct span *span = stepper_span(stepper, done);
    const struct channel *channel =
        &stepper->trainer->run
             ->channels[plan_link(stepper->options.run.plan, action)];
    struct tensor tensor = facts_transferred(stepper, action);
    struct time_unit unit = cost_unit(stepper->options.run.timing.cost);
    char text[COST_TEXT];

    fprintf(out, "%d x %d %s rank %d", tensor.rows, tensor.cols,
            done->rank == channel->sender ? "to" : "from",
            plan_peer(stepper->options.run.plan, action));
    if (channel->capacity > 0)
        fprintf(out, ", %d of %d slot%s used",
                (int)(channel->sent - channel->received), channel->capacity,
                plural(channel->capacity));
    if (span->end > span->start)
        fprintf(out, ", waited %s",
                cost_text(span->end - span->start, unit, text));
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
    const struct plan *plan = stepper->options.run.plan;
    struct action parts[2];
    int count = action_parts(done->action, parts);

    for (int p = 0; p < count; p++) {
        const struct mlp_stage *stage =
            &stepper->trainer->stages[plan_place(plan, &parts[p])];

        fprintf(out, "%s%s", p ? " and " : "", words[parts[p].kind]);
        if (parts[p].kind == ACTION_FORWARD && stage->mb_loss)
            fprintf(out, ", adds %.6f to the loss",
                    stage->mb_loss[parts[p].mb]);
    }
    fprintf(out, ", %d in flight", facts_live(stepper, done->rank));
}

static void
print_action(FILE *out, const struct stepper *stepper,
             const struct stepper_action *done)
{
    const struct span *span = stepper_span(stepper, done);
    struct time_unit unit = cost_unit(stepper->options.run.timing.cost);
    char cell[ACTION_CELL_MAX];
    char start[COST_TEXT], end[COST_TEXT];
    char time[2 * COST_TEXT + 8];

    if (action_is_transfer(done->action) || span->end == span->start)
        snprintf(time, sizeof time, "t=%s", cost_text(span->end, unit, end));
    else
        snprintf(time, sizeof time, "t=%s..%s",
                 cost_text(span->start, unit, start),
                 cost_text(span->end, unit, end));
    fprintf(out, "rank %*d  %-10s %-9s ",
            snprintf(NULL, 0, "%d", stepper->options.run.plan->ranks - 1),
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
    struct columns_lines lines;
    struct stepper_action last[2];
    int count = stepper_last(stepper, last);

    columns_begin(&lines);
    for (int i = 0; i < count; i++)
        print_action(lines.to, stepper, &last[i]);
    columns_end(&lines, out, columns_of(stdout));
}

void
inspect_step(FILE *out, const struct stepper *stepper)
{
    int mbs = stepper->options.run.plan->mbs;

    fprintf(out,
            "step %d ends: loss %.6f, weights %016" PRIx64
            " in %d microbatch%s\n",
            stepper->step, trainer_loss(stepper->trainer, stepper->step),
            trainer_weights_hash(stepper->trainer), mbs, plural_es(mbs));
}

/* One line: the actions that come next; nothing if there are none. */
static void
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
    fprintf(out, "  %-20s ", name);
    tensor_print(out, tensor);
}

static void
print_port(FILE *out, const struct stepper *stepper, int stage, int mb,
           enum port port)
{
    static const char *const names[] = {
        [PORT_INPUT] = "input",
        [PORT_OUTPUT] = "output",
        [PORT_GRAD_OUTPUT] = "gradient of output",
        [PORT_GRAD_INPUT] = "gradient of input",
    };
    struct tensor tensor;

    if (facts_port(stepper, stage, mb, port, &tensor))
        print_tensor(out, names[port], tensor);
    else
        fprintf(out, "  %-20s -\n", names[port]);
}

static void
inspect_print_part(FILE *out, const struct stepper *stepper,
                   const struct action *part)
{
    const struct plan *plan = stepper->options.run.plan;
    int stage = part->stage;
    int place = plan_place(plan, part);
    int rank = plan->rank_of_stage[place];

    if (part->kind == ACTION_OPTIMIZER_STEP)
        fprintf(out, "stage %d, on rank %d:\n", stage, rank);
    else
        fprintf(out, "stage %d, microbatch %d, on rank %d:\n", stage, part->mb,
                rank);
    if (part->kind != ACTION_OPTIMIZER_STEP)
        for (int port = PORT_INPUT; port <= PORT_GRAD_INPUT; port++)
            print_port(out, stepper, stage, part->mb, (enum port)port);
    print_tensor(out, "weights", facts_weights(stepper, place));
    print_tensor(out, "gradient of weights", facts_gradients(stepper, place));
}

void
inspect_tensors(FILE *out, const struct stepper *stepper,
                const struct action actions[], int count)
{
    struct columns_lines lines;
    struct action parts[2];

    columns_begin(&lines);
    for (int i = 0; i < count; i++)
        for (int p = 0; p < action_parts(&actions[i], parts); p++)
            inspect_print_part(lines.to, stepper, &parts[p]);
    columns_end(&lines, out, columns_of(stdout));
}

/* ---- links ---- */

static void
print_messages(FILE *out, const struct stepper *stepper,
               const struct channel *channel)
{
    if (channel->capacity == 0)
        fputs("no slots", out);
    else
        fprintf(out, "%d of %d slot%s used",
                (int)(channel->sent - channel->received), channel->capacity,
                plural(channel->capacity));
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
    struct why why = why_of(stepper->options.run.plan, position,
                            stepper->options.run.timing.capacity, rank);

    if (why.peer >= 0 && plan_link(stepper->options.run.plan, why.at) == link)
        fprintf(out, "; rank %d waits to %s %d", rank,
                why.kind == WHY_INPUT ? "receive" : "send", why.at->mb);
}

void
inspect_links(FILE *out, const struct stepper *stepper)
{
    const struct plan *plan = stepper->options.run.plan;
    size_t *position = memory_new((size_t)plan->ranks, sizeof *position);
    struct columns_lines lines;

    columns_begin(&lines);
    stepper_whereabouts(stepper, position);
    for (int link = 0; link < plan_links(plan); link++) {
        const struct channel *channel = &stepper->trainer->run->channels[link];
        int up = link % 2; /* gradients go from the stage above */
        int exchange = link - plan_links_between(plan);
        int stage = link / 2 % plan->stages;

        if (channel->capacity < 0)
            continue;
        fprintf(lines.to, "%-11s",
                exchange >= 0 ? "weights"
                : up          ? "gradients"
                              : "activations");
        if (exchange >= 0)
            fprintf(lines.to, " of stage %d,", exchange / 2);
        else if (plan_places(plan) > plan->ranks)
            fprintf(lines.to, " stage %d to %d,", stage + up, stage + !up);
        fprintf(lines.to, " rank %d to %d: ", channel->sender,
                channel->receiver);
        print_messages(lines.to, stepper, channel);
        print_waiting(lines.to, stepper, position, link, channel->sender);
        print_waiting(lines.to, stepper, position, link, channel->receiver);
        fputc('\n', lines.to);
    }
    columns_end(&lines, out, columns_of(stdout));
    free(position);
}

/* ---- memory ---- */

void
inspect_memory(FILE *out, const struct stepper *stepper)
{
    const struct trainer_options *options = &stepper->options;
    const struct recipe *recipe = &options->task.recipe;
    int ranks = options->run.plan->ranks;
    struct memory_now *now = memory_new((size_t)ranks, sizeof *now);
    struct memory_summary *memory = rank_memory(
        options->run.plan, &options->task.mlp, options->split, recipe->batch,
        recipe->optimizer.kind, options->run.timing.cost->recompute);

    facts_memory(stepper, now);
    summary_memory(out, memory, now, ranks);
    free(memory);
    free(now);
}

/* ---- why, and the grid ---- */

/* Says if a rank waits for a message that is sent but has not arrived, or for
 * ranks that have not come to the barrier. */
static bool
print_pending(FILE *out, const struct stepper *stepper,
              const struct facts_stand *stand, int rank)
{
    char cell[ACTION_CELL_MAX];
    char text[COST_TEXT];

    if (stand->missing > 0) {
        fprintf(out,
                "rank %d waits at %s for %d more rank%s to come to the "
                "barrier\n",
                rank, action_cell(stand->why.at, cell), stand->missing,
                plural(stand->missing));
        return true;
    }
    if (stand->arrival < 0)
        return false;
    fprintf(out,
            "rank %d waits at %s for a message that is under way until "
            "t=%s\n",
            rank, action_cell(stand->why.at, cell),
            cost_text(stand->arrival,
                      cost_unit(stepper->options.run.timing.cost), text));
    return true;
}

/* All ranks that wait; false if there are none. */
static bool
print_all_waits(FILE *out, const struct stepper *stepper,
                const size_t position[])
{
    const struct plan *plan = stepper->options.run.plan;
    bool waits = false;

    for (int r = 0; r < plan->ranks; r++) {
        struct facts_stand stand = facts_stand(stepper, position, r);

        print_pending(out, stepper, &stand, r);
        waits = waits || facts_waits(&stand);
    }
    why_print_all(out, plan, position, stepper->options.run.timing.capacity);
    return waits;
}

/* One rank, whether it waits or not. */
static void
print_why(FILE *out, const struct stepper *stepper, const size_t position[],
          int rank)
{
    struct facts_stand stand = facts_stand(stepper, position, rank);

    if (!print_pending(out, stepper, &stand, rank))
        why_print(out, stepper->options.run.plan, position,
                  stepper->options.run.timing.capacity, rank);
}

void
inspect_why(FILE *out, const struct stepper *stepper, int rank)
{
    const struct plan *plan = stepper->options.run.plan;
    size_t *position = memory_new((size_t)plan->ranks, sizeof *position);
    struct columns_lines lines;

    columns_begin(&lines);
    stepper_whereabouts(stepper, position);
    if (rank >= 0)
        print_why(lines.to, stepper, position, rank);
    else if (!print_all_waits(lines.to, stepper, position))
        fputs("no rank waits\n", lines.to);
    columns_end(&lines, out, columns_of(stdout));
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
    timeline_print_progress(out, stepper->options.run.plan, whole, &progress,
                            &style);
    inspect_next(out, stepper);
}
