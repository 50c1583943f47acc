/* lines.h -- reads commands line by line: from a terminal, with editing and
 * history if there is libedit, or from any other standard input.
 *
 * From lines_open() on, SIGINT and SIGTERM are blocked while commands run,
 * also in threads started later, and are taken while a line is read. */
#ifndef PIPELAB_CLI_LINES_H
#define PIPELAB_CLI_LINES_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

struct lines {
    bool terminal;      /* a person types: show prompts */
    bool interrupted;   /* by a signal while it read */
    const char *prompt; /* of the present line */
    sigset_t waiting;   /* the mask while it waits for input */
    char *text;         /* the line */
    size_t room;
    struct editor *editor; /* libedit, or NULL */
};

/* Call it before any thread is started. */
void
lines_open(struct lines *lines, bool terminal);
void
lines_close(struct lines *lines);

/* The next line, without its end, until the next call; NULL at the end of the
 * input or if a signal came. */
const char *
lines_read(struct lines *lines, const char *prompt);

/* Whether a blocked signal is pending; lines_take_signal() removes it. */
bool
lines_signal_waits(void);
void
lines_take_signal(void);

#endif
