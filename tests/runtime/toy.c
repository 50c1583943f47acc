#include "config.h"

#include "toy.h"

#include "base/memory.h"
#include "plans.h"
#include "plan/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 3 };

static int
rows_of(int mb)
{
    return 1 + mb % MOST_ROWS;
}

/* Floats of a row where stages s-1 and s meet. */
static int
cols_at(int border)
{
    return 5 + 9 * border;
}

static struct tensor
port_tensor(void *self, enum port port, int mb)
{
    struct toy_stage *stage = self;

    return stage->ports[port][mb];
}

static void
fill(struct tensor t, int value)
{
    for (size_t i = 0; i < tensor_count(t); i++)
        t.data[i] = (float)value;
}

static void
compare(struct toy_stage *stage, struct tensor t, int value)
{
    for (size_t i = 0; i < tensor_count(t); i++)
        if (t.data[i] != (float)value)
            stage->wrong++;
}

char *
toy_complaint(const struct action *action, int step, char text[64])
{
    char cell[ACTION_CELL_MAX];

    snprintf(text, 64, "toy %.32s fails in step %d", action_cell(action, cell),
             step);
    return text;
}

static bool
fails(const struct toy_failure *f, const struct action *action, int step)
{
    return f->kind == action->kind &&
           (f->stage < 0 || f->stage == action->stage) &&
           (f->mb < 0 || f->mb == action->mb) &&
           (f->step < 0 || f->step == step);
}

/* Writes down the operation; false if it is one that fails. */
static bool
begin(struct toy_stage *stage, enum action_kind kind, int step, int mb,
      struct cause *cause)
{
    struct toy *toy = stage->toy;
    struct action action = action_of(kind, stage->number, mb);
    int running = atomic_fetch_add(&toy->running, 1) + 1;
    int most = atomic_load(&toy->most_running);
    size_t at = atomic_fetch_add(&toy->ordered, 1);
    char text[64];

    while (most < running &&
           !atomic_compare_exchange_weak(&toy->most_running, &most, running))
        continue;
    if (at < toy->order_room)
        toy->order[at] = action;
    stage->done++;
    if ((!toy->hook || toy->hook(toy, &action, step)) &&
        !fails(&toy->failure, &action, step))
        return true;
    atomic_fetch_sub(&toy->running, 1);
    return fail(cause, "%s", toy_complaint(&action, step, text));
}

static bool
end(struct toy_stage *stage)
{
    atomic_fetch_sub(&stage->toy->running, 1);
    return true;
}

static int
value_of(int step, int mb)
{
    return 1000 * step + 10 * mb;
}

static bool
forward(void *self, int step, int mb, struct cause *cause)
{
    struct toy_stage *stage = self;
    int value = value_of(step, mb) + stage->number;

    if (!begin(stage, ACTION_FORWARD, step, mb, cause))
        return false;
    if (stage->number > 0)
        compare(stage, stage->ports[PORT_INPUT][mb], value);
    fill(stage->ports[PORT_OUTPUT][mb], value + 1);
    return end(stage);
}

static bool
recompute(void *self, int step, int mb, struct cause *cause)
{
    struct toy_stage *stage = self;

    (void)cause;
    if (stage->number > 0)
        compare(stage, stage->ports[PORT_INPUT][mb],
                value_of(step, mb) + stage->number);
    stage->wrong += stage->again;
    stage->again = true;
    return true;
}

static bool
gradient(struct toy_stage *stage, enum action_kind kind, int step, int mb,
         struct cause *cause)
{
    int value = value_of(step, mb) + 100 * stage->number;

    if (!begin(stage, kind, step, mb, cause))
        return false;
    stage->wrong += stage->again != (stage->toy->recompute &&
                                     stage->toy->recompute[stage->number]);
    stage->again = false;
    if (stage->number < stage->toy->plan->stages - 1)
        compare(stage, stage->ports[PORT_GRAD_OUTPUT][mb], value);
    fill(stage->ports[PORT_GRAD_INPUT][mb], value - 100);
    return end(stage);
}

static bool
backward(void *self, int step, int mb, struct cause *cause)
{
    return gradient(self, ACTION_FULL_BACKWARD, step, mb, cause);
}

static bool
backward_input(void *self, int step, int mb, struct cause *cause)
{
    return gradient(self, ACTION_BACKWARD_INPUT, step, mb, cause);
}

static bool
backward_weight(void *self, int step, int mb, struct cause *cause)
{
    return begin(self, ACTION_BACKWARD_WEIGHT, step, mb, cause) && end(self);
}

static bool
optimizer_step(void *self, int step, struct cause *cause)
{
    return begin(self, ACTION_OPTIMIZER_STEP, step, 0, cause) && end(self);
}

