/* session_panels.h -- a run's two timelines: predicted time, and below it the
 * measured time of the median step, on one axis in milliseconds. */
#ifndef PIPELAB_CLI_SESSION_PANELS_H
#define PIPELAB_CLI_SESSION_PANELS_H

#include "cli/session.h"
#include "report/svg.h"

enum { SESSION_PANELS = 2 };

struct session_panels {
    struct svg_panel panels[SESSION_PANELS];
    struct metrics measured;
    char notes[SESSION_PANELS][48];
};

/* Of a session that has run at least one step of a plan; both borrow from
 * it. */
void
session_panels_init(struct session_panels *drawn,
                    const struct session *session);
void
session_panels_fini(struct session_panels *drawn);

/* Writes the page of --html with the run in it; command: "train" or "eval". */
bool
session_report(const struct session *session, const char *command,
               struct cause *cause);

#endif
