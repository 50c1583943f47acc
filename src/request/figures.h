/* figures.h -- a forecast's figures, said the same way by every command. */
#ifndef PIPELAB_REQUEST_FIGURES_H
#define PIPELAB_REQUEST_FIGURES_H

#include "base/json.h"
#include "request/setup.h"
#include "sim/draws.h"
#include "sim/forecast.h"

#include <stdio.h>

/* A period as it is printed: "33", or "33.5" where it alternates. */
enum { PERIOD_TEXT = COST_TEXT };
const char *
period_text(struct period period, struct time_unit unit,
            char text[PERIOD_TEXT]);

/* How a setup's times are drawn: measured ones in ms, others in their unit. */
double
figures_scale(const struct cost *cost, bool measured);
const char *
figures_unit(const struct cost *cost, bool measured);

/* The table of ranks and the figures of one step, then those of steps in a
 * row. */
void
figures_print(FILE *out, const struct forecast *forecast);

/* The same as members of the open object. */
void
figures_json(struct json *json, const struct forecast *forecast);

/* Draws with --jitter at a forecast's capacity; false if it is not given. */
bool
figures_draws(struct draws *draws, const struct setup *setup,
              const struct options *options, int capacity);

/* The medians and bands of draws: a line, and members of the open object. */
void
figures_print_draws(FILE *out, const struct draws *draws,
                    struct time_unit unit);
void
figures_json_draws(struct json *json, const struct draws *draws,
                   struct time_unit unit);

/* What was asked of the machine beyond times, as members of the open object:
 * barrier, blocking_sends, recompute (the stages). */
void
figures_json_machine(struct json *json, const struct setup *setup);

/* The same as lines, of what there is. */
void
figures_print_machine(FILE *out, const struct setup *setup);

/* Whether each rank holds no more than it may, with how much that is, as
 * members of the open object; none for 0. */
void
figures_json_fits(struct json *json, const struct memory_summary memory[],
                  int ranks, int64_t most);

/* period and steady_bubble alone, as members of the open object. */
void
figures_json_period(struct json *json, struct period period,
                    struct time_unit unit, double steady_bubble);

#endif
