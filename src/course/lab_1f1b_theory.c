/* lab_1f1b_theory.c -- where the table of 1F1B comes from: every rank follows
 * one rule at every tick.
 *
 *   a backward whose gradient is there goes first; else a forward whose input
 *   is there, if fewer than P-r microbatches are in flight; else wait
 *
 * F and B take one tick here, as in the tables of the papers. */
#include "config.h"

#include "course/course.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* What distinguishes one rule of this kind from another. */
struct rule {
    bool backward_first;
    bool limited; /* to P-r in flight; otherwise to M */
};

/* Why a rank did nothing at a tick. */
enum idle { IDLE_NO_INPUT, IDLE_FULL };

struct cell {
    bool busy;
    struct action action;
    enum idle idle;
};

struct table {
    struct rule rule;
    int ranks;
    int mbs;
    int ticks;
    struct cell *cells; /* ticks x ranks, growing */
    size_t room;
    int *forwards;  /* ranks: done before this tick */
    int *backwards; /* likewise */
};

/* Microbatches enter every stage in order, so what a neighbour has done is a
 * number: how many it has done. */
static bool
input_is_there(const struct table *table, int rank)
{
    int next = table->forwards[rank];

    return next < table->mbs &&
           (rank == 0 || table->forwards[rank - 1] > next);
}

static bool
gradient_is_there(const struct table *table, int rank)
{
    int next = table->backwards[rank];

    return table->forwards[rank] > next &&
           (rank == table->ranks - 1 || table->backwards[rank + 1] > next);
}

static bool
lab_1f1b_theory_has_room(const struct table *table, int rank)
{
    int in_flight = table->forwards[rank] - table->backwards[rank];

    return in_flight <
           (table->rule.limited ? table->ranks - rank : table->mbs);
}

/* The rule: all that a rank knows is what it and its neighbours have done. */
static struct cell
decide(const struct table *table, int rank)
{
    bool backward = gradient_is_there(table, rank);
    bool forward =
        input_is_there(table, rank) && lab_1f1b_theory_has_room(table, rank);

    if (backward && (table->rule.backward_first || !forward))
        return (struct cell){.busy = true,
                             .action = action_of(ACTION_FULL_BACKWARD, rank,
                                                 table->backwards[rank])};
    if (forward)
        return (struct cell){
            .busy = true,
            .action = action_of(ACTION_FORWARD, rank, table->forwards[rank])};
    return (struct cell){.idle = input_is_there(table, rank) ? IDLE_FULL
                                                             : IDLE_NO_INPUT};
}

static struct cell *
cell_at(const struct table *table, int tick, int rank)
{
    return &table->cells[(size_t)tick * (size_t)table->ranks + (size_t)rank];
}

/* A tick: all ranks decide by what was done before it, then all of them act.
 * A call of its own in any build, to be broken on. */
static __attribute__((noinline)) void
grow(struct table *table)
{
    int tick = table->ticks++;

    for (int r = 0; r < table->ranks; r++) {
        memory_grow(&table->cells, &table->room,
                    (size_t)tick * (size_t)table->ranks + (size_t)r,
                    sizeof *table->cells);
        *cell_at(table, tick, r) = decide(table, r);
    }
    for (int r = 0; r < table->ranks; r++) {
        const struct cell *cell = cell_at(table, tick, r);

        if (cell->busy && cell->action.kind == ACTION_FORWARD)
            table->forwards[r]++;
        else if (cell->busy)
            table->backwards[r]++;
    }
}

static void
table_init(struct table *table, struct rule rule, int ranks, int mbs)
{
    *table = (struct table){
        .rule = rule,
        .ranks = ranks,
        .mbs = mbs,
        .forwards = memory_new((size_t)ranks, sizeof *table->forwards),
        .backwards = memory_new((size_t)ranks, sizeof *table->backwards),
    };
    while (table->backwards[0] < mbs)
        grow(table);
}

static void
lab_1f1b_theory_table_fini(struct table *table)
{
    free(table->cells);
    free(table->forwards);
    free(table->backwards);
}

