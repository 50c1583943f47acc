/* recording.h -- what a training leaves in files: metrics step by step, a
 * trace, a picture. */
#ifndef PIPELAB_CLI_RECORDING_H
#define PIPELAB_CLI_RECORDING_H

#include "base/output.h"
#include "cli/job.h"
#include "report/chrome.h"

struct recording {
    const struct session *session;
    struct output metrics; /* open if asked for */
    struct output trace;
    struct chrome chrome;
    int traced;            /* steps done when one was last traced */
};

/* Opens what the session's options ask for. */
bool
recording_open(struct recording *recording, const struct session *session,
               struct cause *cause);

/* The metrics of steps from .. trainer->step-1, of which the last may be
 * followed by one that failed. */
void
recording_add_metrics(struct recording *recording, int from);

/* The same and, now and then, the trace of the last step. */
void
recording_add(struct recording *recording, int from);

/* At the end of a run that went well: the prediction and the picture. */
bool
recording_finish(struct recording *recording, struct cause *cause);

/* False with the cause if a file could not be written. */
bool
recording_close(struct recording *recording, struct cause *cause);

#endif
