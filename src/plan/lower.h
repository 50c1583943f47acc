/* lower.h -- turns a plan of computations into one that can run: adds the
 * transfers and the optimizer steps.
 *
 *   compute-only:            1F3                       1B3
 *   lowered:      1RECV_F3   1F3   1SEND_F3  1RECV_B3  1B3  1SEND_B3 .. 1STEP
 *
 * A SEND stands immediately after the action that makes its tensor. The RECVs
 * of a link stand in the order of its SENDs. Each stands immediately before
 * the first action that needs it or a later message of the link: if the
 * receiver uses messages in another order, some wait in its memory. Nothing is
 * sent between two stages of one rank. A plan with backwards ends each rank's
 * list with the STEPs of its stages, in stage order; STEPs that it has already
 * stay in place. Where stages have two copies each rank ends with
 *
 *   0SEND_G0 3SEND_G1  0RECV_G1 3RECV_G0  0STEP 3STEP     (rank 0 of 4) */
#ifndef PIPELAB_PLAN_LOWER_H
#define PIPELAB_PLAN_LOWER_H

#include "plan/plan.h"

/* A new plan; the caller frees it. No action stands in the given plan twice. A
 * lowered plan is copied, and missing STEPs are added. */
struct plan *
lower(const struct plan *plan);

/* The same with the transfers in an order that needs no slots, as in PyTorch's
 * compute_comms: where a computation ends that feeds another rank, its SEND
 * comes next in its own list and the RECV in that of the other rank, which may
 * be long before its use.
 *
 *   rank 0: 0F0 0SEND_F0 0F1 0SEND_F1 ..
 *   rank 1: 1RECV_F0 1F0 1RECV_F1 1B0 1SEND_B0 1F1 ..
 *
 * What ends when is taken from a run in which each computation takes one tick.
 * A SEND and its RECV are at one place of this order of all actions, so no two
 * ranks wait for each other on links of capacity 0. Transfers that the plan has
 * already are placed anew. The plan runs with links that are large enough. */
struct plan *
lower_to_meet(const struct plan *plan);

/* The transfer that a simple action needs before it, or makes after it; false
 * if its neighbour lives on the same rank. */
bool
lower_transfer(const struct plan *plan, const struct action *part, bool before,
               struct action *transfer);

#endif