const char *const drawn_plans[] = {
    /* split backward, W late */
    "0F0,0F1,0I0,0I1,0W0,0W1\n1F0,1I0,1F1,1I1,1W0,1W1\n",
    /* looped */
    "0F0,0F1,2F0,2F1,2B0,2B1,0B0,0B1\n1F0,1F1,3F0,3F1,3B0,3B1,1B0,1B1\n",
    /* V-shaped */
    "0F0,0F1,3F0,3B0,3F1,3B1,0B0,0B1\n1F0,2F0,1F1,2F1,2B0,1B0,2B1,1B1\n",
    /* overlapped */
    "0F0,0F1,(0F2;0B0)OVERLAP_F_B,0B1,0B2\n1F0,1B0,1F1,1B1,1F2,1B2\n",
    /* overlapped across the stages of a rank, and split */
    "0F0,3F0,(0F1;3I0)OVERLAP_F_B,3W0,3F1,3B1,0B0,0B1\n"
    "1F0,2F0,1F1,2F1,2B0,1I0,2B1,1B1,1W0\n",
    /* backwards in descending order */
    "0F0,0F1,0B1,0B0\n1F0,1F1,1B1,1B0\n",
    /* forward only */
    "0F0,0F1,0F2\n1F0,1F1,1F2\n2F0,2F1,2F2\n",
    /* forward only, V-shaped */
    "0F0,0F1,3F0,3F1\n1F0,2F0,1F1,2F1\n",
    /* one rank owns all */
    "0F0,1F0,2F0,2B0,1B0,0B0\n",
    NULL,
};

const struct stage_ops toy_ops = {
    .tensor = port_tensor,
    .forward = forward,
    .recompute = recompute,
    .backward = backward,
    .backward_input = backward_input,
    .backward_weight = backward_weight,
    .optimizer_step = optimizer_step,
};

long
toy_operations(const struct plan *plan)
{
    long count = 0;

    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            const struct action *action = &plan->lists[r].at[i];
            struct action parts[2];

            if (action_class((enum action_kind)action->kind) !=
                    ACTION_CLASS_SHARD &&
                !action_is_transfer(action))
                count += action_parts(action, parts);
        }
    return count;
}

void
toy_init(struct toy *toy, const struct plan *lowered, int steps)
{
    size_t stages = (size_t)plan_places(lowered);
    size_t mbs = (size_t)lowered->mbs;

    *toy = (struct toy){.plan = lowered, .failure = {.kind = ACTION_KINDS}};
    toy->stages = memory_new(stages, sizeof *toy->stages);
    toy->run_stages = memory_new(stages, sizeof *toy->run_stages);
    toy->order_room = (size_t)(toy_operations(lowered) * steps);
    toy->order = memory_new(toy->order_room, sizeof *toy->order);
    for (size_t s = 0; s < stages; s++) {
        struct toy_stage *stage = &toy->stages[s];

        stage->toy = toy;
        stage->number = (int)s % lowered->stages;
        stage->copy = (int)s / lowered->stages;
        for (int p = 0; p < 6; p++) {
            bool above = p == PORT_OUTPUT || p == PORT_GRAD_OUTPUT;
            int cols = cols_at(p >= PORT_WEIGHTS ? 0 : stage->number + above);

            stage->ports[p] = memory_new(mbs, sizeof *stage->ports[p]);
            for (size_t m = 0; m < mbs; m++)
                stage->ports[p][m] = tensor_new(rows_of((int)m), cols);
        }
        toy->run_stages[s] = (struct run_stage){
            .self = stage,
            .input_floats = (size_t)(MOST_ROWS * cols_at(stage->number)),
            .weight_floats = (size_t)(MOST_ROWS * cols_at(0)),
            .output_floats = (size_t)(MOST_ROWS * cols_at(stage->number + 1)),
        };
    }
}

void
toy_fini(struct toy *toy)
{
    for (int s = 0; s < plan_places(toy->plan); s++)
        for (int p = 0; p < 6; p++) {
            for (int m = 0; m < toy->plan->mbs; m++)
                tensor_free(&toy->stages[s].ports[p][m]);
            free(toy->stages[s].ports[p]);
        }
    free(toy->stages);
    free(toy->run_stages);
    free(toy->order);
}

void
toy_expect_done(const struct toy *toy, int steps, const char *what)
{
    long done = 0;

    for (int s = 0; s < plan_places(toy->plan); s++) {
        ck_assert_msg(toy->stages[s].wrong == 0, "%s: stage %d: %ld wrong",
                      what, s, toy->stages[s].wrong);
        done += toy->stages[s].done;
    }
    ck_assert_msg(done == steps * toy_operations(toy->plan), "%s: %ld done",
                  what, done);
}

