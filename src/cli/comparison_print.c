/* comparison_print.c -- prints a table of schedules as text, CSV or JSON, and
 * draws it as SVG. */
#include "config.h"

#include "cli/comparison_print.h"

#include "base/columns.h"
#include "base/machine.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/plural.h"
#include "base/text.h"
#include "request/figures.h"
#include "request/tick.h"
#include "report/summary.h"
#include "cli/run_report.h"
#include "report/panels.h"
#include "report/svg.h"

#include <stdlib.h>
#include <string.h>

static const char *
name_of(const struct comparison_row *row)
{
    return row->setup.plan->name;
}

/* The model that the bytes are of. */
static const char *
model_text(const struct comparison *table, char text[TICK_TEXT])
{
    const struct model *model = table->rows[0].setup.model;

    if (table->rows[0].setup.sizes)
        snprintf(text, TICK_TEXT, "the stages of --bytes");
    else if (model)
        snprintf(text, TICK_TEXT, "the %d layer%s of the model", model->count,
                 plural(model->count));
    else
        snprintf(text, TICK_TEXT, "%d layer%s of %d, batch %d",
                 table->model.layers, plural(table->model.layers),
                 table->model.hidden, table->batch);
    return text;
}

/* Columns of a table of text: of the names at least, of the figures, and of the
 * mark that ends a row. */
enum { NAMES = 16, FIGURES = 57, MARK = 5 };

/* As wide as the longest name, if the line has room for it. */
static int
name_width(const struct comparison *table, int columns)
{
    int most = columns - FIGURES - MARK;
    int width = NAMES;

    for (int i = 0; i < table->count; i++)
        if ((int)strlen(name_of(&table->rows[i])) > width)
            width = (int)strlen(name_of(&table->rows[i]));
    return width > most && most > NAMES ? most : width;
}

/* The peak of each rank, as " 4 3 2 1". */
static char *
peaks_text(const struct comparison_row *row)
{
    const double *peaks = row->setup.program->peak_activations;
    int ranks = row->setup.plan->ranks;
    char *text = memory_new(12 * (size_t)ranks + 1, 1);
    char peak[FOOTPRINT_TEXT];
    int used = 0;

    for (int r = 0; r < ranks; r++)
        used += sprintf(text + used, " %s", footprint_text(peaks[r], peak));
    return text;
}

/* Whether the lists of peaks fit beside all rows. */
static bool
peaks_fit(const struct comparison *table, int room)
{
    bool fit = room >= (int)strlen("   peak by rank");

    for (int i = 0; i < table->count && fit; i++) {
        char *text = peaks_text(&table->rows[i]);

        fit = (int)strlen(text) + 2 <= room;
        free(text);
    }
    return fit;
}

/* The end of a name that is too long says most. */
static void
print_name(const char *name, int width)
{
    char *shown = text_shown(name);
    int length = (int)strlen(shown);

    if (length <= width) {
        printf("%-*s", width, shown);
    } else {
        const char *rest = shown + length - width + 3;

        /* No part of a character. */
        while (((unsigned char)*rest & 0xc0) == 0x80)
            rest++;
        printf("...%s", rest);
    }
    free(shown);
}

static void
comparison_print_row(const struct comparison_row *row, int width, bool peaks,
                     double scale)
{
    const struct metrics *metrics = &row->forecast.metrics;
    char period[PERIOD_TEXT];
    char makespan[COST_TEXT];
    char peak[FOOTPRINT_TEXT];

    print_name(name_of(row), width);
    if (row->forecast.complete)
        printf(" %8s %5.1f%% %8s %5.1f%%",
               period_text(row->forecast.period, metrics->unit, period),
               100.0 * row->forecast.steady_bubble,
               cost_text(metrics->makespan, metrics->unit, makespan),
               100.0 * metrics->bubble_fraction);
    else
        printf(" %8s %6s %8s %6s", "deadlock", "-", "-", "-");
    printf(" %4s %8.1f %8lld %8d", footprint_text(row->peak, peak),
           (double)comparison_bytes(row) / scale,
           (long long)row->setup.program->messages,
           program_smallest_capacity(row->setup.program));
    if (peaks) {
        char *text = peaks_text(row);

        printf("  %s", text);
        free(text);
    }
    puts(row->fits ? "" : " over");
    if (row->draws.period.median > 0) {
        char texts[3][COST_TEXT];

        printf("%*s drawn: period %s, 95%% in %s to %s\n", width, "",
               cost_text(row->draws.period.median, metrics->unit, texts[0]),
               cost_text(row->draws.period.low, metrics->unit, texts[1]),
               cost_text(row->draws.period.high, metrics->unit, texts[2]));
    }
}

