/* posted.h -- receives that are posted early and waited for where they are
 * used, as in the files of PyTorch (torch.distributed.pipelining,
 * compute_comms).
 *
 *   file     1RECV_F0 1RECV_F1 1F0      1F1
 *   means    post F0  post F1  wait F0, wait F1,
 *                              1F0      1F1
 *   so runs  1RECV_F0 1F0      1RECV_F1 1F1 */
#ifndef PIPELAB_PLAN_POSTED_H
#define PIPELAB_PLAN_POSTED_H

#include "plan/plan.h"

/* Moves each RECV of a plan with transfers to just before the first action of
 * its rank that needs what it brings; on each link RECVs keep their order, so
 * one that is needed later may come earlier. A RECV that nothing needs stays.
 * Returns how many moved. */
size_t
posted_settle(struct plan *plan);

#endif
