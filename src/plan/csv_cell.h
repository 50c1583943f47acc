/* csv_cell.h -- what the text of one cell means: the actions in it, in the
 * forms that PyTorch's versions write. */
#ifndef PIPELAB_PLAN_CSV_CELL_H
#define PIPELAB_PLAN_CSV_CELL_H

#include "plan/plan.h"

#include <stdint.h>

/* How many cells of some kinds have been read. */
struct csv_cells {
    int sharding; /* UNSHARD, RESHARD, REDUCE_GRAD: left out */
    int whole;    /* BW */
};

/* Adds a cell's actions to a row, at this column. A BW becomes a B that has
 * ACTION_BACKWARD_WEIGHT as pair_kind, which the caller takes away. The cell is
 * not empty and has no blanks around it. On false, why says what is wrong and what to write. */
bool
csv_cell_read(const char *cell, struct action_list *row, uint32_t column,
              struct csv_cells *cells, struct cause *why);

#endif