/* What the columns mean. */
static void
explain_columns(const struct comparison *table, const char *size)
{
    bool model = table->rows[0].setup.model;
    int64_t most =
        setup_max_memory(&table->rows[0].setup, table->request->options);
    char limit[TEXT_SIZE_MAX];
    bool over = false;

    for (int i = 0; i < table->count; i++)
        over = over || !table->rows[i].fits;
    text_line(
        stdout,
        "period: the time of each further step in a row, steady: its idle "
        "share; makespan and bubble: of one step; peak: the most activations "
        "held at once on a rank, %s: %s; capacity: the slots of a link that "
        "are enough%s%s%s",
        size, model ? "all that the fullest rank holds" : "their bytes",
        over ? "; over: more activations or bytes than a rank may hold" : "",
        most > 0 ? "; a rank has " : "",
        most > 0 ? text_size((size_t)most, limit) : "");
}

/* The unit of the column of bytes; ours are small. */
static double
bytes_unit(const struct comparison *table, const char **unit)
{
    int64_t most = 0;

    for (int i = 0; i < table->count && table->rows[i].setup.model; i++)
        if (table->rows[i].most_total > most)
            most = table->rows[i].most_total;
    return summary_unit(most, unit);
}

static void
comparison_print_text(const struct comparison *table)
{
    const struct plan *shape = table->rows[0].setup.plan;
    const struct setup *setup = &table->rows[0].setup;
    int columns = columns_of(stdout);
    int width = name_width(table, columns);
    bool peaks = peaks_fit(table, columns - width - FIGURES - MARK);
    char text[PLAN_SHAPE_TEXT];
    char unit[2 * TICK_TEXT + 32] = "";
    char model[TICK_TEXT];
    char tick[2 * TICK_TEXT];
    const char *size;
    double scale = bytes_unit(table, &size);

    if (setup->measured)
        snprintf(unit, sizeof unit, "; costs as measured, a tick is 1 ns");
    else if (*setup->cost.unit)
        snprintf(unit, sizeof unit, "; times in %s", setup->cost.unit);
    else if (setup->tick_layers > 0 || table->request->options->sweep)
        snprintf(unit, sizeof unit, "; a tick is %s",
                 comparison_tick(table, tick));
    text_line(stdout, "%s%s%s%s; %s for %s",
              plan_shape_text(shape->ranks, shape->stages, shape->mbs, text),
              plan_trains(shape) ? "" : ", forwards alone",
              setup->cost.barrier ? ", ranks meet before STEP" : "", unit,
              size, model_text(table, model));
    printf("%-*s %8s %6s %8s %6s %4s %8s %8s %8s%s\n", width, "schedule",
           "period", "steady", "makespan", "bubble", "peak", size, "messages",
           "capacity", peaks ? "   peak by rank" : "");
    for (int i = 0; i < table->count; i++)
        comparison_print_row(&table->rows[i], width, peaks, scale);
    explain_columns(table, size);
}

/* What the ranks hold of the user's model; empty without one. */
static void
print_totals(const struct comparison_row *row)
{
    int ranks = row->setup.model ? row->setup.plan->ranks : 0;
    char at[COST_TEXT];

    putchar(',');
    if (row->setup.model)
        printf("%lld", (long long)row->most_total);
    putchar(',');
    for (int r = 0; r < ranks; r++)
        printf("%s%lld", r ? " " : "",
               (long long)footprint_total(&row->memory[r]));
    putchar(',');
    for (int r = 0; r < ranks; r++)
        printf(
            "%s%s", r ? " " : "",
            cost_text(row->memory[r].peak_at, row->forecast.metrics.unit, at));
}

