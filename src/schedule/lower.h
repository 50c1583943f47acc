/* lower.h -- from what to compute to what to run: adds the transfers and the
 * optimizer steps.
 *
 *   compute-only:            1F3                       1B3
 *   lowered:      1RECV_F3   1F3   1SEND_F3  1RECV_B3  1B3  1SEND_B3 .. 1STEP
 *
 * A RECV stands immediately before the action that needs it, a SEND
 * immediately after the one that feeds it; nothing stands between two stages
 * of one rank. The STEPs of a rank's stages end its list, in stage order,
 * unless the plan has no backward at all; a STEP that is there already stays
 * where it is. */
#ifndef PIPELAB_SCHEDULE_LOWER_H
#define PIPELAB_SCHEDULE_LOWER_H

#include "schedule/plan.h"

/* A new plan; the caller frees it. A plan that is lowered already is copied,
 * with the STEPs that it lacks. */
struct plan *
lower(const struct plan *plan);

/* Bytes that it takes. */
size_t
lower_bytes(const struct plan *plan);

#endif
