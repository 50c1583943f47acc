/* csv.h -- plans as text, one row a rank, one cell an action: the format of
 * torch.distributed.pipelining's _dump_csv and _load_csv. */
#ifndef PIPELAB_PLAN_CSV_H
#define PIPELAB_PLAN_CSV_H

#include "plan/plan.h"

#include <stdio.h>

/* Writes a valid plan, a compute-only one as the course draws it: a column is
 * one tick of unit cost and an empty cell is idle. A lowered plan is written
 * without gaps. STEPs are left out: PyTorch has no cell for them. */
void
csv_write(FILE *out, const struct plan *plan);

/* What was not read as it stands. */
struct csv_notes {
    int sharding; /* UNSHARD, RESHARD and REDUCE_GRAD cells left out: nothing is
                   * sharded here */
    int halves;   /* B cells read as I: they have a W of the same stage and
                   * microbatch, or the file has BW */
};

/* Reads a plan that the caller frees. The shape follows from the cells: rows
 * are ranks, the largest stage and microbatch set their numbers, a stage lives
 * on the rank of the first row that names it. A file with transfers is taken
 * as lowered. doc/plans.md tells which forms of rows and cells are read. name
 * appears in errors, which are NULL with the cause: a cell that is none, a
 * stage that nobody has, a shape beyond the limits. Whether the plan is any
 * good, program_make() tells. */
struct plan *
csv_read(FILE *in, const char *name, struct csv_notes *notes,
         struct cause *cause);

#endif
