/* bytes.h -- sizes as text. */
#ifndef PIPELAB_CLUSTER_BYTES_H
#define PIPELAB_CLUSTER_BYTES_H

#include <stdbool.h>

/* Reads "80GiB", "2e9", "25GB" into bytes. */
bool
bytes_parse(const char *text, double *bytes);

#endif
