/* examples.h -- the data set of a training. */
#ifndef PIPELAB_CLI_EXAMPLES_H
#define PIPELAB_CLI_EXAMPLES_H

#include "data/dataset.h"
#include "request/plan_request.h"

/* Reads the data set of --data if the machine has enough memory; test stays
 * empty if there is no test split. */
enum status
examples_read(struct dataset *train, struct dataset *test,
              const struct plan_request *request, struct cause *cause);

#endif
