/* csv.h -- plans as text, one row a rank, one cell an action: the format of
 * torch.distributed.pipelining's _dump_csv and _load_csv. */
#ifndef PIPELAB_PLAN_CSV_H
#define PIPELAB_PLAN_CSV_H

#include "plan/plan.h"

#include <stdio.h>

/* Writes a valid plan. A compute-only plan is written as the course draws it:
 * a column is one tick of unit cost, an empty cell is idle. A lowered plan is
 * written without gaps. STEPs are left out: PyTorch has no cell for them. */
void
csv_write(FILE *out, const struct plan *plan);

/* Cells that were not taken literally. */
struct csv_notes {
    int sharding; /* UNSHARD, RESHARD and REDUCE_GRAD cells; csv_read() leaves
                   * them out */
    int halves;   /* B cells read as I, because there is a W of the same stage
                   * and microbatch, or the file has BW */
};

/* Reads a plan; the caller frees it. Its shape follows from the cells: a row
 * is a rank, the largest stage and microbatch give their numbers, and a stage
 * belongs to the rank of the first row that names it. A file with transfers is
 * read as a lowered plan. doc/plans.md describes the forms of rows and cells.
 * name appears in errors. NULL with the cause if a cell is not an action, a
 * stage is on no rank, or the shape is beyond the limits. The order of the
 * actions is not checked: see program_make(). */
struct plan *
csv_read(FILE *in, const char *name, struct csv_notes *notes,
         struct cause *cause);

/* The same of a table that is still being filled: rows may be empty, and a
 * shape is as large as given, whatever cells are there. A stage that no cell
 * names is put on a rank. */
struct csv_shape {
    int ranks;
    int stages;
    int mbs;
};
struct plan *
csv_read_part(FILE *in, const char *name, struct csv_shape shape,
              struct csv_notes *notes, struct cause *cause);

/* The same as csv_read() with UNSHARD, RESHARD and REDUCE_GRAD as actions of
 * the plan. */
struct plan *
csv_read_sharded(FILE *in, const char *name, struct csv_notes *notes,
                 struct cause *cause);

#endif
