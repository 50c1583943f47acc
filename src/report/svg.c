/* svg.c -- draws timelines as SVG pictures. */
#include "config.h"

#include "report/svg.h"

#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "report/block.h"
#include "report/curve.h"
#include "report/svg_layout.h"
#include "report/svg_memory.h"
#include "plan/place.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SMALL_LABEL " class=\"on\""

static const struct {
    enum action_kind kind;
    const char *fill;
    const char *meaning;
} legend[] = {
    {ACTION_FORWARD, "#56b4e9", "F forward"},
    {ACTION_FULL_BACKWARD, "#e69f00", "B backward"},
    {ACTION_BACKWARD_INPUT, "#009e73", "I input gradient"},
    {ACTION_BACKWARD_WEIGHT, "#f0e442", "W weight gradient"},
    {ACTION_OVERLAP_F_B, "#cc79a7", "F and B overlapped"},
    {ACTION_OPTIMIZER_STEP, "#bbbbbb", "S optimizer step"},
    {ACTION_UNSHARD, "#dddddd", "U unshard"},
    {ACTION_REDUCE_GRAD, "#dddddd", "R reduce gradients"},
};

enum { LEGENDS = sizeof legend / sizeof *legend };

/* Messages by the parity of their link: see plan_links(). */
static const struct {
    const char *stroke;
    const char *meaning;
} arrows[] = {
    {"#0072b2", "activations sent"},
    {"#d55e00", "gradients sent"},
};

static const char *
fill_of(const struct action *action)
{
    for (int i = 0; i < LEGENDS; i++)
        if (legend[i].kind == action->kind)
            return legend[i].fill;
    return "#ffffff";
}

static void
write_escaped(FILE *out, const char *name)
{
    char *shown = text_shown(name);

    for (const char *c = shown; *c; c++) {
        if (*c == '<')
            fputs("&lt;", out);
        else if (*c == '>')
            fputs("&gt;", out);
        else if (*c == '&')
            fputs("&amp;", out);
        else if (*c == '"')
            fputs("&quot;", out);
        else
            fputc(*c, out);
    }
    free(shown);
}

/* On one line, large or small, if it fits. */
static bool
write_line(const struct svg_layout *layout, const char *label, double x,
           double width, double y)
{
    bool large = svg_text_width(label, SVG_LARGE) + SVG_PAD <= width;

    if (!large && svg_text_width(label, SVG_SMALL) + SVG_PAD / 2.0 > width)
        return false;
    svg_text(layout, large ? "" : SMALL_LABEL, x, y + SVG_LANE / 2.0 + 4,
             label);
    return true;
}

/* On one line, on two, or the first of the two alone. An overlap's two have a
 * line each. */
static void
write_label(const struct svg_layout *layout, const struct svg_panel *panel,
            const struct action *action, double x, double width, double y)
{
    char label[ACTION_CELL_MAX];
    char lower[ACTION_CELL_MAX];

    block_label(panel->plan, action, label);
    if (action->kind != ACTION_OVERLAP_F_B &&
        write_line(layout, label, x, width, y))
        return;
    block_lines(panel->plan, action, label, lower);
    if (svg_text_width(label, SVG_SMALL) > width ||
        svg_text_width(lower, SVG_SMALL) > width) {
        write_line(layout, label, x, width, y);
        return;
    }
    svg_text(layout, SMALL_LABEL, x, y + SVG_LANE / 2.0 - 2, label);
    svg_text(layout, SMALL_LABEL, x, y + SVG_LANE / 2.0 + 8, lower);
}

/* A pointer shows the whole cell, however small the block. */
static void
write_block(const struct svg_layout *layout, const struct svg_panel *panel,
            const struct span *span, double y)
{
    char cell[ACTION_CELL_MAX];
    double x = svg_x(layout, panel, span->start);
    double width = svg_x(layout, panel, span->end) - x;

    fprintf(layout->out,
            "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%d\" "
            "fill=\"%s\"><title>%s</title></rect>\n",
            x, y, width, SVG_LANE, fill_of(&span->action),
            action_cell(&span->action, cell));
    write_label(layout, panel, &span->action, x + width / 2, width, y);
}

/* The end of the computation that made what a SEND at i takes along. */
static int64_t
made_at(const struct lane *lane, size_t i)
{
    while (i > 0 && action_is_transfer(&lane->spans[i].action))
        i--;
    return lane->spans[i].end;
}

/* Between the lanes, from the one edge to the other. */
static void
write_arrow(const struct svg_layout *layout, double top, int kind, int from,
            double from_x, int to, double to_x)
{
    double from_y = svg_lane_y(layout, top, from);
    double to_y = svg_lane_y(layout, top, to);

    *(from < to ? &from_y : &to_y) += SVG_LANE;
    fprintf(
        layout->out,
        "<line class=\"message\" stroke=\"%s\" marker-end=\"url(#head%d)\" "
        "x1=\"%.2f\" y1=\"%.1f\" x2=\"%.2f\" y2=\"%.1f\"/>\n",
        arrows[kind].stroke, kind, from_x, from_y, to_x, to_y);
}

