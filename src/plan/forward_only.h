/* forward_only.h -- makes a plan of inference from one of training: keeps the
 * forwards.
 *
 *   0F0  0F1  0B0  (0F2;0B1)OVERLAP_F_B  0B2   -->   0F0  0F1  0F2 */
#ifndef PIPELAB_PLAN_FORWARD_ONLY_H
#define PIPELAB_PLAN_FORWARD_ONLY_H

#include "plan/plan.h"

/* A new plan; the caller frees it. If the plan is lowered, the transfers of
 * activations stay too. */
struct plan *
forward_only(const struct plan *plan);

#endif
