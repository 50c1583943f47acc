/* drawn.h -- a schedule's trace to report on, and reports as text. */
#ifndef PIPELAB_TESTS_REPORT_DRAWN_H
#define PIPELAB_TESTS_REPORT_DRAWN_H

#include "plan/plan.h"
#include "trace/metrics.h"
#include "trace/trace.h"

#include "checks.h"

struct drawn {
    struct plan *plan; /* lowered */
    struct trace trace;
    struct metrics metrics;
};

/* A schedule in virtual time, links unbounded: at the default costs, or at
 * those of a list. */
void
drawn_init(struct drawn *drawn, const char *schedule, int ranks, int mbs);
void
drawn_init_at(struct drawn *drawn, const char *schedule, int ranks, int mbs,
              const char *costs);
void
drawn_fini(struct drawn *drawn);

/* How often a text occurs in another. */
int
occurrences(const char *text, const char *of);

TCase *
chrome_case(void);
TCase *
svg_case(void);
TCase *
memory_case(void);
TCase *
clocks_case(void);
TCase *
windows_case(void);

#endif
