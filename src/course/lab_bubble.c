/* lab_bubble.c -- GPipe against 1F1B at the same M: the same bubble, another
 * memory; and then what the memory buys. */
#include "config.h"

#include "course/course.h"

#include "report/timeline.h"

#include <math.h>

/* (P-1)(F+B) on every rank, whatever M: the pipe is filled and drained once. */
static bool
idles_p_minus_1_microbatches(const struct course_plan *plan)
{
    int64_t busy = course_busy(plan);

    return plan->forecast.metrics.makespan - busy ==
           (plan->plan->ranks - 1) * (busy / plan->plan->mbs);
}

/* Both conventions, from P and M alone. */
static bool
has_closed_forms(const struct course_plan *plan)
{
    const struct metrics *metrics = &plan->forecast.metrics;
    double p = plan->plan->ranks;
    double m = plan->plan->mbs;

    return fabs(metrics->bubble_fraction - (p - 1) / (m + p - 1)) < 1e-12 &&
           fabs(metrics->bubble_ratio - (p - 1) / m) < 1e-12;
}

/* The activations of rank 0, whose batch is cut into M microbatches. */
static double
stash_kib(const struct course_plan *plan)
{
    int rows = batch_share(COURSE_BATCH, plan->plan->mbs, 0).rows;

    return plan->program->peak_activations[0] / 1024 *
           (double)mlp_stash_bytes(&course_mlp, 0,
                                   COURSE_LAYERS / COURSE_RANKS, rows);
}

static void
lab_bubble_print_row(FILE *out, const struct course_plan *plan)
{
    const struct metrics *metrics = &plan->forecast.metrics;

    fprintf(out, "%3d  %-6s %9lld %12.1f%% %12.1f%% %12.1f%% %6g %7.1f\n",
            plan->plan->mbs, plan->plan->name, (long long)metrics->makespan,
            100.0 * metrics->bubble_fraction, 100.0 * metrics->span_bubble,
            100.0 * metrics->bubble_ratio, plan->program->peak_activations[0],
            stash_kib(plan));
}

static void
show_both(struct lab *lab)
{
    enum { ROWS = 4 };
    static const int mbs[ROWS] = {4, 8, 16, COURSE_BATCH};
    double kept[ROWS];   /* GPipe's stash */
    double shrunk[ROWS]; /* 1F1B's */
    int same = 0;
    bool as_told = true;
    FILE *out = lab_show(lab);

    fprintf(out, "%3s  %-6s %9s %13s %13s %13s %6s %7s\n", "M", "", "makespan",
            "of P x span", "of own span", "idle / busy", "peak", "KiB");
    for (int i = 0; i < ROWS; i++) {
        struct course_plan gpipe;
        struct course_plan one;

        course_plan_init(&gpipe, "gpipe", COURSE_RANKS, mbs[i]);
        course_plan_init(&one, "1f1b", COURSE_RANKS, mbs[i]);
        lab_bubble_print_row(out, &gpipe);
        lab_bubble_print_row(out, &one);
        same +=
            gpipe.forecast.metrics.makespan == one.forecast.metrics.makespan &&
            gpipe.forecast.metrics.span_bubble ==
                one.forecast.metrics.span_bubble;
        kept[i] = stash_kib(&gpipe);
        shrunk[i] = stash_kib(&one);
        as_told &= i == 0 || (kept[i] == kept[0] && shrunk[i] < shrunk[i - 1]);
        course_plan_fini(&gpipe);
        course_plan_fini(&one);
    }
    lab_claim(lab, same == ROWS,
              "at the same M, GPipe and 1F1B have the same bubble, however it "
              "is counted",
              "%d of %d values of M", same, ROWS);
    lab_claim(lab, as_told,
              "cut the same batch finer, and 1F1B holds fewer bytes of "
              "activations; GPipe holds the whole batch's",
              "GPipe %.0f KiB, then %.0f; 1F1B %.0f KiB, then %.0f", kept[0],
              kept[ROWS - 1], shrunk[0], shrunk[ROWS - 1]);
}

