/* svg_layout.h -- how the panels of an SVG picture lie on the page; all lengths
 * are in pixels. */
#ifndef PIPELAB_REPORT_SVG_LAYOUT_H
#define PIPELAB_REPORT_SVG_LAYOUT_H

#include "report/svg.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
    SVG_LEFT = 80,
    SVG_RIGHT = 20,
    SVG_TOP = 16,
    SVG_TITLE = 40,  /* above each panel: two lines */
    SVG_LANE = 24,   /* a rank's blocks */
    SVG_AXIS = 30,   /* beneath each panel */
    SVG_LEGEND = 62, /* beneath all: two lines */
    SVG_LARGE = 11,  /* letters, and those of two lines on a block */
    SVG_SMALL = 9,
    SVG_PAD = 4 /* of a block that its label leaves free */
};

/* Colours of what a rank holds. */
#define SVG_HELD "#999"  /* activations */
#define SVG_FIXED "#555" /* what stays through a step */
#define SVG_OVER "#d33"  /* what is over the limit */

struct svg_layout {
    FILE *out;
    const struct svg_style *style;
    double end;  /* of the last span of any panel, in the axis's unit */
    int width;   /* of the drawing */
    double most; /* at a strip's full height; see svg_memory.h */
    int strip;   /* height of a rank's memory strip */
    int gap;     /* between ranks */
};

/* Chooses a layout that all panels share. */
struct svg_layout
svg_layout(FILE *out, const struct svg_panel panels[], int count,
           const struct svg_style *style);

/* Where a time of the panel's trace is. */
double
svg_x(const struct svg_layout *layout, const struct svg_panel *panel,
      int64_t time);

/* The upper edge of a rank's lane in a panel that begins at top. */
double
svg_lane_y(const struct svg_layout *layout, double top, int rank);

int
svg_panel_height(const struct svg_layout *layout,
                 const struct svg_panel *panel);

/* Writes a text that is not escaped; class " class=\"small\"" or "". */
void
svg_text(const struct svg_layout *layout, const char *class, double x,
         double y, const char *text);

/* A colour and what it stands for; returns where the next entry begins. */
double
svg_legend_entry(const struct svg_layout *layout, double x, double y,
                 const char *fill, const char *meaning);

/* About what a sans-serif font takes. */
double
svg_text_width(const char *text, int size);

#endif
