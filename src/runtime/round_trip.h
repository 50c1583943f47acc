/* round_trip.h -- how long a message takes around a ring of ranks: ping-pong
 * when there are two. */
#ifndef PIPELAB_RUNTIME_ROUND_TRIP_H
#define PIPELAB_RUNTIME_ROUND_TRIP_H

#include "runtime/world.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct round_trip {
    int ranks;        /* >= 2; rank r sends to r+1, the last to rank 0 */
    const int *cores; /* ranks: what each is bound to */
    const struct world *world; /* the processes that these ranks are spread
                                * over, which all measure; or NULL */
    size_t floats;             /* that a message carries */
    bool patient;              /* of the channels: see channel.h */
    int rounds;
};

/* Sends a message around again and again; ns[rounds] receives how long each
 * round took, where rank 0 is at home. */
void
round_trip_measure(const struct round_trip *trip, int64_t ns[]);

#endif
