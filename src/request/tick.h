/* tick.h -- how much work a tick of virtual time stands for.
 *
 * By default the F of every stage takes the same time, however many layers it
 * has. With --split, or with --layers that the stages cannot share evenly, a
 * tick is F of the greatest common divisor of the stages' layers, and the
 * durations of a stage are multiplied by its layers / that divisor.
 *
 *   --split 6,2,4   F=1 is of 2 layers; F of the stages is 3, 1 and 2 ticks */
#ifndef PIPELAB_REQUEST_TICK_H
#define PIPELAB_REQUEST_TICK_H

#include "request/setup.h"

#include <stdbool.h>
#include <stdio.h>

/* Whether layers count for this number of stages. */
bool
tick_counts_layers(const struct plan_request *request, int stages);

/* The greatest common divisor of common and the layers of all stages; common
 * may be 0. */
int
tick_common_layers(int common, const int split[], int stages);

/* Multiplies the durations of each stage by its layers / the common
 * divisor. */
enum status
tick_count_layers(struct setup *setup, const struct plan_request *request,
                  const struct mlp *mlp, struct cause *cause);

/* The unit: "F of 2 layers". */
enum { TICK_TEXT = 96 };
const char *
tick_text(const struct setup *setup, char text[TICK_TEXT]);

/* The layers of the stages, "6,5,5"; of many stages the first. */
const char *
tick_split_text(const struct setup *setup, char text[TICK_TEXT]);

/* Prints a line with the unit, unless it is F of a stage. */
void
tick_print(FILE *out, const struct setup *setup);

/* Prints a remark on stderr if stages with different layers count as equal. */
void
tick_remark(const struct setup *setup, const struct options *options);

#endif