static const char *
cell_label(const struct cell *cell, char label[ACTION_CELL_MAX])
{
    if (!cell->busy)
        return cell->idle == IDLE_FULL ? "full" : ".";
    snprintf(label, ACTION_CELL_MAX, "%s%d",
             action_kind_text((enum action_kind)cell->action.kind),
             cell->action.mb);
    return label;
}

static void
show_growing(struct lab *lab, const struct table *table)
{
    FILE *out = lab_show(lab);

    fprintf(out, "tick");
    for (int r = 0; r < table->ranks; r++)
        fprintf(out, "  rank %d", r);
    fputc('\n', out);
    for (int t = 0; t < table->ticks; t++) {
        fprintf(out, "%4d", t);
        for (int r = 0; r < table->ranks; r++) {
            char label[ACTION_CELL_MAX];

            fprintf(out, "%8s", cell_label(cell_at(table, t, r), label));
        }
        fputc('\n', out);
    }
}

/* Forwards before the first pair F B, pairs, and backwards after the last. */
struct phases {
    int warm_up;
    int steady;
    int cool_down;
};

static struct phases
phases_of(const struct table *table, int rank)
{
    char kinds[2 * COURSE_MBS + 1];
    const char *rest;
    struct phases phases = {0};
    int count = 0;

    for (int t = 0; t < table->ticks; t++) {
        const struct cell *cell = cell_at(table, t, rank);

        if (cell->busy)
            kinds[count++] =
                *action_kind_text((enum action_kind)cell->action.kind);
    }
    kinds[count] = '\0';
    phases.warm_up = (int)strspn(kinds, "F") - 1;
    rest = kinds + phases.warm_up;
    for (; strncmp(rest, "FB", 2) == 0; rest += 2)
        phases.steady++;
    phases.cool_down = (int)strspn(rest, "B");
    return phases;
}

static void
show_phases(struct lab *lab, const struct table *table)
{
    FILE *out = lab_show(lab);
    int as_told = 0;

    fprintf(out, "%-8s %8s %14s %10s\n", "", "warm-up", "steady, pairs",
            "cool-down");
    for (int r = 0; r < table->ranks; r++) {
        struct phases phases = phases_of(table, r);
        int ahead = table->ranks - 1 - r;

        fprintf(out, "rank %-3d %8d %14d %10d\n", r, phases.warm_up,
                phases.steady, phases.cool_down);
        as_told += phases.warm_up == ahead &&
                   phases.steady == table->mbs - ahead &&
                   phases.cool_down == ahead;
    }
    lab_claim(lab, as_told == table->ranks,
              "rank r warms up with P-1-r forwards, runs M-(P-1-r) pairs, and "
              "cools down with P-1-r backwards",
              "%d of %d ranks", as_told, table->ranks);
}

/* Whether the table has an action where its span is. */
static bool
lab_1f1b_theory_has(const struct table *table, int rank,
                    const struct span *span)
{
    const struct cell *cell;

    if (span->start >= table->ticks)
        return false;
    cell = cell_at(table, (int)span->start, rank);
    return cell->busy && action_equal(&cell->action, &span->action);
}

/* Actions of a policy's plan that the table has elsewhere. Both have two for
 * each rank and microbatch, so if there are none the tables are the same. */
static int
differing_cells(const struct table *table, const char *schedule)
{
    struct course_plan plan;
    struct cost unit;
    struct forecast forecast;
    int differ = 0;

    course_plan_init(&plan, schedule, table->ranks, table->mbs);
    cost_init_unit(&unit, table->ranks);
    forecast_make(&forecast, plan.program, &unit, CAPACITY_AUTO,
                  FORECAST_SPANS);
    for (int r = 0; r < table->ranks; r++)
        for (size_t i = 0; i < forecast.trace.lanes[r].count; i++) {
            const struct span *span = &forecast.trace.lanes[r].spans[i];

            if (action_class((enum action_kind)span->action.kind) ==
                ACTION_CLASS_COMPUTE)
                differ += !lab_1f1b_theory_has(table, r, span);
        }
    forecast_fini(&forecast);
    cost_fini(&unit);
    course_plan_fini(&plan);
    return differ;
}

