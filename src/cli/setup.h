/* setup.h -- from options to what the commands work with. Each function says
 * why not on failure and which status to end with. */
#ifndef PIPELAB_CLI_SETUP_H
#define PIPELAB_CLI_SETUP_H

#include "cli/options.h"
#include "cli/status.h"
#include "data/dataset.h"
#include "report/json.h"
#include "schedule/check.h"
#include "schedule/cost.h"
#include "schedule/plan.h"

/* A plan that has been checked, with its costs. */
struct setup {
    struct plan *plan;    /* as the policy or the file has it */
    struct check check;
    const struct plan *lowered; /* the check's */
    struct cost cost;
};

/* Makes or loads the plan, checks and lowers it, reads the costs. Prints
 * remarks on stderr. On success release with setup_fini(). */
enum status
setup_plan(struct setup *setup, const struct options *options,
           struct cause *cause);
void
setup_fini(struct setup *setup);

/* The data set of --data; test is left empty where there is none. */
enum status
setup_data(struct dataset *train, struct dataset *test,
           const struct options *options, struct cause *cause);

/* Prints "pipelab: " and the cause on stderr; returns status. */
int
complain(enum status status, const struct cause *cause);

/* schedule, ranks, stages, microbatches, as members of the open object. */
void
setup_json(struct json *json, const struct plan *plan);

#endif
