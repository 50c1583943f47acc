/* block.h -- which spans a timeline draws, and what it writes on them. */
#ifndef PIPELAB_REPORT_BLOCK_H
#define PIPELAB_REPORT_BLOCK_H

#include "plan/plan.h"
#include "trace/trace.h"

#include <stdbool.h>

/* Whether a span is drawn: it takes time and is no transfer. */
bool
block_drawn(const struct span *span);

/* Writes "F3", or "2F3" where ranks own several stages, "F4B2" for an overlap,
 * "S" for a STEP, "U" for an UNSHARD, "R" for a REDUCE_GRAD. Returns the
 * label's length. */
int
block_label(const struct plan *plan, const struct action *action,
            char label[ACTION_CELL_MAX]);

/* The same on two lines, "F" or "2F" above "3"; of an overlap "F4" above "B2";
 * "S" above an empty line. */
void
block_lines(const struct plan *plan, const struct action *action,
            char upper[ACTION_CELL_MAX], char lower[ACTION_CELL_MAX]);

/* Removes the stage from a label; returns the new length. */
int
block_strip(char label[ACTION_CELL_MAX]);

/* Shortens a label of more than room characters: first removes the stage, then
 * all but the kind's letter. Returns the new length. */
int
block_fit(char label[ACTION_CELL_MAX], int room);

#endif
