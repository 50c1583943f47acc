/* status.h -- the exit statuses of the process, and how an error is said. */
#ifndef PIPELAB_REQUEST_STATUS_H
#define PIPELAB_REQUEST_STATUS_H

#include "base/error.h"

enum status {
    STATUS_DONE = 0,
    STATUS_FAILED = 1,
    STATUS_USAGE = 2,   /* the command line is wrong */
    STATUS_INVALID = 3, /* the plan or an input file is invalid */
    STATUS_DEADLOCK = 4,
    STATUS_SIGNAL = 128, /* plus the number of the signal that ended it */
    STATUS_INTERRUPTED = STATUS_SIGNAL + 2 /* SIGINT */
};

/* Prints "pipelab: " and the cause on stderr; returns status. Remarks that wait
 * (text_hold()) are not made where the command line, a plan or a file is
 * refused. */
int
complain(enum status status, const struct cause *cause);

#endif
