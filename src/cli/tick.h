/* tick.h -- how much work a tick of virtual time stands for.
 *
 * By itself a stage's forward is one forward, however many layers the stage
 * has. With --split, or with --layers that the stages cannot share evenly, the
 * layers count: durations are those of so many layers, and a stage takes them
 * as often as it has them.
 *
 *   --split 6,2,4   F=1 is of 2 layers; F of the stages is 3, 1 and 2 ticks */
#ifndef PIPELAB_CLI_TICK_H
#define PIPELAB_CLI_TICK_H

#include "cli/plan_request.h"

#include <stdbool.h>
#include <stdio.h>

/* Whether the layers of so many stages count. */
bool
tick_counts_layers(const struct plan_request *request, int stages);

/* The greatest common divisor of common and the layers of all stages; common
 * may be 0. */
int
tick_common_layers(int common, const int split[], int stages);

/* Makes durations of so many layers those of the stages. */
enum status
tick_count_layers(struct setup *setup, const struct plan_request *request,
                  const struct mlp *mlp, struct cause *cause);

/* What a tick is, as in "F of 2 layers". */
enum { TICK_TEXT = 96 };
const char *
tick_text(const struct setup *setup, char text[TICK_TEXT]);

/* A line with that where it is not F of a stage. */
void
tick_print(FILE *out, const struct setup *setup);

/* A remark on stderr where stages that differ in layers count as equal. */
void
tick_remark(const struct setup *setup, const struct options *options);

#endif
