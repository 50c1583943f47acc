/* program_means.h -- what requests may use in the program. */
#ifndef PIPELAB_CLI_PROGRAM_MEANS_H
#define PIPELAB_CLI_PROGRAM_MEANS_H

#include "request/means.h"

extern const struct means program_means;

#endif
