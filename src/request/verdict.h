/* verdict.h -- what the check says of a plan. */
#ifndef PIPELAB_REQUEST_VERDICT_H
#define PIPELAB_REQUEST_VERDICT_H

#include "request/setup.h"

/* Schedule and shape, smallest_capacity, messages, ascending_weight_gradients,
 * peak_activations, as members of the open object; then lowered, rank_of_stage
 * and plan of the plan that is shown, unless that is NULL. */
void
verdict_json(struct json *json, const struct setup *setup,
             const struct plan *shown);

#endif