static void
claim_forms(struct lab *lab)
{
    int forms = course_sweep("gpipe", has_closed_forms) +
                course_sweep("1f1b", has_closed_forms);
    int idle = course_sweep("gpipe", idles_p_minus_1_microbatches) +
               course_sweep("1f1b", idles_p_minus_1_microbatches);

    lab_claim(lab, forms == 2 * COURSE_SHAPES,
              "idle is (P-1)/(M+P-1) of P x makespan, as GPipe counts, and "
              "(P-1)/M of the work, as Megatron does",
              "%d of %d shapes, P to %d and M to %d, both schedules", forms,
              2 * COURSE_SHAPES, COURSE_MOST_RANKS, COURSE_MOST_MBS);
    lab_claim(lab, idle == 2 * COURSE_SHAPES,
              "each rank idles (P-1)(F+B) ticks whatever M; only the share "
              "shrinks",
              "%d of %d shapes", idle, 2 * COURSE_SHAPES);
}

/* Microbatches of one size, memory for P of them: whose batch may grow? */
static void
spend_memory(struct lab *lab)
{
    enum { GROWN = 64 };
    struct course_plan gpipe;
    struct course_plan one;

    course_plan_init(&gpipe, "gpipe", COURSE_RANKS, COURSE_RANKS);
    course_plan_init(&one, "1f1b", COURSE_RANKS, GROWN);
    lab_claim(lab,
              gpipe.program->peak_activations[0] <= COURSE_RANKS &&
                  one.program->peak_activations[0] <= COURSE_RANKS &&
                  one.forecast.metrics.bubble_fraction <
                      gpipe.forecast.metrics.bubble_fraction,
              "in the memory of P microbatches GPipe stops at M = P; 1F1B may "
              "take any M",
              "bubble %.1f %% at M = %d, %.1f %% at M = %d",
              100.0 * gpipe.forecast.metrics.bubble_fraction, COURSE_RANKS,
              100.0 * one.forecast.metrics.bubble_fraction, GROWN);
    course_plan_fini(&gpipe);
    course_plan_fini(&one);
}

/* One step's figures and those of steps in a row, which ranks begin without
 * waiting for one another. */
static void
lab_bubble_print_period(FILE *out, const struct course_plan *plan,
                        const struct forecast *row)
{
    fprintf(out, "%-6s %9lld %16.1f%% %9.0f %16.1f%%\n", plan->plan->name,
            (long long)plan->forecast.metrics.makespan,
            100.0 * plan->forecast.metrics.bubble_fraction,
            period_ticks(row->period), 100.0 * row->steady_bubble);
}

static void
show_steps_in_a_row(struct lab *lab)
{
    struct course_plan one, zero;
    struct forecast ones, zeros;
    FILE *out = lab_show(lab);
    struct timeline_style style = timeline_style_for(out);

    if (style.width > 80)
        style.width = 80;
    course_plan_init(&one, "1f1b", COURSE_RANKS, COURSE_MBS);
    course_plan_init(&zero, "zb-h2", COURSE_RANKS, COURSE_MBS);
    forecast_steps(&ones, one.program, &one.cost, one.forecast.capacity, 2,
                   FORECAST_SPANS | FORECAST_PERIOD);
    forecast_steps(&zeros, zero.program, &zero.cost, zero.forecast.capacity, 2,
                   FORECAST_SPANS | FORECAST_PERIOD);
    timeline_print(out, zero.program->lowered, &zeros.trace, &style);
    fprintf(out, "%-6s %9s %17s %9s %17s\n", "", "makespan", "bubble",
            "period", "steady bubble");
    lab_bubble_print_period(out, &one, &ones);
    lab_bubble_print_period(out, &zero, &zeros);
    lab_claim(
        lab,
        period_ticks(ones.period) == (double)one.forecast.metrics.makespan &&
            ones.steady_bubble == one.forecast.metrics.bubble_fraction,
        "in 1F1B the bubble of one step is that of steps in a row: rank "
        "0 ends last, and all wait for what it begins",
        "%.1f %% and %.1f %%", 100.0 * one.forecast.metrics.bubble_fraction,
        100.0 * ones.steady_bubble);
    lab_claim(lab,
              zeros.steady_bubble == 0.0 &&
                  zero.forecast.metrics.bubble_fraction > 0.0,
              "ZB-H2 has a bubble in one step and none in a row: ranks end in "
              "the order in which they begin",
              "%.1f %% and %.1f %%",
              100.0 * zero.forecast.metrics.bubble_fraction,
              100.0 * zeros.steady_bubble);
    forecast_fini(&ones);
    forecast_fini(&zeros);
    course_plan_fini(&one);
    course_plan_fini(&zero);
}

