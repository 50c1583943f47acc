/* recording.h -- writes the files of a training: metrics step by step, a
 * trace, a picture. */
#ifndef PIPELAB_CLI_RECORDING_H
#define PIPELAB_CLI_RECORDING_H

#include "base/output.h"
#include "cli/session.h"
#include "report/chrome.h"

struct recording {
    const struct session *session;
    struct output metrics; /* open if asked for */
    struct output trace;
    struct chrome chrome;
    int traced; /* the step last traced, counted from 1 */
};

/* Opens the files that the session's options name. */
bool
recording_open(struct recording *recording, const struct session *session,
               struct cause *cause);

/* Writes the metrics of steps from .. trainer->step-1. */
void
recording_add_metrics(struct recording *recording, int from);

/* Writes these metrics and, for some steps, the trace of the last one. */
void
recording_add(struct recording *recording, int from);

/* Writes forecast and picture at the end of a successful run. */
bool
recording_finish(struct recording *recording, struct cause *cause);

/* False with the cause if a file could not be written. */
bool
recording_close(struct recording *recording, struct cause *cause);

#endif
