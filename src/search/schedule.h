/* schedule.h -- finds every schedule by its name: the policies, which are
 * rules, and those that are searched for.
 *
 *   name --> policy's rule          \
 *        \-> search, by costs and    > compute-only plan
 *            memory                 /
 */
#ifndef PIPELAB_SEARCH_SCHEDULE_H
#define PIPELAB_SEARCH_SCHEDULE_H

#include "policy/policy.h"
#include "search/search.h"

/* Schedule number i, or NULL beyond the last. make is NULL if it is searched
 * for. */
const struct policy *
schedule_at(int i);

/* The schedule of a name (policy_is_named()), or NULL with the cause, which
 * lists all names. */
const struct policy *
schedule_find(const char *name, struct cause *cause);

/* Whether the name is of a schedule that is searched for: its plan depends on
 * costs and memory. */
bool
schedule_is_searched(const char *name);

/* Whether a schedule is for small shapes, so that a table has it only if it is
 * asked for. */
bool
schedule_takes_long(const struct policy *schedule);

/* The plan of a schedule; the caller frees it. NULL with the cause if the name
 * is unknown or the schedule has no plan for the shape. The task's cost is for
 * those that are searched for or retimed; only a search reads max_activations
 * and fills result. */
struct plan *
schedule_plan_for(const char *name, const struct search_task *task,
                  struct search_result *result, struct cause *cause);

/* The same with the default costs and no memory limit. */
struct plan *
schedule_plan(const char *name, int ranks, int stages, int mbs,
              struct cause *cause);

#endif
