/* retime.h -- the order of a schedule that is laid out for equal costs, at the
 * costs given.
 *
 * Its memory is what such a schedule promises: on no rank are more activations
 * alive than in its own plan. Its order may differ. */
#ifndef PIPELAB_SEARCH_RETIME_H
#define PIPELAB_SEARCH_RETIME_H

#include "plan/plan.h"
#include "search/search.h"

/* Takes over a plan. Returns it where F, I and W take the same time on all
 * stages and messages take none, or where no list schedule within its memory is
 * shorter. Else returns the shortest one found: neither its makespan nor its
 * period is longer than the plan's. */
struct plan *
retime(struct plan *plan, const struct search_task *task);

#endif
