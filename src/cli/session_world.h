/* session_world.h -- the part of a session that lies between processes: which
 * of them run the plan, and in which replica. */
#ifndef PIPELAB_CLI_SESSION_WORLD_H
#define PIPELAB_CLI_SESSION_WORLD_H

#include "cli/session.h"

/* Shares the batch of the checkpoint among the replicas: the file knows one
 * pipeline with all examples. */
bool
session_world_resume(struct session *session, struct cause *cause);

/* After the plan was made, with what status that ended in this process: deals
 * out ranks and examples if all made the same. */
enum status
session_world_make(struct session *session, enum status status,
                   struct cause *cause);

#endif
