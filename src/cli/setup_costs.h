/* setup_costs.h -- the costs of the stages, as the options ask for them. */
#ifndef PIPELAB_CLI_SETUP_COSTS_H
#define PIPELAB_CLI_SETUP_COSTS_H

#include "cli/plan_request.h"

/* Fills setup->cost for the stages of a plan, which may still be empty. data:
 * the training data, or NULL. Returns the exit status, with the cause on
 * failure. */
enum status
setup_take_costs(struct setup *setup, const struct plan_request *request,
                 const struct dataset *data, const struct plan *shape,
                 struct cause *cause);

#endif
