/* svg_layout.c -- chooses how wide and how high the parts of an SVG picture
 * are. */
#include "config.h"

#include "report/svg_layout.h"

#include "report/block.h"
#include "report/svg_memory.h"

/* Of the drawing, without margins. */
enum { LEAST_WIDTH = 1200, MOST_WIDTH = 8000 };

double
svg_text_width(const char *text, int size)
{
    double ems = 0.0;

    for (; *text; text++)
        ems += *text == 'W' ? 1.0 : 0.65;
    return ems * size;
}

static double
larger(double a, double b)
{
    return a > b ? a : b;
}

int
svg_panel_height(const struct svg_layout *layout,
                 const struct svg_panel *panel)
{
    return SVG_TITLE + SVG_AXIS +
           panel->trace->ranks * (SVG_LANE + layout->strip + layout->gap);
}

double
svg_lane_y(const struct svg_layout *layout, double top, int rank)
{
    return top + SVG_TITLE + rank * (SVG_LANE + layout->strip + layout->gap);
}

double
svg_x(const struct svg_layout *layout, const struct svg_panel *panel,
      int64_t time)
{
    return SVG_LEFT + larger((double)(time - panel->begin), 0.0) *
                          panel->scale / layout->end * layout->width;
}

/* Blocks of one kind in all panels, in the axis's unit. */
struct extent {
    double sum;
    int count;
    double label; /* pixels that the longest label needs on two lines */
};

static void
measure_block(struct extent *extent, const struct svg_panel *panel,
              const struct span *span)
{
    char upper[ACTION_CELL_MAX];
    char lower[ACTION_CELL_MAX];

    block_lines(panel->plan, &span->action, upper, lower);
    extent->sum += (double)(span->end - span->start) * panel->scale;
    extent->count++;
    extent->label = larger(extent->label, svg_text_width(upper, SVG_SMALL));
    extent->label = larger(extent->label, svg_text_width(lower, SVG_SMALL));
}

/* So wide that a kind's blocks have room for their labels, on the average. */
static int
choose_width(double end, const struct extent extents[ACTION_KINDS])
{
    double width = LEAST_WIDTH;

    for (int k = 0; k < ACTION_KINDS; k++)
        if (extents[k].count > 0 && action_has_mb((enum action_kind)k))
            width = larger(width, end * (extents[k].label + SVG_PAD) *
                                      extents[k].count / extents[k].sum);
    return width < MOST_WIDTH ? (int)width : MOST_WIDTH;
}

void
svg_text(const struct svg_layout *layout, const char *class, double x,
         double y, const char *text)
{
    fprintf(layout->out, "<text%s x=\"%.2f\" y=\"%.1f\">%s</text>\n", class, x,
            y, text);
}

double
svg_legend_entry(const struct svg_layout *layout, double x, double y,
                 const char *fill, const char *meaning)
{
    fprintf(layout->out,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"14\" height=\"14\" "
            "fill=\"%s\"/>\n",
            x, y, fill);
    svg_text(layout, " class=\"left\"", x + 19, y + 11, meaning);
    return x + 40 + svg_text_width(meaning, SVG_LARGE);
}

struct svg_layout
svg_layout(FILE *out, const struct svg_panel panels[], int count,
           const struct svg_style *style)
{
    struct svg_layout layout = {.out = out,
                                .style = style,
                                .most = panels[0].memory ? 1 : ACTIVATION_ONE};
    struct extent extents[ACTION_KINDS] = {{.count = 0}};
    int ranks = 1;

    for (int p = 0; p < count; p++) {
        const struct trace *trace = panels[p].trace;

        if (trace->ranks > ranks)
            ranks = trace->ranks;
        layout.most = larger(layout.most, svg_memory_most(&panels[p]));
        for (int r = 0; r < trace->ranks; r++) {
            const struct lane *lane = &trace->lanes[r];

            for (size_t i = 0; i < lane->count; i++) {
                const struct span *span = &lane->spans[i];

                layout.end =
                    larger(layout.end, (double)(span->end - panels[p].begin) *
                                           panels[p].scale);
                if (block_drawn(span))
                    measure_block(&extents[span->action.kind], &panels[p],
                                  span);
            }
        }
    }
    if (layout.end <= 0)
        layout.end = 1;
    layout.width = choose_width(layout.end, extents);
    layout.strip = ranks <= 16 ? 10 : 6;
    if (panels[0].memory)
        layout.strip *= 3;
    layout.gap = ranks <= 16 ? 6 : 4;
    return layout;
}
