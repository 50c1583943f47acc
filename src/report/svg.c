#include "config.h"

#include "report/svg.h"

#include "base/memory.h"
#include "report/block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Pixels. */
enum {
    WIDTH = 1200, /* of the drawing, without margins */
    LEFT = 80,
    RIGHT = 20,
    TOP = 16,
    TITLE = 40,  /* above each panel: two lines */
    AXIS = 30,   /* beneath each panel */
    LEGEND = 40, /* beneath all */
    LETTER = 7   /* width of a letter of 11 pixels */
};

/* How the panels lie on the page. */
struct layout {
    FILE *out;
    const struct svg_style *style;
    double pixels; /* a unit of the axis */
    double end;    /* of the last span of any panel, in that unit */
    int lane;      /* height of a rank's blocks */
    int strip;     /* height of its memory strip */
    int gap;       /* between ranks */
};

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
};

enum { LEGENDS = sizeof legend / sizeof *legend };

static const char *
fill_of(const struct action *action)
{
    for (int i = 0; i < LEGENDS; i++)
        if (legend[i].kind == action->kind)
            return legend[i].fill;
    return "#ffffff";
}

static void
write_escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '<')
            fputs("&lt;", out);
        else if (c == '>')
            fputs("&gt;", out);
        else if (c == '&')
            fputs("&amp;", out);
        else if (c == '"')
            fputs("&quot;", out);
        else if (c >= 0x20 && c < 0x7f)
            fputc(c, out);
        else
            fputc('?', out); /* no XML character, or not surely UTF-8 */
    }
}

static int
panel_height(const struct layout *layout, const struct svg_panel *panel)
{
    return TITLE + AXIS +
           panel->trace->ranks * (layout->lane + layout->strip + layout->gap);
}

static struct layout
choose_layout(FILE *out, const struct svg_panel panels[], int count,
              const struct svg_style *style)
{
    struct layout layout = {.out = out, .style = style};
    int most = 1;

    for (int p = 0; p < count; p++) {
        const struct trace *trace = panels[p].trace;

        if (trace->ranks > most)
            most = trace->ranks;
        for (int r = 0; r < trace->ranks; r++)
            for (size_t i = 0; i < trace->lanes[r].count; i++) {
                double end = (double)trace->lanes[r].spans[i].end *
                             panels[p].scale;

                if (end > layout.end)
                    layout.end = end;
            }
    }
    if (layout.end <= 0)
        layout.end = 1;
    layout.pixels = WIDTH / layout.end;
    layout.lane = most <= 16 ? 24 : 16;
    layout.strip = most <= 16 ? 10 : 5;
    layout.gap = most <= 16 ? 6 : 3;
    return layout;
}

static double
x_of(const struct layout *layout, const struct svg_panel *panel, int64_t time)
{
    return LEFT + (double)time * panel->scale * layout->pixels;
}

/* The label where it fits, the kind's letter where only that does; a pointer
 * shows the whole cell in any case. */
static void
write_block(const struct layout *layout, const struct svg_panel *panel,
            const struct span *span, double y)
{
    char label[ACTION_CELL_MAX];
    char cell[ACTION_CELL_MAX];
    double x = x_of(layout, panel, span->start);
    double width = x_of(layout, panel, span->end) - x;
    int letters;

    fprintf(layout->out,
            "<rect x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%d\" "
            "fill=\"%s\"><title>%s</title></rect>\n",
            x, y, width, layout->lane, fill_of(&span->action),
            action_cell(&span->action, cell));
    letters = (int)(width / LETTER);
    if (letters < 1)
        return;
    block_label(panel->plan, &span->action, label);
    block_fit(label, letters);
    fprintf(layout->out, "<text x=\"%.2f\" y=\"%.1f\">%s</text>\n",
            x + width / 2, y + layout->lane / 2.0 + 4, label);
}

/* From a time on so many of most activations are alive. */
static void
write_level(const struct layout *layout, const struct svg_panel *panel,
            int64_t time, double base, int live, int most)
{
    fprintf(layout->out, "H%.2fV%.2f", x_of(layout, panel, time),
            base - (double)layout->strip * live / most);
}

