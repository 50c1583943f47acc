/* pipelab.h -- pipelab as a library: words in, JSON out.
 *
 *   words  "simulate" "--schedule=1f1b" "--ranks=4" --> {"schedule": "1f1b", ...
 *   csv    "0F0,,0B0\n..." or NULL                  --> {"error": {...}}
 *
 * The first word names what is asked; the others are options as the command
 * line has them, "--ranks=4" or "--ranks" "4". What they mean: pipelab(1). The
 * result is one line of JSON, an object or an array:
 *
 *   schedules  the schedules that there are, and whether each fits the shape
 *   make       a schedule's plan            as pipelab schedule --format json
 *   lower      the same with transfers, STEPs               ... --lower
 *   check      the verdict alone                            ... --check
 *   search     make, of the shortest plan that is found     ... --schedule greedy
 *   simulate   as pipelab simulate --format json --spans, byte for byte
 *   compare    as pipelab compare --format json
 *   draw       its picture                     as pipelab simulate --svg
 *   why        why ranks wait at a moment of that simulation
 *
 * make, lower, check, simulate, draw and why take a plan as CSV (doc/plans.md)
 * in place of a schedule; --load=NAME then only names it. compare takes one,
 * too, as one more row. No file is read but those of --model and --cluster
 * (none in WebAssembly), and none is written; in place of a file these two
 * take its text, which begins with "{". --cost measured is refused: a library
 * does not time. compare is of one shape: there is no --sweep.
 *
 * A call keeps nothing for the next one. Calls may run in several threads at
 * once. Plans are limited to PIPELAB_CELLS stages x microbatches x steps in a
 * row, so that no call takes all memory.
 *
 *   {"error": {"status": 3, "text": "table: rank 1, position 0, 1B0: the ...",
 *     "rank": 1, "position": 0, "cell": "1B0",
 *     "ranks": 2, "stages": 2, "microbatches": 2,
 *     "spans": [...], "stops": [{"rank": 1, "position": 0, "cell": "1B0",
 *       "text": "it needs 1F0, which has not run"}, ...]}}
 *
 * status is the exit status of the program: 2 for wrong words, 3 for a plan
 * that is not valid, 4 for a deadlock. text is what the program prints. rank,
 * position (which counts from 0, empty cells too) and cell stand there where
 * the text names a place. A plan that was read and refused also has its shape,
 * the spans up to where each rank stops, and why it stops there.
 * Where ranks wait for one another, "circle" names them, each with the rank
 * that it waits for: [{"rank": 0, "cell": "0B0", "position": 1, "peer": 1},
 * ...], in the cells of the table. */
#ifndef PIPELAB_H
#define PIPELAB_H

#if defined __GNUC__ && !defined PIPELAB_EXPORT
#define PIPELAB_EXPORT __attribute__((visibility("default")))
#elif !defined PIPELAB_EXPORT
#define PIPELAB_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The most stages x microbatches x steps in a row of a plan. */
enum { PIPELAB_CELLS = 1 << 20 };

