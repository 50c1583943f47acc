/* csv_rows.h -- the rows of a plan as text: lines, separators, a header, an
 * index; what a cell means is csv_cell.h's. */
#ifndef PIPELAB_PLAN_CSV_ROWS_H
#define PIPELAB_PLAN_CSV_ROWS_H

#include "plan/csv_cell.h"

#include <stdio.h>

struct csv_rows {
    struct action_list *at; /* a rank */
    size_t count;
    size_t room;
    struct csv_cells cells;
};

/* Reads all rows up to the last that has a cell. name appears in errors. rows
 * is zeroed before; release it with csv_rows_fini(), also after a failure. */
bool
csv_rows_read(struct csv_rows *rows, FILE *in, const char *name,
              struct cause *cause);
void
csv_rows_fini(struct csv_rows *rows);

#endif