void
fixture_init(struct fixture *f, struct plan *lowered,
             const struct fixture_options *options)
{
    struct cause cause;
    struct run_options run = {
        .plan = lowered,
        .ops = &toy_ops,
        .bind = options->bind,
        .world = options->world,
    };

    *f = (struct fixture){.lowered = lowered};
    cost_init(&f->cost, lowered->stages);
    f->cost.latency = options->latency;
    f->cost.barrier = options->barrier;
    if (options->costs)
        ck_assert(cost_parse(&f->cost, options->costs, &cause));
    if (options->factors)
        for (int s = 0; s < lowered->stages; s++)
            for (int k = 0; k < ACTION_KINDS; k++)
                if (f->cost.ticks[s][k] > 0)
                    f->cost.ticks[s][k] *=
                        options->factors[s % (int)strlen(options->factors)] -
                        '0';
    if (options->recompute) {
        bool *again = memory_new((size_t)lowered->stages, sizeof *again);

        for (int s = 0; s < lowered->stages; s++)
            again[s] = s % 3 != 1;
        ck_assert(cost_recompute(&f->cost, again, &cause));
        free(again);
    }
    f->program = program_around(lowered);
    forecast_make(&f->forecast, &f->program, &f->cost, options->capacity,
                  options->lockstep ? FORECAST_TURNS : FORECAST_SPANS);
    toy_init(&f->toy, lowered, options->steps);
    run.timing = forecast_timing(&f->forecast, &f->cost);
    f->toy.recompute = f->cost.recompute;
    run.stages = f->toy.run_stages;
    f->run = run_new(&run);
}

void
fixture_fini(struct fixture *f)
{
    run_free(f->run);
    toy_fini(&f->toy);
    forecast_fini(&f->forecast);
    cost_fini(&f->cost);
    plan_free(f->lowered);
}

const char *
fixture_text(const struct fixture *f)
{
    static char text[96];

    snprintf(text, sizeof text, "%s P=%d S=%d M=%d K=%d L=%d",
             f->lowered->name, f->lowered->ranks, f->lowered->stages,
             f->lowered->mbs, f->forecast.capacity, (int)f->cost.latency);
    return text;
}

static void
expect_span(const struct fixture *f, int rank, const struct span *got,
            const struct span *want)
{
    char cell[ACTION_CELL_MAX];

    ck_assert_msg(action_equal(&got->action, &want->action),
                  "%s: rank %d: other actions", fixture_text(f), rank);
    action_cell(&want->action, cell);
    ck_assert_msg(got->start == want->start && got->end == want->end,
                  "%s: rank %d %s: %lld-%lld, not %lld-%lld", fixture_text(f),
                  rank, cell, (long long)got->start, (long long)got->end,
                  (long long)want->start, (long long)want->end);
    for (int p = 0; p < SPAN_PARTS; p++)
        ck_assert_msg(got->parts[p] == want->parts[p], "%s: rank %d %s: %s",
                      fixture_text(f), rank, cell,
                      span_part_name((enum span_part)p));
}

/* The run's last step is the last of steps in a row. */
void
fixture_expect_traces(const struct fixture *f, int steps)
{
    struct forecast row;

    forecast_steps(&row, f->forecast.program, &f->cost, f->forecast.capacity,
                   steps, FORECAST_SPANS);
    for (int r = 0; r < f->lowered->ranks; r++) {
        const struct lane *got = &f->run->virtual.lanes[r];
        const struct lane *want = &row.trace.lanes[r];

        ck_assert_msg(got->count * (size_t)steps == want->count,
                      "%s: rank %d: %zu spans", fixture_text(f), r,
                      got->count);
        for (size_t i = 0; i < got->count; i++)
            expect_span(f, r, &got->spans[i],
                        &want->spans[want->count - got->count + i]);
    }
    forecast_fini(&row);
}

void
fixture_expect_run(struct fixture *f, int steps)
{
    ck_assert_msg(f->forecast.complete, "%s deadlocks", fixture_text(f));
    if (steps > 1) {
        ck_assert_int_eq(run_steps(f->run, 0, steps - 1), RUN_DONE);
        fixture_expect_traces(f, steps - 1);
    }
    ck_assert_int_eq(run_steps(f->run, steps - 1, 1), RUN_DONE);
    fixture_expect_traces(f, 1);
    toy_expect_done(&f->toy, steps, fixture_text(f));
}

void
fixture_expect_deadlock(struct fixture *f, int steps)
{
    ck_assert_msg(!f->forecast.complete, "%s does not deadlock",
                  fixture_text(f));
    ck_assert_int_eq(run_steps(f->run, 0, steps), RUN_DEADLOCK);
    for (int r = 0; r < f->lowered->ranks; r++)
        ck_assert_msg(f->run->board.position[r] == f->forecast.position[r],
                      "%s: rank %d at %zu, not %zu", fixture_text(f), r,
                      f->run->board.position[r], f->forecast.position[r]);
}
