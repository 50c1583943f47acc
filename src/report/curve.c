/* curve.c -- plots a series of numbers in text and as SVG. */
#include "config.h"

#include "report/curve.h"

#include <math.h>
#include <string.h>

/* Of the plot of text: its rows, columns at most, and columns before it. */
enum { ROWS = 6, MOST_COLUMNS = 60, AXIS = 12 };

/* The plot of a panel, from its top; points of a line at most. */
enum { PLOT_TOP = 28, PLOT_HEIGHT = 110, MOST_POINTS = 400 };

/* Means of the numbers that fall into each column; NAN of none. */
struct plot {
    double means[MOST_POINTS];
    int columns;
    double least;
    double most;
    bool logarithmic; /* they differ by more than a hundred times */
};

static void
reduce(struct plot *plot, const struct curve *curve, int columns)
{
    plot->columns = columns < curve->count ? columns : curve->count;
    plot->least = INFINITY;
    plot->most = -INFINITY;
    for (int c = 0; c < plot->columns; c++) {
        int64_t count = curve->count;
        int from = (int)(c * count / plot->columns);
        int to = (int)((c + 1) * count / plot->columns);
        double sum = 0.0;
        int finite = 0;

        for (int i = from; i < to; i++)
            if (isfinite(curve->values[i])) {
                sum += curve->values[i];
                finite++;
            }
        plot->means[c] = finite > 0 ? sum / finite : NAN;
        plot->least = fmin(plot->least, plot->means[c]);
        plot->most = fmax(plot->most, plot->means[c]);
    }
    plot->logarithmic = plot->least > 0.0 && plot->most > 100.0 * plot->least;
}

/* Whether there is a curve to draw. */
static bool
is_drawable(const struct curve *curve, const struct plot *plot)
{
    return curve->count > 1 && plot->least <= plot->most;
}

static const char *
scale_of(const struct plot *plot)
{
    return plot->logarithmic ? ", on a logarithmic scale" : "";
}

/* How far below the top a mean is, 0 .. 1. */
static double
depth(const struct plot *plot, double mean)
{
    if (plot->logarithmic)
        return log(plot->most / mean) / log(plot->most / plot->least);
    return plot->most > plot->least
               ? (plot->most - mean) / (plot->most - plot->least)
               : 0.0;
}

void
curve_print(FILE *out, const struct curve *curve, int width)
{
    struct plot plot;
    int room = width - AXIS < MOST_COLUMNS ? width - AXIS : MOST_COLUMNS;

    reduce(&plot, curve, room > 1 ? room : 2);
    if (!is_drawable(curve, &plot))
        return;
    fprintf(out, "%s of steps %d to %d%s\n", curve->name, curve->first,
            curve->first + curve->count - 1, scale_of(&plot));
    for (int row = 0; row < ROWS; row++) {
        char line[MOST_COLUMNS + 1];
        int used = 0;

        for (int c = 0; c < plot.columns; c++) {
            bool here =
                isfinite(plot.means[c]) &&
                (int)(depth(&plot, plot.means[c]) * (ROWS - 1) + 0.5) == row;

            line[c] = here ? '*' : ' ';
            if (here)
                used = c + 1;
        }
        line[used] = '\0';
        if (row == 0 || row == ROWS - 1)
            fprintf(out, "%*.4g |%s\n", AXIS - 2,
                    row == 0 ? plot.most : plot.least, line);
        else
            fprintf(out, "%*s |%s\n", AXIS - 2, "", line);
    }
}

static void
svg_number(const struct svg_layout *layout, const char *class, double x,
           double y, double number)
{
    fprintf(layout->out,
            "<text class=\"%s\" x=\"%.2f\" y=\"%.1f\">%.4g</text>\n", class, x,
            y, number);
}

void
curve_svg(const struct svg_layout *layout, const struct curve *curve,
          double top)
{
    double base = top + PLOT_TOP + PLOT_HEIGHT;
    struct plot plot;
    FILE *out = layout->out;
    bool begun = false;

    reduce(&plot, curve, MOST_POINTS);
    if (!is_drawable(curve, &plot))
        return;
    fprintf(out,
            "<text class=\"title\" x=\"%d\" y=\"%.1f\">%s of steps %d to "
            "%d%s</text>\n<path class=\"curve\" d=\"",
            SVG_LEFT, top + 14, curve->name, curve->first,
            curve->first + curve->count - 1, scale_of(&plot));
    for (int c = 0; c < plot.columns; c++) {
        bool finite = isfinite(plot.means[c]);

        if (finite)
            fprintf(out, "%c%.2f %.2f", begun ? 'L' : 'M',
                    SVG_LEFT + (c + 0.5) * layout->width / plot.columns,
                    top + PLOT_TOP +
                        depth(&plot, plot.means[c]) * PLOT_HEIGHT);
        begun = finite;
    }
    fprintf(out, "\"/>\n<path class=\"curve axis\" d=\"M%d %.1fV%.1fH%d\"/>\n",
            SVG_LEFT, top + PLOT_TOP, base, SVG_LEFT + layout->width);
    svg_number(layout, "small", SVG_LEFT - 6, top + PLOT_TOP + 4, plot.most);
    svg_number(layout, "small", SVG_LEFT - 6, base, plot.least);
    svg_number(layout, "small middle", SVG_LEFT, base + 15, curve->first);
    svg_number(layout, "small middle", SVG_LEFT + layout->width, base + 15,
               curve->first + curve->count - 1);
}
