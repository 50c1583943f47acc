/* inspect_json.h -- what inspect.h shows, for a program: each as members of the
 * JSON object that is open. doc/step.md says what they mean. */
#ifndef PIPELAB_CLI_INSPECT_JSON_H
#define PIPELAB_CLI_INSPECT_JSON_H

#include "cli/stepper.h"
#include "report/json.h"

/* For the array of events that is open: the actions of the last turn, and the
 * step that has ended. */
void
inspect_json_turn(struct json *json, const struct stepper *stepper);
void
inspect_json_step(struct json *json, const struct stepper *stepper);

/* "state": where everybody stands, and what comes next. */
void
inspect_json_state(struct json *json, const struct stepper *stepper);

/* "tensors" of the actions' stages, "links" and "memory". */
void
inspect_json_tensors(struct json *json, const struct stepper *stepper,
                     const struct action actions[], int count);
void
inspect_json_links(struct json *json, const struct stepper *stepper);
void
inspect_json_memory(struct json *json, const struct stepper *stepper);

/* "why": chains of ranks, from one, or with -1 from each that waits, to the
 * root. */
void
inspect_json_why(struct json *json, const struct stepper *stepper, int rank);

/* "grid": each rank's list with the times of a step whose whole trace is
 * known. */
void
inspect_json_grid(struct json *json, const struct stepper *stepper,
                  const struct trace *whole);

#endif
