/* course.c -- makes the labs' model, plans and trainings. */
#include "config.h"

#include "course/course.h"

#include "base/memory.h"
#include "report/summary.h"
#include "report/timeline.h"
#include "search/schedule.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const struct mlp course_mlp = {
    .inputs = COURSE_HIDDEN,
    .hidden = COURSE_HIDDEN,
    .layers = COURSE_LAYERS,
    .classes = 2,
};

void
course_batch(struct dataset *batch)
{
    dataset_random(batch, COURSE_BATCH, COURSE_HIDDEN, course_mlp.classes,
                   COURSE_SEED);
}

struct tensor
course_rows(const struct dataset *batch, struct share share)
{
    return (struct tensor){share.rows, batch->features,
                           batch->values +
                               (size_t)share.first * (size_t)batch->features};
}

struct slice *
course_slice(int first, int count)
{
    struct optimizer_options adam = optimizer_defaults(OPTIMIZER_ADAM);

    return slice_new(&course_mlp, first, count, COURSE_BATCH, 1, 0, &adam,
                     COURSE_SEED, NULL);
}

/* ---- schedules ---- */

void
course_plan_init(struct course_plan *plan, const char *schedule, int ranks,
                 int mbs)
{
    struct cause cause;

    plan->plan = schedule_plan(schedule, ranks, ranks, mbs, &cause);
    if (plan->plan)
        plan->program = program_make(plan->plan, &cause);
    if (!plan->plan || !plan->program)
        die("%s", cause.text);
    cost_init(&plan->cost, ranks);
    forecast_make(&plan->forecast, plan->program, &plan->cost, CAPACITY_AUTO,
                  FORECAST_SPANS);
}

void
course_plan_recompute(struct course_plan *plan)
{
    int stages = plan->plan->stages;
    bool *all = memory_new((size_t)stages, sizeof *all);
    struct cause cause;

    for (int s = 0; s < stages; s++)
        all[s] = true;
    if (!cost_recompute(&plan->cost, all, &cause))
        die("%s", cause.text);
    forecast_fini(&plan->forecast);
    forecast_make(&plan->forecast, plan->program, &plan->cost, CAPACITY_AUTO,
                  FORECAST_SPANS);
    free(all);
}

void
course_plan_fini(struct course_plan *plan)
{
    forecast_fini(&plan->forecast);
    cost_fini(&plan->cost);
    program_free(plan->program);
    plan_free(plan->plan);
}

void
course_plan_show(struct lab *lab, const struct course_plan *plan)
{
    FILE *out = lab_show(lab);
    struct timeline_style style = timeline_style_for(out);

    timeline_print(out, plan->program->lowered, &plan->forecast.trace, &style);
    summary_virtual(out, &plan->forecast.metrics);
}

/* The computation of a rank at a tick, or "". */
static const char *
cell_at_tick(const struct lane *lane, int64_t tick, char cell[ACTION_CELL_MAX])
{
    cell[0] = '\0';
    for (size_t i = 0; i < lane->count; i++) {
        const struct span *span = &lane->spans[i];

        if (span->parts[SPAN_COMPUTE] > 0 && span->start <= tick &&
            tick < span->end)
            snprintf(cell, ACTION_CELL_MAX, "%s%d",
                     action_kind_text((enum action_kind)span->action.kind),
                     span->action.mb);
    }
    return cell;
}

void
course_sheet_grid(struct sheet *sheet, const char *schedule, int mbs)
{
    struct course_plan plan;
    char cell[ACTION_CELL_MAX];
    int64_t ticks;

    course_plan_init(&plan, schedule, COURSE_RANKS, mbs);
    ticks = plan.forecast.metrics.makespan;
    sheet_head(sheet, "tick");
    for (int64_t t = 0; t < ticks; t++)
        sheet_head(sheet, "%lld", (long long)t);
    for (int r = 0; r < COURSE_RANKS; r++) {
        sheet_add(sheet, "rank %d", r);
        for (int64_t t = 0; t < ticks; t++)
            sheet_add(sheet, "%s",
                      cell_at_tick(&plan.forecast.trace.lanes[r], t, cell));
    }
    course_plan_fini(&plan);
}

