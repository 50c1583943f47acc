/* far_meet.h -- the part of a meeting (meeting.h) that lies between processes:
 * when all ranks of a process have come, it tells the others when the last one
 * did, and hears the same from them. */
#ifndef PIPELAB_RUNTIME_FAR_MEET_H
#define PIPELAB_RUNTIME_FAR_MEET_H

#include "runtime/world.h"

#include <stdbool.h>
#include <stdint.h>

struct far_meet;

/* NULL if there is one process. */
struct far_meet *
far_meet_new(const struct world *world);

/* Accepts NULL. Waits for the farewells of all others; say ours before on all
 * that is open between processes. */
void
far_meet_free(struct far_meet *meet);

/* Raises *latest to the latest of all processes. One rank of each calls it at
 * each meeting. False if the run has stopped, or another process has left it:
 * then *left is set. Accepts NULL. */
bool
far_meet_all(struct far_meet *meet, int64_t *latest, bool *left);

/* See far_leave(). Accepts NULL. */
void
far_meet_leave(struct far_meet *meet);

/* Ends far_meet_all(), now and later; any thread may call it. Accepts NULL. */
void
far_meet_close(struct far_meet *meet);

#endif
