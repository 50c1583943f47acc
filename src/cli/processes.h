/* processes.h -- the processes of this program: pipelab has one, pipelab-mpi as
 * many as were started. All of them run the same command; process 0 speaks and
 * writes files. */
#ifndef PIPELAB_CLI_PROCESSES_H
#define PIPELAB_CLI_PROCESSES_H

#include "request/options.h"
#include "request/status.h"
#include "runtime/world.h"

#include <stdbool.h>

/* Before anything else of this header. wire is borrowed for good; NULL: there
 * is one process. From now on all but process 0 are silent. */
void
processes_begin(struct wire *wire);

/* All of them, as a world of a rank each, to talk in; NULL if there is one. */
const struct world *
processes(void);

/* How many there are. */
int
processes_count(void);

/* Whether this is process 0. */
bool
processes_speak(void);

/* Refuses options that differ from those of process 0, and those that need one
 * process. Then takes from all but process 0 the files that it writes. argv is
 * the whole command line. */
enum status
processes_check(struct options *options, int argc, char **argv,
                struct cause *cause);

/* For all the status and cause of the first process that has one. */
enum status
processes_agree(enum status status, struct cause *cause);

/* Whether a number, such as a hash, is the same in all. */
bool
processes_same(uint64_t number);

#endif
