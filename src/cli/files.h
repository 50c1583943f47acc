/* files.h -- whether the files that a command line names can go together. */
#ifndef PIPELAB_CLI_FILES_H
#define PIPELAB_CLI_FILES_H

#include "request/options.h"

/* False with the cause if an output is the file of another output or of an
 * input. --save may name the file of --resume, which is replaced as a whole. */
bool
files_suit(const struct options *options, struct cause *cause);

#endif
