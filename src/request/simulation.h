/* simulation.h -- a plan in virtual time as it was asked for: its forecast and
 * the memory of its ranks. */
#ifndef PIPELAB_REQUEST_SIMULATION_H
#define PIPELAB_REQUEST_SIMULATION_H

#include "request/setup.h"
#include "sim/forecast.h"

#include <stdio.h>

struct simulation {
    struct setup setup;
    struct forecast forecast;
    struct memory_summary *memory; /* ranks */
    bool rows;                     /* print the spans as rows of numbers */
};

/* Runs the plan of simulation->setup, which setup_plan() has made; the rest is
 * all zero. traced: the forecast has its spans. A plan that deadlocks at the
 * capacity asked for is STATUS_DEADLOCK, with the cause; its forecast says how
 * far it came. Release with simulation_fini() in any case. */
enum status
simulation_run(struct simulation *simulation,
               const struct plan_request *request, bool traced,
               struct cause *cause);
void
simulation_fini(struct simulation *simulation);

/* Prints its figures as an object of JSON and a newline; with the spans if the
 * options ask for them. */
void
simulation_json(FILE *out, const struct simulation *simulation,
                const struct options *options);

#endif
