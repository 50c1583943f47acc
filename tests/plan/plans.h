/* plans.h -- plans to test with: of a schedule, drawn as text, or random; and
 * plans back as text. */
#ifndef PIPELAB_TESTS_PLAN_PLANS_H
#define PIPELAB_TESTS_PLAN_PLANS_H

#include "plan/program.h"

#include <stdint.h>

/* The three schedules with one stage a rank, for loop tests. */
extern const char *const plain_schedules[3];

/* The shapes of sweeps: P ranks with a stage each, M microbatches. */
enum { MOST_RANKS = 8, MOST_MBS = 12 };

/* "gpipe P=2 M=3", for the messages of assertions. */
const char *
shape_text(const struct plan *plan);

/* The program of a plan, which must be valid; the caller frees it. */
struct program *
program_of(const struct plan *plan);

/* The compute-only plan of a plain schedule; and lowered. */
struct plan *
plan_of(const char *schedule, int ranks, int mbs);
struct plan *
lowered_of(const char *schedule, int ranks, int mbs);

/* The plan in a CSV text, which must be one; and lowered. */
struct plan *
plan_drawn(const char *csv);
struct plan *
lowered_drawn(const char *csv);

/* A plan that can run: P 1..4, S up to 3P (looped, V or anyhow), M 1..6,
 * backwards whole or split, overlaps, some with descending backwards, some with
 * microbatches in any order at each stage, and some without backwards. The
 * same for the same seed; compute-only. */
struct plan *
plan_random(unsigned seed);

/* A program around a lowered plan, which it borrows, valid or not. */
struct program
program_around(struct plan *lowered);

/* What plan_print() and csv_write() say; the caller frees them. */
char *
plan_text(const struct plan *plan);
char *
csv_text(const struct plan *plan);

/* Lists, shape and placement are the same; names may differ. */
bool
plan_equal(const struct plan *a, const struct plan *b);

#endif
