/* figures.c -- prints the figures of a forecast, of one step and of steps in a
 * row. */
#include "config.h"

#include "cli/figures.h"

#include "report/summary.h"

const char *
period_text(struct period period, char text[PERIOD_TEXT])
{
    if (period.steps == 1)
        snprintf(text, PERIOD_TEXT, "%lld", (long long)period.ticks);
    else
        snprintf(text, PERIOD_TEXT, "%.2f", period_ticks(period));
    return text;
}

void
figures_print(FILE *out, const struct forecast *forecast)
{
    char period[PERIOD_TEXT];

    summary_virtual(out, &forecast->metrics);
    fprintf(out,
            "period %s ticks for each further step in a row; steady bubble "
            "%.1f%%\n",
            period_text(forecast->period, period),
            100.0 * forecast->steady_bubble);
}

void
figures_json_period(struct json *json, struct period period,
                    double steady_bubble)
{
    if (period.steps == 1)
        json_int(json, "period", period.ticks);
    else
        json_number(json, "period", period_ticks(period));
    json_number(json, "steady_bubble", steady_bubble);
}

void
figures_json(struct json *json, const struct forecast *forecast)
{
    summary_json(json, &forecast->metrics);
    figures_json_period(json, forecast->period, forecast->steady_bubble);
}
