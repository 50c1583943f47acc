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
 * stay in place. */
#ifndef PIPELAB_PLAN_LOWER_H
#define PIPELAB_PLAN_LOWER_H

#include "plan/plan.h"

/* A new plan; the caller frees it. No action stands in the given plan twice. A
 * lowered plan is copied, and missing STEPs are added. */
struct plan *
lower(const struct plan *plan);

#endif
