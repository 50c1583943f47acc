/* panels.c -- writes the timelines of a picture as JSON. */
#include "config.h"

#include "report/panels.h"

#include "report/summary.h"

static void
write_span(struct json *json, const struct svg_panel *panel, int rank,
           const struct span *span)
{
    json_open(json, NULL, '{');
    summary_json_action(json, rank, &span->action);
    json_number(json, "start",
                (double)(span->start - panel->begin) * panel->scale);
    json_number(json, "end",
                (double)(span->end - panel->begin) * panel->scale);
    for (int p = 0; p < SPAN_PARTS; p++)
        if (span->parts[p] > 0)
            json_number(json, span_part_name((enum span_part)p),
                        (double)span->parts[p] * panel->scale);
    json_close(json, '}');
}

static void
write_figures(struct json *json, const struct svg_panel *panel)
{
    const struct metrics *metrics = panel->metrics;

    json_number(json, "makespan",
                (double)(metrics->makespan - panel->begin) * panel->scale);
    json_number(json, "bubble_fraction", metrics->bubble_fraction);
    json_int(json, "messages", metrics->messages);
    json_open(json, "peak_activations", '[');
    for (int r = 0; r < metrics->ranks; r++)
        json_number(json, NULL, metrics->rank[r].peak_activations);
    json_close(json, ']');
}

static void
write_level(struct json *json, const struct svg_panel *panel, int64_t time,
            int64_t bytes)
{
    json_number(json, NULL, (double)(time - panel->begin) * panel->scale);
    json_int(json, NULL, bytes);
}

/* What a rank holds over time. */
static void
write_lane_bytes(struct json *json, const struct svg_panel *panel, int rank)
{
    const struct lane *lane = &panel->trace->lanes[rank];
    struct footprint_rule rule = panel->trace->rule;
    int64_t held = memory_chart_fixed(panel->memory, rank);

    rule.stages = panel->memory->stages;
    json_open(json, NULL, '[');
    write_level(json, panel, panel->begin, held);
    for (size_t i = 0; i < lane->count; i++) {
        struct level levels[2];
        int count = span_levels(&lane->spans[i], &rule, &held, levels);

        for (int l = 0; l < count; l++)
            write_level(json, panel, levels[l].time, levels[l].held);
    }
    json_close(json, ']');
}

static void
write_panel_bytes(struct json *json, const struct svg_panel *panel)
{
    const struct memory_chart *chart = panel->memory;

    if (!chart)
        return;
    json_open(json, "bytes", '{');
    json_int(json, "most", chart->most);
    json_open(json, "fixed", '[');
    for (int r = 0; r < panel->trace->ranks; r++)
        json_int(json, NULL, memory_chart_fixed(chart, r));
    json_close(json, ']');
    json_open(json, "held", '[');
    for (int r = 0; r < panel->trace->ranks; r++)
        write_lane_bytes(json, panel, r);
    json_close(json, ']');
    json_close(json, '}');
}

static void
panel_json(struct json *json, const struct svg_panel *panel, const char *unit)
{
    const struct trace *trace = panel->trace;

    json_open(json, NULL, '{');
    json_text(json, "name", panel->title);
    json_text(json, "note", panel->note ? panel->note : "");
    json_text(json, "unit", unit);
    json_int(json, "ranks", panel->plan->ranks);
    json_int(json, "stages", panel->plan->stages);
    json_int(json, "microbatches", panel->plan->mbs);
    write_figures(json, panel);
    write_panel_bytes(json, panel);
    json_open(json, "spans", '[');
    for (int r = 0; r < trace->ranks; r++)
        for (size_t i = 0; i < trace->lanes[r].count; i++)
            write_span(json, panel, r, &trace->lanes[r].spans[i]);
    json_close(json, ']');
    json_close(json, '}');
}

void
panels_json(struct json *json, const struct svg_panel panels[], int count,
            const char *unit)
{
    json_open(json, "panels", '[');
    for (int i = 0; i < count; i++)
        panel_json(json, &panels[i], unit);
    json_close(json, ']');
}