/* Live activations as a grey curve; the number at its side is the peak. */
static void
write_strip(const struct layout *layout, const struct svg_panel *panel,
            int rank, int most, double y)
{
    const struct lane *lane = &panel->trace->lanes[rank];
    double base = y + layout->strip;
    int live = 0;

    fprintf(layout->out, "<path class=\"memory\" d=\"M%.2f %.1f",
            x_of(layout, panel, 0), base);
    for (size_t i = 0; i < lane->count; i++) {
        const struct span *span = &lane->spans[i];
        struct action parts[2];
        int count = action_parts(&span->action, parts);
        int taken = live;
        int freed;

        for (int p = 0; p < count; p++)
            taken += action_takes(&parts[p]);
        freed = taken;
        for (int p = 0; p < count; p++)
            freed -= action_frees(&parts[p], panel->trace->trains);
        if (taken != live)
            write_level(layout, panel, span->start, base, taken, most);
        if (freed != taken)
            write_level(layout, panel, span->end, base, freed, most);
        live = freed;
    }
    fprintf(layout->out, "H%d V%.1fZ\"/>\n", LEFT + WIDTH, base);
    fprintf(layout->out,
            "<text class=\"small\" x=\"%d\" y=\"%.1f\">peak %d</text>\n",
            LEFT - 6, base, panel->metrics->rank[rank].peak_activations);
}

static double
lane_y(const struct layout *layout, double top, int rank)
{
    return top + TITLE +
           rank * (layout->lane + layout->strip + layout->gap);
}

/* The end of the computation that made what a SEND at i takes along. */
static int64_t
made_at(const struct lane *lane, size_t i)
{
    while (i > 0 && action_is_transfer(&lane->spans[i].action))
        i--;
    return lane->spans[i].end;
}

/* One line a message, from the SEND's start to the RECV's end: they are the
 * n-th of either kind on their link. */
static void
write_arrows(const struct layout *layout, const struct svg_panel *panel,
             double top)
{
    const struct trace *trace = panel->trace;
    size_t links = (size_t)plan_links(panel->plan);
    size_t mbs = (size_t)panel->plan->mbs;
    double *x = memory_new(links * mbs, sizeof *x);
    int *sent = memory_new(links, sizeof *sent);
    int *received = memory_new(links, sizeof *received);

    for (int pass = 0; pass < 2; pass++)
        for (int r = 0; r < trace->ranks; r++)
            for (size_t i = 0; i < trace->lanes[r].count; i++) {
                const struct span *span = &trace->lanes[r].spans[i];
                enum action_class class =
                    action_class((enum action_kind)span->action.kind);
                size_t link;
                int peer;

                if (class != (pass ? ACTION_CLASS_RECV : ACTION_CLASS_SEND))
                    continue;
                link = (size_t)plan_link(&span->action);
                if (pass == 0) {
                    x[link * mbs + (size_t)sent[link]++] =
                        x_of(layout, panel, made_at(&trace->lanes[r], i));
                    continue;
                }
                peer = plan_peer(panel->plan, &span->action);
                fprintf(layout->out,
                        "<line class=\"message\" x1=\"%.2f\" y1=\"%.1f\" "
                        "x2=\"%.2f\" y2=\"%.1f\"/>\n",
                        x[link * mbs + (size_t)received[link]++],
                        lane_y(layout, top, peer) + layout->lane / 2.0,
                        x_of(layout, panel, span->end),
                        lane_y(layout, top, r) + layout->lane / 2.0);
            }
    free(x);
    free(sent);
    free(received);
}

/* 1, 2 or 5 times a power of ten: about ten of them make the axis. */
static double
tick_distance(double whole)
{
    double power = pow(10.0, floor(log10(whole / 10.0)));
    double rest = whole / 10.0 / power;

    return power * (rest <= 1.0 ? 1.0 : rest <= 2.0 ? 2.0
                                    : rest <= 5.0   ? 5.0
                                                    : 10.0);
}

static void
write_axis(const struct layout *layout, double y)
{
    double whole = layout->end;
    double step = tick_distance(whole);

    for (int i = 0; i * step <= whole * (1 + 1e-9); i++) {
        double x = LEFT + i * step / whole * WIDTH;

        fprintf(layout->out,
                "<line class=\"axis\" x1=\"%.2f\" y1=\"%.1f\" x2=\"%.2f\" "
                "y2=\"%.1f\"/>\n<text class=\"small middle\" x=\"%.2f\" "
                "y=\"%.1f\">%g%s%s</text>\n",
                x, y, x, y + 4, x, y + 15, i * step, i ? "" : " ",
                i ? "" : layout->style->unit);
    }
}

