/* figures.h -- a forecast's figures, said the same way by every command. */
#ifndef PIPELAB_CLI_FIGURES_H
#define PIPELAB_CLI_FIGURES_H

#include "base/json.h"
#include "sim/forecast.h"

#include <stdio.h>

/* A period as it is printed: "33", or "33.5" where it alternates. */
enum { PERIOD_TEXT = 32 };
const char *
period_text(struct period period, char text[PERIOD_TEXT]);

/* The table of ranks and the figures of one step, then those of steps in a
 * row. */
void
figures_print(FILE *out, const struct forecast *forecast);

/* The same as members of the open object. */
void
figures_json(struct json *json, const struct forecast *forecast);

/* period and steady_bubble alone, as members of the open object. */
void
figures_json_period(struct json *json, struct period period,
                    double steady_bubble);

#endif
