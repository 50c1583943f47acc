/* lanes.c -- chooses how time becomes columns and places the blocks. */
#include "config.h"

#include "report/lanes.h"

#include "base/memory.h"
#include "report/block.h"

#include <math.h>
#include <stdlib.h>

/* A drawing of more lines is not read; and of measured time so many windows
 * show more than enough. */
enum { MOST_LINES = 1500, MEASURED_WINDOWS = 8 };

/* A unit may be a part of the shortest block; of a small one each gets columns
 * of its own. */
enum { MOST_UNITS = 8 };

static int64_t
gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* What the labels and blocks of a trace need. */
struct needs {
    int longest;      /* label */
    int stripped;     /* likewise without the stage */
    int64_t shortest; /* block with a microbatch's number */
    int64_t sum;      /* of all such blocks */
    int64_t count;
};

static void
measure_span(struct lanes *lanes, struct needs *needs, const struct plan *plan,
             const struct span *span)
{
    int64_t length = span->end - span->start;
    char label[ACTION_CELL_MAX];
    int columns = block_label(plan, &span->action, label);

    if (columns > needs->longest)
        needs->longest = columns;
    columns = block_strip(label);
    if (columns > needs->stripped)
        needs->stripped = columns;
    if (span->end > lanes->end)
        lanes->end = span->end;
    lanes->unit = gcd(gcd(lanes->unit, span->start), span->end);
    if (!action_has_mb((enum action_kind)span->action.kind))
        return;
    if (needs->count == 0 || length < needs->shortest)
        needs->shortest = length;
    needs->sum += length;
    needs->count++;
}

static struct needs
lanes_measure(struct lanes *lanes, const struct plan *plan,
              const struct trace *trace)
{
    struct needs needs = {.count = 0};

    for (int r = 0; r < trace->ranks; r++)
        for (size_t i = 0; i < trace->lanes[r].count; i++)
            if (block_drawn(&trace->lanes[r].spans[i]))
                measure_span(lanes, &needs, plan, &trace->lanes[r].spans[i]);
    if (needs.count == 0)
        needs = (struct needs){1, 1, lanes->end, lanes->end, 1};
    return needs;
}

/* Cells of a width that holds every label, if one window has room for them. */
static bool
fits_window(struct lanes *lanes, int width, int longest)
{
    int64_t units = lanes->end / lanes->unit;

    if (units > width / longest)
        return false;
    lanes->gap = units <= width / (longest + 1);
    lanes->cell = longest + lanes->gap;
    lanes->window = (int)units * lanes->cell;
    return true;
}

/* As many columns for a tick as the shortest block needs. */
static void
take_windows(struct lanes *lanes, const struct needs *needs, int width)
{
    int64_t units = needs->shortest / lanes->unit;
    int label = needs->longest + 1;

    lanes->gap = true;
    lanes->stages = true;
    lanes->window = width;
    lanes->factor = (double)label / (double)needs->shortest;
    if (units > MOST_UNITS)
        return;
    lanes->cell = (int)((label + units - 1) / units);
    if (lanes->cell < width)
        lanes->window = width / lanes->cell * lanes->cell;
}

/* Of measured time the mean block has room for its label. */
static void
take_measured(struct lanes *lanes, const struct needs *needs, int width)
{
    double mean = (double)needs->sum / (double)needs->count;
    double whole = (double)width / (double)lanes->end; /* in one window */

    lanes->gap = true;
    lanes->stages = true;
    lanes->window = width;
    lanes->factor = fmin(MEASURED_WINDOWS * whole,
                         fmax(whole, (needs->longest + 1) / mean));
}

static void
choose_scale(struct lanes *lanes, const struct needs *needs, bool measured,
             int width)
{
    if (measured)
        take_measured(lanes, needs, width);
    else if (fits_window(lanes, width, needs->longest))
        lanes->stages = true;
    else if (!fits_window(lanes, width, needs->stripped))
        take_windows(lanes, needs, width);
}

/* All of it in one window. */
static void
overlook(struct lanes *lanes, int width)
{
    lanes->cell = 0;
    lanes->gap = lanes->stages = false;
    lanes->overview = true;
    lanes->window = width;
    lanes->factor = (double)width / (double)lanes->end;
}

int
lanes_column(const struct lanes *lanes, int64_t time)
{
    time -= lanes->begin;
    if (lanes->cell)
        return (int)(time / lanes->unit) * lanes->cell;
    return (int)((double)time * lanes->factor + 0.5);
}

int64_t
lanes_time(const struct lanes *lanes, int column)
{
    if (lanes->cell)
        return column / lanes->cell * lanes->unit;
    return (int64_t)((double)column / lanes->factor + 0.5);
}

/* Whether so many columns of every rank can be read. */
static bool
can_be_read(const struct lanes *lanes, double columns)
{
    return columns / lanes->window * (lanes->ranks + 1) <= MOST_LINES;
}

/* Columns that a block needs at least. */
static int
least_columns(const struct lanes *lanes, const struct plan *plan,
              const struct span *span)
{
    char label[ACTION_CELL_MAX];

    return lanes->overview ? 0 : block_label(plan, &span->action, label) + 1;
}

static void
place(struct lanes *lanes, const struct plan *plan, const struct trace *trace,
      bool measured)
{
    lanes->columns = 0;
    for (int r = 0; r < trace->ranks; r++) {
        struct lanes_row *row = &lanes->rows[r];
        int free = 0; /* the first column that no block has */

        row->count = 0;
        for (size_t i = 0; i < trace->lanes[r].count; i++) {
            const struct span *span = &trace->lanes[r].spans[i];
            struct lanes_block block = {span, lanes_column(lanes, span->start),
                                        lanes_column(lanes, span->end)};
            int least = measured ? least_columns(lanes, plan, span) : 0;

            if (!block_drawn(span))
                continue;
            if (block.from < free)
                block.from = free;
            if (block.to < block.from + least)
                block.to = block.from + least;
            free = block.to;
            row->blocks[row->count++] = block;
        }
        if (free > lanes->columns)
            lanes->columns = free;
    }
}

void
lanes_init(struct lanes *lanes, const struct plan *plan,
           const struct trace *trace, bool measured, int width)
{
    struct needs needs;
    double whole;

    *lanes = (struct lanes){.ranks = trace->ranks};
    lanes->rows = memory_new((size_t)trace->ranks, sizeof *lanes->rows);
    needs = lanes_measure(lanes, plan, trace);
    if (measured) {
        lanes->begin = trace_begin(trace);
        lanes->end -= lanes->begin;
    }
    if (lanes->end == 0)
        return;
    for (int r = 0; r < trace->ranks; r++)
        lanes->rows[r].blocks =
            memory_new(trace->lanes[r].count, sizeof(struct lanes_block));
    choose_scale(lanes, &needs, measured, width);
    whole = lanes->cell ? (double)(lanes->end / lanes->unit) * lanes->cell
                        : (double)lanes->end * lanes->factor;
    if (can_be_read(lanes, whole))
        place(lanes, plan, trace, measured);
    if (lanes->columns == 0 || !can_be_read(lanes, lanes->columns)) {
        overlook(lanes, width);
        place(lanes, plan, trace, measured);
    }
}

void
lanes_fini(struct lanes *lanes)
{
    for (int r = 0; r < lanes->ranks; r++)
        free(lanes->rows[r].blocks);
    free(lanes->rows);
}
