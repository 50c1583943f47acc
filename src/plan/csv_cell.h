/* csv_cell.h -- reads the text of one cell as actions, in the forms that
 * PyTorch's versions write. */
#ifndef PIPELAB_PLAN_CSV_CELL_H
#define PIPELAB_PLAN_CSV_CELL_H

#include "plan/plan.h"

#include <stdint.h>

/* Number of cells of these kinds that were read. */
struct csv_cells {
    bool sharded; /* keep the next; set by the caller */
    int sharding; /* UNSHARD, RESHARD, REDUCE_GRAD */
    int whole;    /* BW */
};

/* Adds a cell's actions to a row, at this column. A BW becomes a B whose
 * pair_kind is ACTION_BACKWARD_WEIGHT; the caller resets it. The cell is not
 * empty and has no blanks around it. On false, why says what is wrong and what
 * to write. */
bool
csv_cell_read(const char *cell, struct action_list *row, uint32_t column,
              struct csv_cells *cells, struct cause *why);

#endif
