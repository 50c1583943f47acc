/* machine.h -- how much memory this process may still have. */
#ifndef PIPELAB_BASE_MACHINE_H
#define PIPELAB_BASE_MACHINE_H

#include "base/error.h"

#include <stddef.h>

/* Whether so many bytes more may be had: of physical memory, of the control
 * group's (memory.max, where there is such a file), and within the limits of
 * ulimit -v and -d. If not: "not enough memory for WHAT: 8.0 GiB needed, this
 * machine has 7.5 GiB left; REMEDY". */
bool
machine_has(size_t bytes, const char *what, const char *remedy,
            struct cause *cause);

/* "12.5 MiB", in text, which is also returned. */
enum { MACHINE_SIZE_MAX = 24 };
char *
machine_size(size_t bytes, char text[MACHINE_SIZE_MAX]);

#endif