/* Those of a link, in order: the n-th SEND and the n-th RECV are one
 * message. */
struct messages {
    double *made; /* sent: x of when each was made */
    size_t room;
    size_t sent;
    size_t received;
};

/* One a message, from when it was made to the RECV's end. */
static void
write_arrows(const struct svg_layout *layout, const struct svg_panel *panel,
             double top)
{
    const struct trace *trace = panel->trace;
    size_t links = (size_t)plan_links(panel->plan);
    struct messages *messages = memory_new(links, sizeof *messages);

    for (int pass = 0; pass < 2; pass++)
        for (int r = 0; r < trace->ranks; r++)
            for (size_t i = 0; i < trace->lanes[r].count; i++) {
                const struct span *span = &trace->lanes[r].spans[i];
                enum action_class class =
                    action_class((enum action_kind)span->action.kind);
                struct messages *on;
                int link;

                if (class != (pass ? ACTION_CLASS_RECV : ACTION_CLASS_SEND))
                    continue;
                link = plan_link(panel->plan, &span->action);
                on = &messages[link];
                if (pass == 0) {
                    memory_grow(&on->made, &on->room, on->sent,
                                sizeof *on->made);
                    on->made[on->sent++] =
                        svg_x(layout, panel, made_at(&trace->lanes[r], i));
                } else {
                    write_arrow(layout, top, link % 2,
                                plan_peer(panel->plan, &span->action),
                                on->made[on->received++], r,
                                svg_x(layout, panel, span->end));
                }
            }
    for (size_t link = 0; link < links; link++)
        free(messages[link].made);
    free(messages);
}

/* 1, 2 or 5 times a power of ten: about ten of them make the axis. */
static double
tick_distance(double whole)
{
    double power = pow(10.0, floor(log10(whole / 10.0)));
    double rest = whole / 10.0 / power;

    return power * (rest <= 1.0   ? 1.0
                    : rest <= 2.0 ? 2.0
                    : rest <= 5.0 ? 5.0
                                  : 10.0);
}

static void
write_axis(const struct svg_layout *layout, double y)
{
    double whole = layout->end;
    double step = tick_distance(whole);

    for (int i = 0; i * step <= whole * (1 + 1e-9); i++) {
        double x = SVG_LEFT + i * step / whole * layout->width;
        char text[64];

        fprintf(layout->out,
                "<line class=\"axis\" x1=\"%.2f\" y1=\"%.1f\" x2=\"%.2f\" "
                "y2=\"%.1f\"/>\n",
                x, y, x, y + 4);
        snprintf(text, sizeof text, "%.10g%s%s", i * step, i ? "" : " ",
                 i ? "" : layout->style->unit);
        svg_text(layout, " class=\"small middle\"", x, y + 15, text);
    }
}

static void
write_title(const struct svg_layout *layout, const struct svg_panel *panel,
            double top)
{
    const struct metrics *metrics = panel->metrics;
    FILE *out = layout->out;
    const char *unit = layout->style->unit;
    double most = 0;
    char shape[PLAN_SHAPE_TEXT];
    char peak[FOOTPRINT_TEXT];

    for (int r = 0; r < metrics->ranks; r++)
        if (metrics->rank[r].peak_activations > most)
            most = metrics->rank[r].peak_activations;
    fprintf(out, "<text class=\"title\" x=\"%d\" y=\"%.1f\">", SVG_LEFT,
            top + 14);
    write_escaped(out, panel->title);
    if (panel->note) {
        fputs(", ", out);
        write_escaped(out, panel->note);
    }
    fprintf(out,
            "</text>\n<text class=\"left\" x=\"%d\" y=\"%.1f\">%s: makespan ",
            SVG_LEFT, top + 30,
            plan_shape_text(panel->plan->ranks, panel->plan->stages,
                            panel->plan->mbs, shape));
    if (panel->scale == 1.0)
        fprintf(out, "%lld", (long long)metrics->makespan);
    else
        fprintf(out, "%.4g",
                (double)(metrics->makespan - panel->begin) * panel->scale);
    if (strcmp(unit, "ticks") == 0)
        unit = cost_unit_name(&metrics->unit, (double)metrics->makespan);
    fprintf(out,
            " %s, bubble %.1f %%, within a rank's span %.1f %%, peak %s "
            "activation%s, %lld message%s</text>\n",
            unit, 100.0 * metrics->bubble_fraction,
            100.0 * metrics->span_bubble, footprint_text(most, peak),
            most == 1 ? "" : "s", (long long)metrics->messages,
            plural(metrics->messages));
}

