/* dealt.h -- the examples of a run in several processes: process 0 reads them,
 * and each other one gets what its stages need. */
#ifndef PIPELAB_CLI_DEALT_H
#define PIPELAB_CLI_DEALT_H

#include "data/dataset.h"
#include "plan/plan.h"
#include "request/plan_request.h"
#include "runtime/world.h"

/* As examples_read() does; but other processes than 0 get the sizes alone. */
enum status
dealt_read(struct dataset *train, struct dataset *test,
           const struct plan_request *request, struct cause *cause);

/* Gives the values to the processes in which stage 0 lives, of any replica, and
 * the labels to those of the last stage; process 0 drops what it does not need.
 * world: of this replica. */
void
dealt_send(struct dataset *set, const struct plan *plan,
           const struct world *world);

#endif
