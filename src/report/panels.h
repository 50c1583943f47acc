/* panels.h -- the timelines of a picture as JSON, for the page of a run. */
#ifndef PIPELAB_REPORT_PANELS_H
#define PIPELAB_REPORT_PANELS_H

#include "base/json.h"
#include "report/svg.h"

/* An array "panels" of the open object, times in the axis' unit from the left
 * edge on:
 *
 *   {"name": ..., "note": ..., "unit": "ms", "ranks": 4, "stages": 4,
 *    "microbatches": 8, "makespan": ..., "bubble_fraction": ...,
 *    "peak_activations": [...], "messages": 48, "spans": [{"rank": 0, "kind":
 *    "F", "stage": 0, "microbatch": 0, "start": 0, "end": 1.5, "compute": 1.4,
 *    "off_core": 0.1}, ...]}
 *
 * A part of a span stands there where it is not 0. Where the bytes of the ranks
 * are known, a panel also has "bytes": {"most": what a rank may hold, or 0,
 * "fixed": what each holds all the time, "held": for each an array of numbers,
 * a time and the bytes from then on}. */
void
panels_json(struct json *json, const struct svg_panel panels[], int count,
            const char *unit);

#endif