static void
lab_bubble_run(struct lab *lab)
{
    lab_say(lab,
            "One batch of %d rows on %d ranks, cut into more and more "
            "microbatches. Idle time is counted in three ways: as a share of "
            "P x makespan; inside each rank's own first start to last end, "
            "the worst rank's, as the zero-bubble papers do; and against the "
            "work that is done:",
            COURSE_BATCH, COURSE_RANKS);
    show_both(lab);
    claim_forms(lab);
    lab_say(lab, "So the way to a small bubble is many microbatches, and the "
                 "question is who can afford them. With microbatches of one "
                 "size, and a batch that grows with M:");
    spend_memory(lab);
    lab_say(lab, "All of this is one step, which begins and ends in silence. "
                 "In a training a rank whose step is over begins the next. "
                 "What a step then costs is the period, and the idle share of "
                 "that the steady bubble. Two steps of ZB-H2:");
    show_steps_in_a_row(lab);
}

static void
lab_bubble_sheet(struct sheet *sheet)
{
    static const char *const schedules[] = {"gpipe", "1f1b"};

    sheet_task(
        sheet,
        "One batch of %d rows on %d ranks, cut into M microbatches; F "
        "takes one tick, B two. For GPipe and 1F1B: the makespan, the idle "
        "share of P x makespan, idle over busy, and the microbatches that "
        "rank 0 holds at most. Check with (P-1)/(M+P-1) and (P-1)/M. Which "
        "column tells the two schedules apart?",
        COURSE_BATCH, COURSE_RANKS);
    sheet_head(sheet, "M, schedule");
    sheet_head(sheet, "makespan");
    sheet_head(sheet, "of P x makespan");
    sheet_head(sheet, "idle / busy");
    sheet_head(sheet, "peak of rank 0");
    for (int mbs = 4; mbs <= COURSE_BATCH; mbs *= 2)
        for (int s = 0; s < 2; s++) {
            struct course_plan plan;

            course_plan_init(&plan, schedules[s], COURSE_RANKS, mbs);
            sheet_add(sheet, "%d, %s", mbs, schedules[s]);
            sheet_add(sheet, "%lld",
                      (long long)plan.forecast.metrics.makespan);
            sheet_add(sheet, "%.1f%%",
                      100.0 * plan.forecast.metrics.bubble_fraction);
            sheet_add(sheet, "%.1f%%",
                      100.0 * plan.forecast.metrics.bubble_ratio);
            sheet_add(sheet, "%g", plan.program->peak_activations[0]);
            course_plan_fini(&plan);
        }
}

const struct lab_page lab_bubble = {
    .name = "bubble",
    .summary = "GPipe against 1F1B: the same bubble, another memory",
    .run = lab_bubble_run,
    .sheet = lab_bubble_sheet,
    .shell = {"pipelab compare --schedule gpipe,1f1b "
              "--sweep microbatches=4..32",
              "pipelab compare --max-activations 4",
              "pipelab simulate --schedule zb1p"},
    .gdb = {"gdb --args pipelab train --microbatches 16 --lockstep --steps 1",
            "tbreak rank_action_begin if action->mb == 15", "run",
            "pipelab memory", "pipelab grid"},
};