/* Shapes in which a rule grows a policy's table, cell for cell. */
static int
agreeing_shapes(struct rule rule, const char *schedule)
{
    int agreeing = 0;

    for (int ranks = 1; ranks <= COURSE_MOST_RANKS; ranks++)
        for (int mbs = 1; mbs <= COURSE_MOST_MBS; mbs++) {
            struct table table;

            table_init(&table, rule, ranks, mbs);
            agreeing += differing_cells(&table, schedule) == 0;
            lab_1f1b_theory_table_fini(&table);
        }
    return agreeing;
}

static void
claim_rule(struct lab *lab, struct rule rule, const char *schedule,
           const char *text)
{
    int agreeing = agreeing_shapes(rule, schedule);

    lab_claim(lab, agreeing == COURSE_SHAPES, text,
              "the same as %s, cell for cell, in %d of %d shapes", schedule,
              agreeing, COURSE_SHAPES);
}

static void
lab_1f1b_theory_run(struct lab *lab)
{
    const struct rule rule = {.backward_first = true, .limited = true};
    struct table table;
    int differ;

    table_init(&table, rule, COURSE_RANKS, COURSE_MBS);
    lab_say(lab,
            "F(r,m) needs F(r-1,m); B(r,m) needs F(r,m) and B(r+1,m). Let "
            "every rank follow one rule at every tick: a backward that can "
            "run goes first; else a forward, if fewer than P-r microbatches "
            "are in flight; else wait. A dot is a rank whose input is not "
            "there yet, \"full\" one that has its input but no memory left:");
    show_growing(lab, &table);
    differ = differing_cells(&table, "1f1b");
    lab_claim(lab, differ == 0,
              "this is the table that pipelab schedule prints for 1F1B",
              "%d ticks, %d cells done, %d differ", table.ticks,
              2 * COURSE_RANKS * COURSE_MBS, differ);
    lab_say(lab, "Read down a column and three phases show: a warm-up of "
                 "forwards, a steady state of pairs F B, a cool-down of "
                 "backwards:");
    show_phases(lab, &table);
    lab_1f1b_theory_table_fini(&table);
    lab_say(lab,
            "The rule is the schedule. Change the rule, and it is another "
            "one:");
    claim_rule(lab, rule, "1f1b",
               "backward first, at most P-r in flight: 1F1B");
    claim_rule(lab, (struct rule){.backward_first = true}, "eager-1f1b",
               "backward first, no limit: eager 1F1B");
    claim_rule(lab, (struct rule){.backward_first = false}, "gpipe",
               "forward first, no limit: GPipe");
}

static void
lab_1f1b_theory_sheet(struct sheet *sheet)
{
    const struct rule rule = {.backward_first = true, .limited = true};
    struct table table;

    table_init(&table, rule, COURSE_RANKS, COURSE_MBS);
    sheet_task(
        sheet,
        "Every rank, at every tick, by one rule: a backward that can run "
        "goes first; else a forward, if fewer than P-r microbatches are "
        "in flight; else wait. F and B take one tick. P = %d, M = %d. "
        "Fill row by row; write . where the input is not there yet, full "
        "where there is no memory. Where do warm-up, steady state and "
        "cool-down begin on each rank?",
        COURSE_RANKS, COURSE_MBS);
    sheet_head(sheet, "tick");
    for (int r = 0; r < table.ranks; r++)
        sheet_head(sheet, "rank %d", r);
    for (int t = 0; t < table.ticks; t++) {
        sheet_add(sheet, "%d", t);
        for (int r = 0; r < table.ranks; r++) {
            char label[ACTION_CELL_MAX];

            sheet_add(sheet, "%s", cell_label(cell_at(&table, t, r), label));
        }
    }
    lab_1f1b_theory_table_fini(&table);
}

const struct lab_page lab_1f1b_theory = {
    .name = "1f1b-theory",
    .summary = "derive the table: one rule, tick by tick, three phases",
    .run = lab_1f1b_theory_run,
    .sheet = lab_1f1b_theory_sheet,
    .shell = {"pipelab schedule --schedule 1f1b",
              "pipelab schedule --schedule eager-1f1b",
              "pipelab schedule --schedule gpipe"},
    .gdb = {"gdb --args pipelab lab 1f1b-theory",
            "break grow if table->ticks == 7", "run",
            "print *table->forwards@table->ranks",
            "print *table->backwards@table->ranks"},
};