static void
write_panel(const struct layout *layout, const struct svg_panel *panel,
            double top)
{
    const struct metrics *metrics = panel->metrics;
    int most = 0;

    for (int r = 0; r < metrics->ranks; r++)
        if (metrics->rank[r].peak_activations > most)
            most = metrics->rank[r].peak_activations;
    fprintf(layout->out, "<text class=\"title\" x=\"%d\" y=\"%.1f\">", LEFT,
            top + 14);
    write_escaped(layout->out, panel->title);
    fprintf(layout->out,
            "</text>\n<text class=\"figures\" x=\"%d\" y=\"%.1f\">makespan "
            "%.6g %s, bubble %.1f %%, within a rank's span %.1f %%, peak "
            "%d activations, %lld messages</text>\n",
            LEFT, top + 30,
            (double)metrics->makespan * panel->scale,
            layout->style->unit, 100.0 * metrics->bubble_fraction,
            100.0 * metrics->span_bubble, most,
            (long long)metrics->messages);
    for (int r = 0; r < panel->trace->ranks; r++) {
        const struct lane *lane = &panel->trace->lanes[r];
        double y = lane_y(layout, top, r);

        fprintf(layout->out,
                "<text class=\"rank\" x=\"%d\" y=\"%.1f\">rank %d</text>\n"
                "<rect class=\"idle\" x=\"%d\" y=\"%.1f\" width=\"%d\" "
                "height=\"%d\"/>\n",
                LEFT - 6, y + layout->lane / 2.0 + 4, r, LEFT, y, WIDTH,
                layout->lane);
        for (size_t i = 0; i < lane->count; i++)
            if (block_drawn(&lane->spans[i]))
                write_block(layout, panel, &lane->spans[i], y);
        write_strip(layout, panel, r, most, y + layout->lane + 1);
    }
    if (layout->style->arrows)
        write_arrows(layout, panel, top);
    write_axis(layout, lane_y(layout, top, panel->trace->ranks));
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
write_legend(const struct layout *layout, const struct svg_panel panels[],
             int count, double y)
{
    double x = LEFT;

    for (int i = 0; i < LEGENDS; i++) {
        bool occurs = false;

        for (int p = 0; p < count; p++)
            occurs = occurs || is_seen(panels[p].trace, legend[i].kind);
        if (!occurs)
            continue;
        fprintf(layout->out,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"14\" height=\"14\" "
                "fill=\"%s\"/>\n<text class=\"left\" x=\"%.1f\" "
                "y=\"%.1f\">%s</text>\n",
                x, y, legend[i].fill, x + 19, y + 11, legend[i].meaning);
        x += 40 + LETTER * (double)strlen(legend[i].meaning);
    }
    fprintf(layout->out,
            "<rect class=\"memory\" x=\"%.1f\" y=\"%.1f\" width=\"14\" "
            "height=\"14\"/>\n<text class=\"left\" x=\"%.1f\" "
            "y=\"%.1f\">live activations</text>\n",
            x, y, x + 19, y + 11);
}

void
svg_write(FILE *out, const struct svg_panel panels[], int count,
          const struct svg_style *style)
{
    struct layout layout = choose_layout(out, panels, count, style);
    int height = TOP + LEGEND;
    double top = TOP;

    for (int p = 0; p < count; p++)
        height += panel_height(&layout, &panels[p]);
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
            "height=\"%d\" viewBox=\"0 0 %d %d\">\n"
            "<style>text{font:11px sans-serif;text-anchor:middle}"
            ".title{font:bold 14px sans-serif;text-anchor:start}"
            ".figures,.left{text-anchor:start}"
            ".rank{text-anchor:end}.small{font-size:9px;text-anchor:end;"
            "fill:#555}.middle{text-anchor:middle}"
            "rect{stroke:#fff;stroke-width:.5}.idle{fill:#f2f2f2;"
            "stroke:none}.memory{fill:#999;stroke:none}"
            ".axis{stroke:#555}.message{stroke:#333;stroke-width:.7;"
            "opacity:.6}</style>\n"
            "<rect class=\"page\" width=\"100%%\" height=\"100%%\" "
            "fill=\"#fff\"/>\n",
            LEFT + WIDTH + RIGHT, height, LEFT + WIDTH + RIGHT, height);
    for (int p = 0; p < count; p++) {
        write_panel(&layout, &panels[p], top);
        top += panel_height(&layout, &panels[p]);
    }
    write_legend(&layout, panels, count, top + 8);
    fputs("</svg>\n", out);
}
