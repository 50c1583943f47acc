/* schedule.h -- every schedule by its name: the policies, which are rules, and
 * those that are searched for.
 *
 *   name --> policy's rule          \
 *        \-> search, by costs and    > compute-only plan
 *            memory                 /
 */
#ifndef PIPELAB_SEARCH_SCHEDULE_H
#define PIPELAB_SEARCH_SCHEDULE_H

#include "policy/policy.h"
#include "search/search.h"

/* Schedule number i, or NULL past the last. One that is searched for has no
 * make(). */
const struct policy *
schedule_at(int i);

/* NULL with the cause, which lists the names, if there is none. */
const struct policy *
schedule_find(const char *name, struct cause *cause);

/* The plan of a schedule; the caller frees it. NULL with the cause if the
 * name is unknown or the shape does not suit it. Only a search looks at costs
 * and memory and fills result. */
struct plan *
schedule_plan_for(const char *name, const struct search_task *task,
                  struct search_result *result, struct cause *cause);

/* The same at the default costs, with any memory. */
struct plan *
schedule_plan(const char *name, int ranks, int stages, int mbs,
              struct cause *cause);

#endif
