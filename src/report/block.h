/* block.h -- which spans a timeline draws, and what it writes on them. */
#ifndef PIPELAB_REPORT_BLOCK_H
#define PIPELAB_REPORT_BLOCK_H

#include "plan/plan.h"
#include "trace/trace.h"

#include <stdbool.h>

/* Computations and optimizer steps that take any time. */
bool
block_drawn(const struct span *span);

/* "F3", or "2F3" where ranks own several stages, "F4B2" for an overlap, "S".
 * Returns its length. */
int
block_label(const struct plan *plan, const struct action *action,
            char label[ACTION_CELL_MAX]);

/* The same on two lines: the kind, behind the stage where ranks own several,
 * and the microbatch beneath it; of an overlap its two halves; "S" and
 * nothing. */
void
block_lines(const struct plan *plan, const struct action *action,
            char upper[ACTION_CELL_MAX], char lower[ACTION_CELL_MAX]);

/* Takes the stage off a label; returns its length then. */
int
block_strip(char label[ACTION_CELL_MAX]);

/* Shortens a label of more than room letters: first by its stage, then to the
 * kind's letter alone. Returns its length then. */
int
block_fit(char label[ACTION_CELL_MAX], int room);

#endif
