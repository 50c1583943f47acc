/* machine.h -- how much memory this process may still have. */
#ifndef PIPELAB_BASE_MACHINE_H
#define PIPELAB_BASE_MACHINE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct machine_need {
    size_t bytes; /* that will be used */
    size_t space; /* address space besides, most of which stays unused: stacks
                   * and buffers of threads */
};

/* Whether so much more may be had: of what other processes leave of the
 * machine's memory, within the limits of the control groups (bytes alone), and
 * within ulimit -v, ulimit -d and the commit limit (bytes and space). If not:
 * "not enough memory for WHAT: 8.0 GiB needed, this machine has 7.5 GiB left;
 * REMEDY". */
bool
machine_has(struct machine_need need, const char *what, const char *remedy,
            struct cause *cause);

/* Address space of a thread's stack. */
size_t
machine_stack_space(void);

/* "12.5 MiB", in text, which is also returned. */
enum { MACHINE_SIZE_MAX = 24 };
char *
machine_size(size_t bytes, char text[MACHINE_SIZE_MAX]);

#endif
