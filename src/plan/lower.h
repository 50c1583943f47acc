/* lower.h -- from what to compute to what to run: adds the transfers and the
 * optimizer steps.
 *
 *   compute-only:            1F3                       1B3
 *   lowered:      1RECV_F3   1F3   1SEND_F3  1RECV_B3  1B3  1SEND_B3 .. 1STEP
 *
 * A SEND stands immediately after the action that feeds it. The RECVs of a link
 * stand in the order of its SENDs, each immediately before the first action
 * that needs it or a later one: where the receiver uses messages in another
 * order, some wait in its memory. Nothing is sent between two stages of one
 * rank. The STEPs of a rank's stages end its list, in stage order,
 * unless the plan has no backward at all; a STEP that is there already stays
 * where it is. */
#ifndef PIPELAB_PLAN_LOWER_H
#define PIPELAB_PLAN_LOWER_H

#include "plan/plan.h"

/* A new plan; the caller frees it. The plan has no action twice. One that is
 * lowered already is copied, with the STEPs that it lacks. */
struct plan *
lower(const struct plan *plan);

#endif
