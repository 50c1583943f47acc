/* lanes.h -- which columns of text the blocks of a timeline take.
 *
 *   time     0    1    2         4         5
 *   columns  F0 - F1 - B0------- F2 -      ...
 *            |<------ window ------>|<------ window ------>|
 *
 * Where all fits one window, a unit of time has so many columns; else as many
 * as the shortest block needs for its label, and the drawing has several
 * windows. Measured time has no units: there a block that is too short for its
 * label takes the columns that it needs, and what follows it on its rank
 * moves. Only a drawing of too many lines is scaled to one window, without
 * regard to labels. */
#ifndef PIPELAB_REPORT_LANES_H
#define PIPELAB_REPORT_LANES_H

#include "plan/plan.h"
#include "trace/trace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lanes_block {
    const struct span *span;
    int from; /* columns from .. to-1 of the whole drawing */
    int to;
};

struct lanes_row {
    struct lanes_block *blocks;
    size_t count;
};

struct lanes {
    int ranks;
    struct lanes_row *rows; /* ranks */
    int64_t begin; /* time of column 0: of a clock's, the first block */
    int64_t end;   /* of the last block, from begin on; 0: nothing to draw */
    int64_t unit;  /* ticks that all blocks are multiples of */
    int cell;      /* columns of a unit, or 0: of a tick, factor */
    double factor; /* likewise, where cell is 0 */
    bool gap;      /* the last column of a block stays empty */
    bool stages;   /* labels name the stage, if ranks own several */
    bool overview; /* labels need not fit */
    int columns;   /* of the whole drawing */
    int window;    /* of a window */
};

/* Places the blocks of a trace; measured: its time is that of a clock. width:
 * columns that there are for a window. Release with lanes_fini(). */
void
lanes_init(struct lanes *lanes, const struct plan *plan,
           const struct trace *trace, bool measured, int width);
void
lanes_fini(struct lanes *lanes);

/* The column of a time, and the time from begin on to a column. */
int
lanes_column(const struct lanes *lanes, int64_t time);
int64_t
lanes_time(const struct lanes *lanes, int column);

#endif
