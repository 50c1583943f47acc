/* svg_memory.h -- the strips under the lanes of an SVG picture: activations in
 * flight, or, where a panel has a memory chart, bytes.
 *
 *   limit   - - - - - - - - - - - - - -
 *                 ___      ___________     over the limit: in red
 *           _____|   |____|                activations
 *           ===========================    what stays through a step
 */
#ifndef PIPELAB_REPORT_SVG_MEMORY_H
#define PIPELAB_REPORT_SVG_MEMORY_H

#include "report/svg_layout.h"

/* What the strips of a panel's ranks reach, and the limit where it is not far
 * above that: in bytes, or in millionths of an activation. */
double
svg_memory_most(const struct svg_panel *panel);

/* The strip of a rank beneath y; the text at its side is the peak. */
void
svg_memory_strip(const struct svg_layout *layout,
                 const struct svg_panel *panel, int rank, double y);

/* The entries of the legend from x on. */
void
svg_memory_legend(const struct svg_layout *layout,
                  const struct svg_panel panels[], int count, double x,
                  double y);

#endif
