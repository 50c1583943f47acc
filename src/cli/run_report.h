/* run_report.h -- the page with a run's data in it, for --html.
 *
 *   run_report_begin()   members of the object that the page reads:
 *   panels_json() ...    "command" is there; "panels" must be added, "losses",
 *                        "session" and "tables" may be
 *   run_report_end()     writes the file, whole or not at all */
#ifndef PIPELAB_CLI_RUN_REPORT_H
#define PIPELAB_CLI_RUN_REPORT_H

#include "base/json.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct run_report {
    const char *path; /* borrowed */
    char *text;       /* the data so far */
    size_t size;
    struct json json; /* the object, open */
};

/* Whether there is a page and the file can be written. Call it before the work
 * that makes the data. */
bool
run_report_possible(const char *path, struct cause *cause);

void
run_report_begin(struct run_report *report, const char *path,
                 const char *command);

/* Releases the report in any case. */
bool
run_report_end(struct run_report *report, struct cause *cause);

#endif
