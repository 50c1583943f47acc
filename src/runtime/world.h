/* world.h -- the processes that run one plan: which ranks each of them is home
 * to, and what they tell each other between steps.
 *
 *   process 0          process 1            ranks are dealt out in order, so
 *   [rank 0][rank 1]   [rank 2][rank 3]     neighbours mostly share a process
 *
 * A NULL world is one process that is home to all. Every process calls each of
 * the functions below that talk, in the same order and from one thread. */
#ifndef PIPELAB_RUNTIME_WORLD_H
#define PIPELAB_RUNTIME_WORLD_H

#include "base/error.h"
#include "runtime/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who uses which tags of the wire. */
enum {
    WORLD_TAG_TALK,
    WORLD_TAG_MEET,
    WORLD_TAG_LINKS /* two of each link of the plan */
};

struct world {
    struct wire *wire;
    int first; /* process of the wire that is process 0 here: with replicas of
                * the pipeline each has its own */
    int count; /* of processes */
    int ranks; /* of the plan; as many as there are processes, or more */
    int64_t offset_ns; /* to process 0's clock: see world_clock_offset() */
};

/* The process in which a rank runs. */
int
world_home(const struct world *world, int rank);
bool
world_is_home(const struct world *world, int rank);

/* Of this process; 0 and 1 without a world. */
int
world_process(const struct world *world);
int
world_processes(const struct world *world);

/* Gives all processes what one of them has in its bytes. */
void
world_share(const struct world *world, int from, void *bytes, size_t size);

/* Gives one process what another has in its bytes. Others do nothing. */
void
world_move(const struct world *world, int from, int to, void *bytes,
           size_t size);

/* For all processes the least status that one of them has beside 0, and the
 * cause of the first that has it; it names the process, unless that is 0 or all
 * failed. */
int
world_agree(const struct world *world, int status, struct cause *cause);

/* The least of what the processes have. */
int64_t
world_least(const struct world *world, int64_t value);

/* Waits until all processes have called it. */
void
world_meet(const struct world *world);

/* What to add to this process's clock_wall_ns() to get process 0's: half of the
 * shortest of some round trips is its error. 0 in process 0. */
int64_t
world_clock_offset(const struct world *world);

#endif
