/* figures.c -- prints the figures of a forecast, of one step and of steps in a
 * row. */
#include "config.h"

#include "request/figures.h"

#include "base/text.h"
#include "report/summary.h"

const char *
period_text(struct period period, struct time_unit unit,
            char text[PERIOD_TEXT])
{
    if (period.steps == 1)
        return cost_text(period.ticks, unit, text);
    snprintf(text, PERIOD_TEXT, "%.2f",
             cost_in_units(period_ticks(period), unit));
    return text;
}

double
figures_scale(const struct cost *cost, bool measured)
{
    return measured ? 1e-6 : 1.0 / cost->per_unit;
}

const char *
figures_unit(const struct cost *cost, bool measured)
{
    if (measured)
        return "ms";
    return *cost->unit ? cost->unit : "ticks";
}

void
figures_print(FILE *out, const struct forecast *forecast)
{
    char period[PERIOD_TEXT];

    summary_virtual(out, &forecast->metrics);
    fprintf(out,
            "period %s %s for each further step in a row; steady bubble "
            "%.1f%%\n",
            period_text(forecast->period, forecast->metrics.unit, period),
            cost_unit_name(&forecast->metrics.unit,
                           period_ticks(forecast->period)),
            100.0 * forecast->steady_bubble);
}

void
figures_json_period(struct json *json, struct period period,
                    struct time_unit unit, double steady_bubble)
{
    if (period.steps == 1)
        summary_json_time(json, "period", period.ticks, unit);
    else
        json_number(json, "period", cost_in_units(period_ticks(period), unit));
    json_number(json, "steady_bubble", steady_bubble);
}

void
figures_json(struct json *json, const struct forecast *forecast)
{
    summary_json(json, &forecast->metrics);
    figures_json_period(json, forecast->period, forecast->metrics.unit,
                        forecast->steady_bubble);
}

/* "35.2 (33.9 to 36.8)". */
static const char *
band_text(struct band band, struct time_unit unit, char text[3 * COST_TEXT])
{
    char low[COST_TEXT], high[COST_TEXT], median[COST_TEXT];

    snprintf(text, 3 * COST_TEXT, "%s (%s to %s)",
             cost_text(band.median, unit, median),
             cost_text(band.low, unit, low), cost_text(band.high, unit, high));
    return text;
}

bool
figures_draws(struct draws *draws, const struct setup *setup,
              const struct options *options, int capacity)
{
    if (options->jitter > 0.0)
        draws_make(draws, setup->program, &setup->cost, capacity,
                   options->jitter, options->recipe.seed);
    return options->jitter > 0.0;
}

void
figures_print_draws(FILE *out, const struct draws *draws,
                    struct time_unit unit)
{
    char text[3 * COST_TEXT];

    fprintf(out, "with jitter, the median of %d draws and where 95%% lie:\n",
            DRAWS);
    fprintf(out, "  period %s\n", band_text(draws->period, unit, text));
    fprintf(out, "  makespan %s\n", band_text(draws->makespan, unit, text));
}

static void
json_band(struct json *json, const char *key, struct band band,
          struct time_unit unit)
{
    json_open(json, key, '{');
    summary_json_time(json, "median", band.median, unit);
    summary_json_time(json, "low", band.low, unit);
    summary_json_time(json, "high", band.high, unit);
    json_close(json, '}');
}

void
figures_json_draws(struct json *json, const struct draws *draws,
                   struct time_unit unit)
{
    json_int(json, "draws", DRAWS);
    json_band(json, "period_drawn", draws->period, unit);
    json_band(json, "makespan_drawn", draws->makespan, unit);
}

void
figures_json_machine(struct json *json, const struct setup *setup)
{
    const struct cost *cost = &setup->cost;

    json_bool(json, "barrier", cost->barrier);
    json_bool(json, "blocking_sends", cost->blocking_sends);
    json_open(json, "recompute", '[');
    for (int s = 0; cost->recompute && s < cost->stages; s++)
        if (cost->recompute[s])
            json_int(json, NULL, s);
    json_close(json, ']');
}

/* "stages 0,2 run" or "every stage runs". */
static void
recompute_text(const struct cost *cost, char text[], size_t size)
{
    size_t used = 0;
    int count = 0;

    for (int s = 0; s < cost->stages; s++)
        if (cost->recompute[s] && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%d",
                                     count++ ? "," : "stages ", s);
    if (count == cost->stages)
        snprintf(text, size, "every stage runs");
    else if (count > 0 && used < size)
        snprintf(text + used, size - used, " run");
}

void
figures_print_machine(FILE *out, const struct setup *setup)
{
    const struct cost *cost = &setup->cost;
    char stages[256] = "";

    if (cost->barrier)
        fputs("barrier: ranks meet before their first STEP\n", out);
    if (cost->recompute)
        recompute_text(cost, stages, sizeof stages);
    if (*stages)
        text_line(out, "recompute: %s F again before B or I", stages);
}

void
figures_json_fits(struct json *json, const struct memory_summary memory[],
                  int ranks, int64_t most)
{
    if (most == 0)
        return;
    json_int(json, "max_memory", most);
    json_bool(json, "fits_memory", summary_fits(memory, ranks, most));
}
