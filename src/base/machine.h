/* machine.h -- how much memory this process may still have. */
#ifndef PIPELAB_BASE_MACHINE_H
#define PIPELAB_BASE_MACHINE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct machine_need {
    size_t bytes; /* memory that will be used */
    size_t space; /* further address space, most of it never used: the threads'
                   * stacks and buffers */
};

/* Whether the process can get that much more. bytes must fit the free memory
 * of the machine and the limits of the control groups; bytes + space must fit
 * ulimit -v, ulimit -d and the commit limit. If not, the cause is "not enough
 * memory for WHAT: 8.0 GiB needed, this machine has 7.5 GiB left; REMEDY". */
bool
machine_has(struct machine_need need, const char *what, const char *remedy,
            struct cause *cause);

/* Address space of a thread's stack. */
size_t
machine_stack_space(void);

#endif
