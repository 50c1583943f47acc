/* comparison.h -- schedules of one shape side by side, and how they are
 * shown. */
#ifndef PIPELAB_CLI_COMPARISON_H
#define PIPELAB_CLI_COMPARISON_H

#include "base/json.h"
#include "request/setup.h"
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
    int64_t most_bytes;            /* of activations, on any rank */
    bool fits;                     /* within --max-activations */
};

/* All schedules on one shape. */
struct comparison {
    const struct plan_request *request; /* with the shape of this table */
    struct mlp model;                   /* that the bytes are of */
    int batch;                          /* likewise */
    struct comparison_row *rows;
    int count;
};

/* Prints the table in the format of its options; first of those of a sweep, or
 * not. JSON's are the values of an array that the caller closes. */
void
comparison_print(const struct comparison *table, struct json *json,
                 bool first);

/* Draws the schedules that get through, one beneath the other, into the file
 * of --svg. */
bool
comparison_svg(const struct comparison *table, struct cause *cause);

#endif
