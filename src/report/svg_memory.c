/* svg_memory.c -- draws what ranks hold over time beneath their lanes. */
#include "config.h"

#include "report/svg_memory.h"

#include "base/larger.h"
#include "base/machine.h"
#include "base/text.h"

#include <stdio.h>

/* A limit that is further above all peaks is written, not drawn: it would press
 * the curves flat. */
enum { MOST_HEADROOM = 4 };

double
svg_memory_most(const struct svg_panel *panel)
{
    const struct memory_chart *chart = panel->memory;
    double most = 0.0;

    for (int r = 0; r < panel->metrics->ranks; r++) {
        double peak =
            chart ? (double)footprint_total(&chart->ranks[r])
                  : panel->metrics->rank[r].peak_activations * ACTIVATION_ONE;

        if (peak > most)
            most = peak;
    }
    if (chart && (double)chart->most > most &&
        (double)chart->most <= MOST_HEADROOM * most)
        most = (double)chart->most;
    return most;
}

static double
height_of(const struct svg_layout *layout, double held)
{
    return layout->strip * held / layout->most;
}

/* From a time on a rank holds so much. */
static void
strip_level(const struct svg_layout *layout, const struct svg_panel *panel,
            int64_t time, double base, int64_t held)
{
    fprintf(layout->out, "H%.2fV%.2f", svg_x(layout, panel, time),
            base - height_of(layout, (double)held));
}

/* What a rank holds, as far as it is above floor. */
static void
strip_held(const struct svg_layout *layout, const struct svg_panel *panel,
           int rank, double base, int64_t floor, const char *class)
{
    const struct lane *lane = &panel->trace->lanes[rank];
    struct footprint_rule rule = panel->trace->rule;
    int64_t held = 0;
    int64_t drawn;

    if (panel->memory) {
        rule.stages = panel->memory->stages;
        held = memory_chart_fixed(panel->memory, rank);
    }
    drawn = larger_of(held, floor);
    fprintf(layout->out, "<path class=\"%s\" d=\"M%d %.1f", class, SVG_LEFT,
            base - height_of(layout, (double)floor));
    if (drawn > floor)
        strip_level(layout, panel, panel->begin, base, drawn);
    for (size_t i = 0; i < lane->count; i++) {
        struct level levels[2];
        int count = span_levels(&lane->spans[i], &rule, &held, levels);

        for (int l = 0; l < count; l++) {
            int64_t above = larger_of(levels[l].held, floor);

            if (above != drawn)
                strip_level(layout, panel, levels[l].time, base, above);
            drawn = above;
        }
    }
    strip_level(layout, panel, panel->metrics->makespan, base, floor);
    fputs("Z\"/>\n", layout->out);
}

/* What stays through the step, in front, and the limit. */
static void
strip_bytes(const struct svg_layout *layout, const struct svg_panel *panel,
            int rank, double base)
{
    const struct memory_chart *chart = panel->memory;
    double width = svg_x(layout, panel, panel->metrics->makespan) - SVG_LEFT;
    double fixed = height_of(layout, (double)memory_chart_fixed(chart, rank));
    double limit = base - height_of(layout, (double)chart->most);

    fprintf(layout->out,
            "<rect class=\"fixed\" x=\"%d\" y=\"%.2f\" width=\"%.2f\" "
            "height=\"%.2f\"/>\n",
            SVG_LEFT, base - fixed, width, fixed);
    if (chart->most == 0 || (double)chart->most > layout->most)
        return;
    strip_held(layout, panel, rank, base, chart->most, "over");
    fprintf(layout->out,
            "<line class=\"limit\" x1=\"%d\" y1=\"%.2f\" x2=\"%.2f\" "
            "y2=\"%.2f\"/>\n",
            SVG_LEFT, limit, SVG_LEFT + width, limit);
}

void
svg_memory_strip(const struct svg_layout *layout,
                 const struct svg_panel *panel, int rank, double y)
{
    const struct memory_chart *chart = panel->memory;
    double base = y + layout->strip;
    char most[FOOTPRINT_TEXT];
    char peak[FOOTPRINT_TEXT + 8];
    bool over = false;

    strip_held(layout, panel, rank, base, 0, "memory");
    if (chart) {
        int64_t total = footprint_total(&chart->ranks[rank]);

        strip_bytes(layout, panel, rank, base);
        over = chart->most > 0 && total > chart->most;
        snprintf(peak, sizeof peak, "%s", text_size((size_t)total, most));
    } else {
        snprintf(
            peak, sizeof peak, "peak %s",
            footprint_text(panel->metrics->rank[rank].peak_activations, most));
    }
    svg_text(layout, over ? " class=\"small beyond\"" : " class=\"small\"",
             SVG_LEFT - 6, base, peak);
}

void
svg_memory_legend(const struct svg_layout *layout,
                  const struct svg_panel panels[], int count, double x,
                  double y)
{
    char most[FOOTPRINT_TEXT];
    char line[128];
    int64_t limit = 0;

    if (!panels[0].memory) {
        snprintf(line, sizeof line, "activations in flight, %s at full height",
                 footprint_text(layout->most / ACTIVATION_ONE, most));
        svg_legend_entry(layout, x, y, SVG_HELD, line);
        return;
    }
    for (int p = 0; p < count; p++)
        limit = panels[p].memory->most;
    x = svg_legend_entry(layout, x, y, SVG_FIXED,
                         "weights, gradients, optimizer, links");
    snprintf(line, sizeof line, "activations; %s at full height",
             text_size((size_t)layout->most, most));
    x = svg_legend_entry(layout, x, y, SVG_HELD, line);
    if (limit == 0)
        return;
    if ((double)limit > layout->most) {
        snprintf(line, sizeof line, "the limit, %s, is far above",
                 text_size((size_t)limit, most));
        svg_text(layout, " class=\"left\"", x, y + 11, line);
        return;
    }
    snprintf(line, sizeof line, "over the limit of %s",
             text_size((size_t)limit, most));
    svg_legend_entry(layout, x, y, SVG_OVER, line);
}
