/* comparison.h -- schedules of one shape side by side. */
#ifndef PIPELAB_REQUEST_COMPARISON_H
#define PIPELAB_REQUEST_COMPARISON_H

#include "base/json.h"
#include "request/setup.h"
#include "request/tick.h"
#include "sim/draws.h"
#include "sim/forecast.h"

#include <stdbool.h>
#include <stdint.h>

/* What one schedule comes to. */
struct comparison_row {
    struct setup setup;
    struct forecast forecast;
    struct draws draws;            /* with --jitter, else zero */
    double peak;                   /* activations, of the rank with most */
    struct memory_summary *memory; /* ranks */
    struct memory_chart chart;     /* of --model */
    int64_t most_bytes;            /* of activations, on any rank */
    int64_t most_total;            /* of all that any rank holds */
    bool fits;                     /* within --max-activations */
};

/* The bytes of a row's column: of all that the fullest rank holds of the user's
 * model, or of its activations of ours, whose weights are no choice. */
static inline int64_t
comparison_bytes(const struct comparison_row *row)
{
    return row->setup.model ? row->most_total : row->most_bytes;
}

/* All schedules on one shape. */
struct comparison {
    const struct plan_request *request; /* with the shape of this table */
    struct mlp model;                   /* that the bytes are of */
    int batch;                          /* likewise */
    struct comparison_row *rows;
    int count;
};

/* Whether the options name a column to sort by and schedules that there are. */
bool
comparison_suits(const struct options *options, struct cause *cause);

/* Adds every schedule that is wanted and fits the shape of table->request, and
 * the file of --load, and sorts them; the rest of the table is all zero.
 * misfits receives the names of the others, each after a blank. A table may be
 * empty. Release with comparison_fini() in any case. */
enum status
comparison_make(struct comparison *table, char *misfits, size_t size,
                struct cause *cause);
void
comparison_fini(struct comparison *table);

/* The failure that a table is empty. */
enum status
comparison_none(const struct plan_request *request, struct cause *cause);

/* What a tick is in this table; in a sweep of microbatches that differs. */
enum { COMPARISON_TICK = 2 * TICK_TEXT };
const char *
comparison_tick(const struct comparison *table, char text[COMPARISON_TICK]);

/* Prints a table that is not empty as an object. */
void
comparison_json(struct json *json, const struct comparison *table);

#endif
