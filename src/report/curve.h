/* curve.h -- a series of numbers, such as the loss of every step, as a small
 * plot: in text, and as the lowest panel of an SVG picture.
 *
 *   loss of steps 0 to 49
 *     0.6941 |*****
 *            |     ***
 *    0.00289 |        ****
 *
 * A column is the mean of the numbers that fall into it; a number that is not
 * finite leaves its column empty. */
#ifndef PIPELAB_REPORT_CURVE_H
#define PIPELAB_REPORT_CURVE_H

#include "report/svg_layout.h"

#include <stdio.h>

struct curve {
    const char *name;     /* "loss" */
    const double *values; /* count, one a step */
    int count;
    int first; /* number of the first step */
};

/* Prints the plot, no wider than width columns; nothing of fewer than two
 * steps. */
void
curve_print(FILE *out, const struct curve *curve, int width);

enum { CURVE_HEIGHT = 170 }; /* of the panel, pixels */

/* Draws the panel, which begins at top. */
void
curve_svg(const struct svg_layout *layout, const struct curve *curve,
          double top);

#endif
