/* summary.h -- the figures of a run in text and JSON. */
#ifndef PIPELAB_REPORT_SUMMARY_H
#define PIPELAB_REPORT_SUMMARY_H

#include "base/json.h"
#include "plan/footprint.h"
#include "trace/metrics.h"
#include "trace/trace.h"

#include <stdio.h>

/* A table of ranks in virtual time: busy, waits and the ticks after its end,
 * which make the makespan; the share that is not busy; peak activations. Then
 * makespan, the three bubbles and the messages. */
void
summary_virtual(FILE *out, const struct metrics *metrics);

/* Prints the parts of each rank's wall time, per step. parts[ranks] are sums
 * in ns over all steps, step_ns is the time of one step; the ranks share
 * `cores` cores. */
struct wall_summary {
    int ranks;
    int cores;
    bool bound;
    int steps;
    int64_t step_ns;
    const int64_t (*parts)[SPAN_PARTS];
};
void
summary_wall(FILE *out, const struct wall_summary *wall);

/* The bytes of a unit in which a column of sizes up to `most` is printed, and
 * its name: KiB, or MiB and GiB where numbers would be long. */
double
summary_unit(int64_t most, const char **unit);

/* Whether no rank holds more than most bytes; 0: any number. */
bool
summary_fits(const struct memory_summary memory[], int ranks, int64_t most);

/* The unit's name, "tick" where it has none, as member "unit" of the open
 * object. */
void
summary_json_unit(struct json *json, struct time_unit unit);

/* A table of ranks, in that unit, with the links and the sum where there are
 * links' bytes; with now, which may be NULL, also what is in flight
 * at this moment. */
void
summary_memory(FILE *out, const struct memory_summary memory[],
               const struct memory_now now[], int ranks);

/* weight_bytes, gradient_bytes, optimizer_bytes and, of activations,
 * peak_bytes; where links have bytes also link_bytes and total_peak_bytes;
 * where it is known when they are at their peak also activation_bytes, the
 * same as peak_bytes, and total_peak_at: arrays, one number a rank, in the
 * object that is open. */
void
summary_json_memory(struct json *json, const struct memory_summary memory[],
                    int ranks, struct time_unit unit);

/* A time in its unit: whole, or with up to three decimals. */
void
summary_json_time(struct json *json, const char *key, int64_t ticks,
                  struct time_unit unit);

/* unit, makespan, bubble_fraction, span_bubble, bubble_ratio, peak_activations,
 * busy, input_wait, room_wait, at_end, messages, as members of the object that
 * is open. */
void
summary_json(struct json *json, const struct metrics *metrics);

/* rank, kind, stage and microbatch of an action; a block's cell, too. An object
 * is open. */
void
summary_json_action(struct json *json, int rank, const struct action *action);

/* An array "spans" of {rank, kind, stage, microbatch, start, end}. */
void
summary_json_spans(struct json *json, const struct trace *trace);

/* The same in a quarter of the room: "kinds", an array of texts; "per_unit",
 * the ticks of a unit; "rows", for each rank an array of numbers, five a span:
 * its place in kinds, stage, microbatch, start and end, these two in ticks;
 * "overlaps", the cells of the spans that are OVERLAP_F_B, in that order. */
void
summary_json_rows(struct json *json, const struct trace *trace);

#endif
