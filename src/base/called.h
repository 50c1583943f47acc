/* called.h -- the name by which the program was called: the commands that it
 * prints can be typed as they stand. */
#ifndef PIPELAB_BASE_CALLED_H
#define PIPELAB_BASE_CALLED_H

#include <stdio.h>

/* argv[0], borrowed; until then it is "pipelab". */
void
called_set(const char *name);

/* A copy of text in which that name stands wherever "pipelab" begins a command:
 * "see pipelab lab" is "see build/pipelab lab". Quoted for the
 * shell where that is needed. The caller frees it. */
char *
called_text(const char *text);

/* Prints it. */
void
called_print(FILE *out, const char *text);

#endif