int64_t
course_busy(const struct course_plan *plan)
{
    const int64_t *ticks = plan->cost.ticks[0];

    return plan->plan->mbs *
           (ticks[ACTION_FORWARD] + ticks[ACTION_FULL_BACKWARD]);
}

int
course_sweep(const char *schedule, bool (*law)(const struct course_plan *))
{
    int obeying = 0;

    for (int ranks = 1; ranks <= COURSE_MOST_RANKS; ranks++)
        for (int mbs = 1; mbs <= COURSE_MOST_MBS; mbs++) {
            struct course_plan plan;

            course_plan_init(&plan, schedule, ranks, mbs);
            obeying += law(&plan);
            course_plan_fini(&plan);
        }
    return obeying;
}

void
course_claim_law(struct lab *lab, const char *schedule,
                 bool (*law)(const struct course_plan *), const char *text)
{
    int obeying = course_sweep(schedule, law);

    lab_claim(lab, obeying == COURSE_SHAPES, text,
              "%d of %d shapes, P to %d and M to %d", obeying, COURSE_SHAPES,
              COURSE_MOST_RANKS, COURSE_MOST_MBS);
}

/* ---- training ---- */

struct training_task
course_task(int mbs)
{
    struct training_task task = {
        .recipe = recipe_defaults(),
        .mlp = course_mlp,
        .rows = COURSE_BATCH,
    };

    task.recipe.layers = COURSE_LAYERS;
    task.recipe.hidden = COURSE_HIDDEN;
    task.recipe.batch = COURSE_BATCH;
    task.recipe.mbs = mbs;
    task.recipe.seed = COURSE_SEED;
    task.recipe.steps = COURSE_STEPS;
    return task;
}

void
course_train(struct course_training *training, const struct course_plan *plan,
             int capacity)
{
    struct trainer_options options = {
        .task = course_task(COURSE_MBS),
        .data = &training->batch,
        .run = {.bind = true},
    };
    struct cause cause;

    course_batch(&training->batch);
    training->split = NULL;
    if (plan) {
        int stages = plan->plan->stages;

        training->split = memory_new((size_t)stages, sizeof(int));
        if (!mlp_split(&course_mlp, stages, training->split, &cause))
            die("%s", cause.text);
        options.split = training->split;
        options.run.plan = plan->program->lowered;
        options.run.timing = forecast_timing(&plan->forecast, &plan->cost);
        options.run.timing.capacity = capacity;
    }
    training->trainer = trainer_new(&options);
    training->status = trainer_steps(training->trainer, COURSE_STEPS);
}

void
course_training_fini(struct course_training *training)
{
    trainer_free(training->trainer);
    free(training->split);
    dataset_fini(&training->batch);
}

void
course_claim_monolith(struct lab *lab, const char *schedule)
{
    struct course_plan plan;
    struct course_training piped;
    struct course_training whole;
    uint64_t hashes[2];
    int same = 0;

    course_plan_init(&plan, schedule, COURSE_RANKS, COURSE_MBS);
    course_train(&piped, &plan, plan.forecast.capacity);
    course_train(&whole, NULL, 0);
    for (int s = 0; s < COURSE_STEPS; s++)
        same += memcmp(&piped.trainer->losses[s], &whole.trainer->losses[s],
                       sizeof(double)) == 0;
    hashes[0] = trainer_weights_hash(piped.trainer);
    hashes[1] = trainer_weights_hash(whole.trainer);
    lab_claim(lab, same == COURSE_STEPS && hashes[0] == hashes[1],
              "trained on threads, losses and weights are those of the "
              "monolith, bit for bit",
              "%d of %d losses are the same; weights %016" PRIx64
              ", the monolith's in %d microbatches %016" PRIx64,
              same, COURSE_STEPS, hashes[0], COURSE_MBS, hashes[1]);
    course_training_fini(&piped);
    course_training_fini(&whole);
    course_plan_fini(&plan);
}
