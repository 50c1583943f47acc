/* schedule.c -- finds schedules by name and has their plans made. */
#include "config.h"

#include "search/schedule.h"

#include "search/retime.h"

#include <string.h>

/* A schedule that is searched for. */
struct searched {
    struct policy policy; /* its name */
    struct plan *(*search)(const struct search_task *task,
                           struct search_result *result, struct cause *cause);
};

static const struct searched searched[] = {
    {{.name = "greedy",
      .summary = "the best found for the costs and the memory given",
      .placement = PLACEMENT_LOOPED},
     search_greedy},
    {{.name = "optimal",
      .summary = "the shortest makespan there is, of a small shape",
      .placement = PLACEMENT_LOOPED},
     search_optimal},
};

enum { SEARCHED = sizeof searched / sizeof *searched };

const struct policy *
schedule_at(int i)
{
    int policies = 0;

    while (policy_at(policies))
        policies++;
    if (i < policies)
        return policy_at(i);
    return i - policies < SEARCHED ? &searched[i - policies].policy : NULL;
}

const struct policy *
schedule_find(const char *name, struct cause *cause)
{
    char names[256] = "";

    for (int i = 0; schedule_at(i); i++) {
        const struct policy *schedule = schedule_at(i);

        if (policy_is_named(schedule, name))
            return schedule;
        if (i > 0)
            strncat(names, ", ", sizeof names - strlen(names) - 1);
        strncat(names, schedule->name, sizeof names - strlen(names) - 1);
    }
    fail(cause, "%s is no schedule; use one of %s", name, names);
    return NULL;
}

bool
schedule_is_searched(const char *name)
{
    struct cause cause;
    const struct policy *schedule = schedule_find(name, &cause);

    return schedule && !schedule->make;
}

static const struct searched *
searched_of(const struct policy *schedule)
{
    const struct searched *found = searched;

    while (&found->policy != schedule)
        found++;
    return found;
}

bool
schedule_takes_long(const struct policy *schedule)
{
    return !schedule->make && searched_of(schedule)->search == search_optimal;
}

struct plan *
schedule_plan_for(const char *name, const struct search_task *task,
                  struct search_result *result, struct cause *cause)
{
    const struct policy *schedule = schedule_find(name, cause);
    struct plan *plan;

    if (!schedule || !policy_suits_group(schedule, task->ranks, task->stages,
                                         task->mbs, task->group, cause))
        return NULL;
    plan = schedule->make
               ? policy_plan_in_groups(schedule, task->ranks, task->stages,
                                       task->mbs, task->group)
               : searched_of(schedule)->search(task, result, cause);
    if (plan)
        plan->freed_by_input = task->freed_by_input;
    return schedule->retimed ? retime(plan, task) : plan;
}

struct plan *
schedule_plan(const char *name, int ranks, int stages, int mbs,
              struct cause *cause)
{
    struct search_task task = {.ranks = ranks, .stages = stages, .mbs = mbs};
    struct search_result result;
    struct cost cost;
    struct plan *plan;

    if (!plan_shape_valid(ranks, stages, mbs, cause))
        return NULL;
    cost_init(&cost, stages);
    task.cost = &cost;
    plan = schedule_plan_for(name, &task, &result, cause);
    cost_fini(&cost);
    return plan;
}
