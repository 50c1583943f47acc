/* effect.h -- finds options that have no effect beside the others, by a table
 * of modes of commands and the options that they ignore. */
#ifndef PIPELAB_REQUEST_EFFECT_H
#define PIPELAB_REQUEST_EFFECT_H

#include "request/means.h"
#include "request/options.h"

/* Remarks on the given options that have no effect, with the reason.
 * False with the cause if one of them asks for something impossible. */
bool
effect_check(const struct options *options, unsigned takes,
             const struct means *means, struct cause *cause);

#endif