static void
print_csv_row(const struct comparison *table, const struct comparison_row *row)
{
    char tick[2 * TICK_TEXT];
    char period[PERIOD_TEXT];
    char makespan[COST_TEXT];
    const struct metrics *metrics = &row->forecast.metrics;
    const struct plan *plan = row->setup.plan;

    text_csv(stdout, name_of(row));
    printf(",%d,%d,%d,", plan->ranks, plan->stages, plan->mbs);
    if (row->forecast.complete)
        printf("%s,%.6f,%s,%.6f,%.6f",
               period_text(row->forecast.period, metrics->unit, period),
               row->forecast.steady_bubble,
               cost_text(metrics->makespan, metrics->unit, makespan),
               metrics->bubble_fraction, metrics->span_bubble);
    else
        fputs(",,,,", stdout);
    printf(",%.10g,%lld,%lld,%d,%d,", row->peak, (long long)row->most_bytes,
           (long long)row->setup.program->messages,
           program_smallest_capacity(row->setup.program), row->fits);
    for (int r = 0; r < plan->ranks; r++)
        printf("%s%.10g", r ? " " : "",
               row->setup.program->peak_activations[r]);
    putchar(',');
    for (int r = 0; r < plan->ranks; r++)
        printf("%s%lld", r ? " " : "",
               (long long)row->memory[r].bytes[MEMORY_ACTIVATIONS]);
    print_totals(row);
    printf(",%s\n", comparison_tick(table, tick));
}

/* The schedules that get through; NULL with the cause if there are none. The
 * caller frees the panels. */
static struct svg_panel *
draw_rows(const struct comparison *table, int *count, struct cause *cause)
{
    struct svg_panel *panels =
        memory_new((size_t)table->count, sizeof *panels);

    *count = 0;
    for (int i = 0; i < table->count; i++) {
        const struct comparison_row *row = &table->rows[i];

        if (row->forecast.complete)
            panels[(*count)++] = (struct svg_panel){
                .title = name_of(row),
                .plan = row->setup.program->lowered,
                .trace = &row->forecast.trace,
                .metrics = &row->forecast.metrics,
                .scale = figures_scale(&row->setup.cost, row->setup.measured),
                .memory = row->setup.model ? &row->chart : NULL,
            };
    }
    if (*count > 0)
        return panels;
    free(panels);
    fail(cause,
         "all deadlock at --capacity %d, there is nothing to draw; use a "
         "larger one",
         table->request->options->capacity);
    return NULL;
}

static const char *
unit_of_rows(const struct comparison *table)
{
    const struct setup *setup = &table->rows[0].setup;

    return figures_unit(&setup->cost, setup->measured);
}

bool
comparison_svg(const struct comparison *table, struct cause *cause)
{
    struct svg_style style = {.unit = unit_of_rows(table),
                              .arrows = table->request->options->arrows};
    struct output output;
    int count;
    struct svg_panel *panels = draw_rows(table, &count, cause);

    if (!panels || !output_open(&output, "--svg", table->request->options->svg,
                                false, cause)) {
        free(panels);
        return false;
    }
    svg_write(output.out, panels, count, &style);
    free(panels);
    return output_close(&output, cause);
}

bool
comparison_html(const struct comparison *table, struct cause *cause)
{
    struct run_report report;
    struct json *json = &report.json;
    int count;
    struct svg_panel *panels = draw_rows(table, &count, cause);

    if (!panels)
        return false;
    run_report_begin(&report, table->request->options->html, "compare");
    panels_json(json, panels, count, unit_of_rows(table));
    free(panels);
    json_open(json, "tables", '[');
    comparison_json(json, table);
    json_close(json, ']');
    return run_report_end(&report, cause);
}

void
comparison_print(const struct comparison *table, struct json *json, bool first)
{
    switch (table->request->options->format) {
    case FORMAT_JSON:
        if (first)
            json_open(json, NULL, '[');
        comparison_json(json, table);
        break;
    case FORMAT_CSV:
        if (first)
            puts("schedule,ranks,stages,microbatches,period,steady_bubble,"
                 "makespan,"
                 "bubble_fraction,span_bubble,peak_activations,peak_bytes,"
                 "messages,smallest_capacity,fits,peak_activations_by_rank,"
                 "peak_bytes_by_rank,total_peak_bytes,"
                 "total_peak_bytes_by_rank,total_peak_at_by_rank,tick");
        for (int i = 0; i < table->count; i++)
            print_csv_row(table, &table->rows[i]);
        break;
    default:
        if (!first)
            putchar('\n');
        comparison_print_text(table);
        break;
    }
}