static void
write_panel(const struct svg_layout *layout, const struct svg_panel *panel,
            double top)
{
    double end = svg_x(layout, panel, panel->metrics->makespan);

    write_title(layout, panel, top);
    for (int r = 0; r < panel->trace->ranks; r++) {
        const struct lane *lane = &panel->trace->lanes[r];
        double y = svg_lane_y(layout, top, r);
        char name[32];

        snprintf(name, sizeof name, "rank %d", r);
        svg_text(layout, " class=\"rank\"", SVG_LEFT - 6,
                 y + SVG_LANE / 2.0 + 4, name);
        fprintf(layout->out,
                "<rect class=\"idle\" x=\"%d\" y=\"%.1f\" width=\"%.2f\" "
                "height=\"%d\"/>\n",
                SVG_LEFT, y, end - SVG_LEFT, SVG_LANE);
        for (size_t i = 0; i < lane->count; i++)
            if (block_drawn(&lane->spans[i]))
                write_block(layout, panel, &lane->spans[i], y);
        svg_memory_strip(layout, panel, r, y + SVG_LANE + 1);
    }
    if (layout->style->arrows)
        write_arrows(layout, panel, top);
    write_axis(layout, svg_lane_y(layout, top, panel->trace->ranks));
}

static bool
is_seen(const struct trace *trace, enum action_kind kind)
{
    for (int r = 0; r < trace->ranks; r++)
        for (size_t i = 0; i < trace->lanes[r].count; i++)
            if (trace->lanes[r].spans[i].action.kind == kind &&
                block_drawn(&trace->lanes[r].spans[i]))
                return true;
    return false;
}

/* Only the kinds that occur. */
static void
write_legend(const struct svg_layout *layout, const struct svg_panel panels[],
             int count, double y)
{
    double x = SVG_LEFT;
    bool trains = false;

    for (int p = 0; p < count; p++)
        trains = trains || panels[p].trace->rule.trains;
    for (int i = 0; i < LEGENDS; i++) {
        bool occurs = false;

        for (int p = 0; p < count; p++)
            occurs = occurs || is_seen(panels[p].trace, legend[i].kind);
        if (occurs)
            x = svg_legend_entry(layout, x, y, legend[i].fill,
                                 legend[i].meaning);
    }
    x = SVG_LEFT;
    y += 22;
    for (int i = 0; i < 1 + trains && layout->style->arrows; i++)
        x = svg_legend_entry(layout, x, y, arrows[i].stroke,
                             arrows[i].meaning);
    svg_memory_legend(layout, panels, count, x, y);
}

static void
write_arrow_heads(FILE *out)
{
    fputs("<defs>", out);
    for (int i = 0; i < 2; i++)
        fprintf(out,
                "<marker id=\"head%d\" viewBox=\"0 0 6 6\" refX=\"6\" "
                "refY=\"3\" markerWidth=\"5\" markerHeight=\"5\" "
                "orient=\"auto\"><path d=\"M0 0L6 3L0 6Z\" fill=\"%s\"/>"
                "</marker>",
                i, arrows[i].stroke);
    fputs("</defs>\n", out);
}

void
svg_write(FILE *out, const struct svg_panel panels[], int count,
          const struct svg_style *style)
{
    struct svg_layout layout = svg_layout(out, panels, count, style);
    int width = SVG_LEFT + layout.width + SVG_RIGHT;
    int height = SVG_TOP + SVG_LEGEND + (style->curve ? CURVE_HEIGHT : 0);
    double top = SVG_TOP;

    for (int p = 0; p < count; p++)
        height += svg_panel_height(&layout, &panels[p]);
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
            "height=\"%d\" viewBox=\"0 0 %d %d\">\n"
            "<style>text{font:%dpx sans-serif;text-anchor:middle}"
            ".title{font:bold 14px sans-serif;text-anchor:start}"
            ".left{text-anchor:start}.rank{text-anchor:end}"
            ".on{font-size:%dpx}.small{font-size:%dpx;text-anchor:end;"
            "fill:#555}.middle{text-anchor:middle}"
            "rect{stroke:#fff;stroke-width:.5}.idle{fill:#f2f2f2;"
            "stroke:none}.memory{fill:" SVG_HELD ";stroke:none}"
            "%s"
            ".axis{stroke:#555}.curve{fill:none;stroke-width:1.5}"
            ".curve:not(.axis){stroke:#0072b2}.message{stroke-width:1.2;"
            "opacity:.8}"
            "</style>\n"
            "<rect class=\"page\" width=\"100%%\" height=\"100%%\" "
            "fill=\"#fff\"/>\n",
            width, height, width, height, SVG_LARGE, SVG_SMALL, SVG_SMALL,
            panels[0].memory ? ".fixed{fill:" SVG_FIXED ";stroke:none}"
                               ".over{fill:" SVG_OVER ";stroke:none}"
                               ".limit{stroke:" SVG_OVER
                               ";stroke-dasharray:4 2}"
                               ".beyond{fill:" SVG_OVER ";font-weight:bold}"
                             : "");
    if (style->arrows)
        write_arrow_heads(out);
    for (int p = 0; p < count; p++) {
        write_panel(&layout, &panels[p], top);
        top += svg_panel_height(&layout, &panels[p]);
    }
    write_legend(&layout, panels, count, top + 8);
    if (style->curve)
        curve_svg(&layout, style->curve, top + SVG_LEGEND);
    fputs("</svg>\n", out);
}
