/* tuned.h -- prints what a search found: rows with the command that shows each,
 * and the front of period against memory. */
#ifndef PIPELAB_CLI_TUNED_H
#define PIPELAB_CLI_TUNED_H

#include "request/options.h"
#include "cluster/cluster.h"
#include "cluster/model.h"
#include "search/tune.h"

#include "base/error.h"

#include <stdbool.h>

struct tuned {
    const struct options *options;
    const struct tune_task *task;
    const struct tune_result *result;
    int64_t memory; /* bytes of a rank; 0 for any number */
    const struct model *model;
    const struct cluster *cluster;
};

/* In the format that is asked for. */
void
tuned_print(const struct tuned *tuned);

/* Periods by bytes, and the front as a line, into the file of --svg. */
bool
tuned_svg(const struct tuned *tuned, struct cause *cause);

/* Why there is no row. */
void
tuned_explain_none(const struct tuned *tuned, struct cause *cause);

#endif