/* Answers a call of words[count]; csv may be NULL. The result is a text of the
 * library: give it back to pipelab_free(). Words and csv stay the caller's.
 *
 * schedules, with any options of a shape:
 *
 *   [{"name": "gpipe", "also": ["GPipe"], "summary": "...", "searched": false,
 *     "takes_long": false, "groups": false, "fits": true}, {"name": "zbv", ...,
 *     "fits": false, "text": "zbv needs 2 stages per rank ..."}, ...]
 *
 * compare leaves out those that take long, unless it is told to take them.
 *
 * make, lower, search; check leaves out plan and csv:
 *
 *   {"schedule": "1f1b", "ranks": 2, "stages": 2, "microbatches": 2,
 *    "smallest_capacity": 1, "messages": 4, "ascending_weight_gradients": true,
 *    "peak_activations": [2, 1], "lowered": false, "rank_of_stage": [0, 1],
 *    "plan": [["0F0", "0F1", "0B0", "0B1"], ["1F0", "1B0", "1F1", "1B1"]],
 *    "csv": "0F0,0F1,,0B0,,0B1,\n,1F0,1B0,,1F1,1B1,\n"}
 *
 * A plan that was searched for also has lower_bound, best_other and
 * best_other_makespan.
 *
 * simulate; the times are in the unit, memory is in bytes, arrays are by rank:
 *
 *   {"schedule": "1f1b", "ranks": 2, ..., "tick": "F of a stage", "capacity": 2,
 *    "latency": 0, "unit": "tick", "makespan": 9, "bubble_fraction": 0.33,
 *    "span_bubble": ..., "bubble_ratio": ..., "peak_activations": [2, 1],
 *    "busy": [6, 6], "input_wait": [3, 1], "room_wait": [0, 0], "at_end": [0, 2],
 *    "messages": 4, "period": 9, "steady_bubble": ..., "barrier": false,
 *    "blocking_sends": false, "recompute": [], "weight_bytes": [...],
 *    "gradient_bytes": [...], "optimizer_bytes": [...], "peak_bytes": [...],
 *    "spans": [{"rank": 0, "kind": "F", "stage": 0, "microbatch": 0,
 *               "start": 0, "end": 1}, ...]}
 *
 * With --rows, which only the library has, large plans take a quarter of the
 * room: in place of spans come five numbers a span, its place in kinds, stage,
 * microbatch, start and end, these two in ticks, of which per_unit are a unit;
 * overlaps has the cells of the spans that are OVERLAP_F_B, in that order:
 *
 *   "kinds": ["F", "B", ...], "per_unit": 1,
 *   "rows": [[0, 0, 0, 0, 1, ...], ...], "overlaps": []
 *
 * simulate --part, which only the library has, is for a table that is being
 * filled: it is of the --ranks, --stages and --microbatches that are given,
 * whatever cells are there. While some are missing, the answer is the error of
 * a plan that was refused, its spans at the costs that are given.
 *
 * compare: an array of tables, one unless there is a --sweep:
 *
 *   [{"ranks": 2, ..., "schedules": [{"schedule": "zb1p", "deadlock": false,
 *     "makespan": 7, "bubble_fraction": ..., "period": 7, "peak_activations":
 *     [2, 2], "peak_bytes": [...], "messages": 4, ...}, ...]}]
 *
 * draw: {"svg": "<svg ..."}
 *
 * why, which also takes --at=T (0), a moment in the unit of simulate, and
 * --rank=R: what each rank does then, and for whom it waits. peer after peer
 * leads to a rank that can go on or, in a deadlock, which is no error here,
 * round a circle. path is what decided when the waiting ends, from there back
 * in time to the start of the first step: each entry could not have been
 * earlier because of the one after it.
 *
 *   {"at": 4, "unit": "tick",
 *    "waits": [{"rank": 0, "kind": "input", "cell": "0RECV_B0", "position": 4,
 *               "peer": 1, "until": "1SEND_B0", "from": 2, "to": 5,
 *               "text": "rank 0 waits to receive the gradient of ..."}, ...],
 *    "path": [{"rank": 1, "cell": "1SEND_B0", "position": 2, "start": 5,
 *              "end": 5}, ...]}
 *
 * kind is "busy", "done" (its list has ended), "input" (a message is not sent
 * yet), "way" (it is sent and has not arrived), "room" (the link is full),
 * "taker" (capacity 0: the other rank does not come yet) or "other" (a wire, a
 * barrier). position is the place among the spans of the rank. path is of
 * --rank, or of the last computation without it. */
PIPELAB_EXPORT char *
pipelab_call(int count, const char *const words[], const char *csv);

/* Frees a result; accepts NULL. */
PIPELAB_EXPORT void
pipelab_free(char *text);

/* The version, as "0.1.0". */
PIPELAB_EXPORT const char *
pipelab_version(void);

#ifdef __cplusplus
}
#endif

#endif
