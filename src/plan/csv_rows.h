/* csv_rows.h -- reads the rows of a plan as text: lines, separators, a header,
 * an index. csv_cell.h reads the cells. */
#ifndef PIPELAB_PLAN_CSV_ROWS_H
#define PIPELAB_PLAN_CSV_ROWS_H

#include "plan/csv_cell.h"

#include <stdio.h>

/* The line before the rows of a plan whose stages have two copies. */
#define CSV_TWO_COPIES "# two copies of each stage"

struct csv_rows {
    bool two_copies;
    struct action_list *at; /* one a rank */
    size_t count;
    size_t room;
    struct csv_cells cells;
};

/* Reads all rows up to the last one that has a cell. name appears in errors.
 * *rows is zeroed by the caller, who releases it with csv_rows_fini(), also
 * after a failure. */
bool
csv_rows_read(struct csv_rows *rows, FILE *in, const char *name,
              struct cause *cause);
void
csv_rows_fini(struct csv_rows *rows);

#endif
