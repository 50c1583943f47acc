/* search.c -- finds short plans: tries all policies and list schedules, goes
 * through small shapes exactly, and keeps the best. */
#include "config.h"

#include "search/search.h"

#include "base/memory.h"
#include "plan/lower.h"
#include "plan/program.h"
#include "plan/walk.h"
#include "policy/policy.h"
#include "search/beam.h"
#include "search/list_search.h"

#include <limits.h>
#include <stdlib.h>

/* This search is our own. For given costs, latency and memory it keeps the best
 * of
 *
 *   - every policy that suits the shape and fits the memory,
 *   - list schedules (list_search.h),
 *   - where the makespan counts and the shape is small, what a narrow beam
 *     finds (beam.h),
 *   - all this with less memory.
 *
 * So its plan is never longer than that of a policy or of less memory. It is
 * bounded in actions, not in seconds: the same task gives the same plan on
 * every machine. It ends early when the lower bound is reached, and does not
 * try less memory once that bound alone is no better than what is found. */
enum {
    BEAM_ACTIONS = 160, /* 3 S M of a small shape */
    BEAM_WIDTH = 256,
    ROOM_ACTIONS = 6 * 1000 * 1000, /* for smaller and smaller memories */
    ROOM_SCHEDULES = 1000,          /* in each of them, about */
    OPTIMAL_WIDTH = 1 << 15,        /* the largest where time counts */
    WIDER = 8,
    PLACEMENTS = 2
};

struct search {
    const struct search_task *task;
    struct search_result *result;
    struct plan *plan; /* the best, or NULL; its time is in the result */
    struct footprint *stages;
    int64_t *most; /* ranks: the room; without a limit, for all S/P M */
    struct plan *shapes[PLACEMENTS];
    struct problem problems[PLACEMENTS];
    int placements;
};

/* ---- times ---- */

/* Renumbers the backwards of each stage 0, 1, ... in their order. All
 * microbatches take the same time, so no action starts later, and weight
 * gradients are added in ascending order. */
static void
put_in_order(struct plan *plan)
{
    int *next = memory_new((size_t)plan->stages, sizeof *next);

    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            struct action *action = &plan->lists[r].at[i];

            if (action->kind == ACTION_FULL_BACKWARD)
                action->mb = next[action->stage]++;
        }
    free(next);
}

static struct search_time
search_time(const struct plan *plan, const struct cost *cost)
{
    struct plan *lowered = lower(plan);
    struct search_time time = {.makespan = 0};
    struct walk walk;

    walk_run(&walk, lowered, cost, WALK_UNBOUNDED, walk_latest,
             &time.makespan);
    time.period = period_of(lowered, cost, walk.slots > 2 ? walk.slots : 2);
    walk_fini(&walk);
    plan_free(lowered);
    return time;
}

static int
compare_periods(struct period a, struct period b)
{
    long double left = (long double)a.ticks * (long double)b.steps;
    long double right = (long double)b.ticks * (long double)a.steps;

    return (left > right) - (left < right);
}

/* Whether a time is better, by the objective and then by the other. */
static bool
is_shorter(enum search_objective objective, const struct search_time *a,
           const struct search_time *b)
{
    int periods = compare_periods(a->period, b->period);

    if (objective == SEARCH_PERIOD && periods != 0)
        return periods < 0;
    return a->makespan != b->makespan ? a->makespan < b->makespan
                                      : periods < 0;
}

static double
searched_for(const struct search *q)
{
    return search_time_for(q->task->objective, &q->result->time);
}

/* Whether the best plan is no longer than a bound. */
static bool
reaches(const struct search *q, int64_t bound)
{
    return q->plan && searched_for(q) <= (double)bound;
}

/* For beams and list searches: there is a plan already. */
static bool
search_goes_on(void *context)
{
    struct search *q = context;
    const struct search_watch *watch = q->task->watch;

    if (watch && q->plan && !q->result->stopped)
        q->result->stopped = !watch->goes_on(watch->context, searched_for(q),
                                             q->result->bound.ticks);
    return !q->result->stopped;
}

/* ---- plans ---- */

/* Whether a plan is valid and fits the memory; puts its backwards in order. */
static bool
fits(struct plan *plan, int max_activations)
{
    struct cause cause;
    struct program *program;
    bool fit = true;

    program = program_make(plan, &cause);
    if (!program)
        return false;
    for (int r = 0; max_activations > 0 && r < plan->ranks; r++)
        fit = fit && program->peak_activations[r] <= max_activations;
    if (program->unordered_stage >= 0 &&
        !plan_has(plan, ACTION_BACKWARD_INPUT))
        put_in_order(plan);
    program_free(program);
    return fit;
}

/* Takes ownership of a plan; keeps it as the best if it is shorter. */
static bool
keep(struct search *q, struct plan *plan)
{
    struct search_time time = search_time(plan, q->task->cost);

    if (q->plan && !is_shorter(q->task->objective, &time, &q->result->time)) {
        plan_free(plan);
        return false;
    }
    plan_free(q->plan);
    q->plan = plan;
    q->result->time = time;
    return true;
}

static void
try_policies(struct search *q)
{
    const struct search_task *task = q->task;
    struct cause cause;

    for (int i = 0; policy_at(i); i++) {
        const struct policy *policy = policy_at(i);
        struct plan *plan;

        /* Two copies are another model on the ranks, with another bound. */
        if (policy->placement == PLACEMENT_BOTH_WAYS ||
            !policy_suits(policy, task->ranks, task->stages, task->mbs,
                          &cause))
            continue;
        plan = policy_plan(policy, task->ranks, task->stages, task->mbs);
        plan->freed_by_input = task->freed_by_input;
        if (!fits(plan, task->max_activations)) {
            plan_free(plan);
        } else if (keep(q, plan)) {
            q->result->beaten = policy->name;
            q->result->beaten_time = q->result->time;
        }
    }
}

static struct plan *
empty_like(const struct plan *shape)
{
    struct plan *plan =
        plan_new(shape->name, shape->ranks, shape->stages, shape->mbs);

    for (int s = 0; s < shape->stages; s++)
        plan->rank_of_stage[s] = shape->rank_of_stage[s];
    plan->freed_by_input = shape->freed_by_input;
    return plan;
}

/* One placement's list schedules; enough: a time that is good enough. */
static void
try_lists(struct search *q, const struct problem *problem, int64_t enough)
{
    struct list_search lists = {
        .problem = problem,
        .most = q->most,
        .for_makespan = q->task->objective == SEARCH_MAKESPAN,
        .enough = enough,
        .goes_on = search_goes_on,
        .asked = q,
    };
    struct plan *plan = empty_like(problem->shape);

    list_search(&lists, plan);
    keep(q, plan);
}

/* Whether no state of the shape was left out. */
static bool
try_beam(struct search *q, const struct problem *problem, int width)
{
    struct beam beam = {
        .width = width,
        .below = q->plan ? q->result->time.makespan : INT64_MAX,
        .goes_on = search_goes_on,
        .asked = q,
    };
    struct plan *plan = beam_search(&beam, problem);

    if (plan) {
        plan->freed_by_input = problem->shape->freed_by_input;
        keep(q, plan);
    }
    return beam.proven;
}

/* ---- with a memory ---- */

/* Lets ranks hold so many activations; 0: any number. */
static void
set_room(struct search *q, int activations)
{
    const struct search_task *task = q->task;
    int64_t most = activations
                       ? activations
                       : task->stages / task->ranks * (int64_t)task->mbs;
    struct room room = {q->stages, activations ? q->most : NULL};

    for (int r = 0; r < task->ranks; r++)
        q->most[r] = most * ACTIVATION_ONE;
    for (int i = 0; i < q->placements; i++) {
        problem_fini(&q->problems[i]);
        problem_init(&q->problems[i], q->shapes[i], task->cost, room);
    }
}

static struct bound
bound_of(const struct search *q, const struct problem *problem)
{
    return q->task->objective == SEARCH_MAKESPAN ? bound_makespan(problem)
                                                 : bound_period(problem);
}

/* Of the placement that has the least. */
static struct bound
least_bound(const struct search *q)
{
    struct bound least = bound_of(q, &q->problems[0]);

    for (int i = 1; i < q->placements; i++) {
        struct bound bound = bound_of(q, &q->problems[i]);

        if (bound.ticks < least.ticks)
            least = bound;
    }
    return least;
}

/* Whether a beam of all placements proves the best plan. */
static bool
try_beams(struct search *q, int width)
{
    bool proven = q->problems[0].timed;

    for (int i = 0; i < q->placements && !q->result->stopped; i++)
        proven = (reaches(q, bound_makespan(&q->problems[i]).ticks) ||
                  try_beam(q, &q->problems[i], width)) &&
                 proven;
    return proven && !q->result->stopped;
}

/* Whether no plan within the room is shorter. */
static bool
search_within(struct search *q, int64_t bound)
{
    bool small = 3 * (int64_t)q->task->stages * q->task->mbs <= BEAM_ACTIONS;

    if (small && q->task->objective == SEARCH_MAKESPAN &&
        try_beams(q, BEAM_WIDTH))
        return true;
    for (int i = 0; i < q->placements && !reaches(q, bound); i++)
        try_lists(q, &q->problems[i], bound);
    return reaches(q, bound);
}

/* With all memory, then with less, as long as that may still be better. */
static void
search_down(struct search *q)
{
    const struct search_task *task = q->task;
    int chunks = task->stages / task->ranks;
    int most = chunks * task->mbs;
    int64_t left = ROOM_ACTIONS / ROOM_SCHEDULES /
                   (3 * (int64_t)task->stages * task->mbs);

    q->result->proven = search_within(q, q->result->bound.ticks);
    if (task->max_activations && task->max_activations < most)
        most = task->max_activations;
    for (int less = most - 1; less >= chunks && left-- > 0 &&
                              !q->result->proven && !q->result->stopped;
         less--) {
        int64_t bound;

        set_room(q, less);
        bound = least_bound(q).ticks;
        if (reaches(q, bound))
            break;
        search_within(q, bound);
    }
}

static void
prove(struct search *q)
{
    for (int width = BEAM_WIDTH;
         !q->result->proven && !q->result->stopped &&
         (q->task->patient || width <= OPTIMAL_WIDTH) &&
         width < INT_MAX / WIDER;
         width *= WIDER)
        q->result->proven = try_beams(q, width);
}

/* ---- searches ---- */

static bool
begin_search(struct search *q, const struct search_task *task,
             struct search_result *result, struct cause *cause)
{
    int chunks = task->stages / task->ranks;

    *result = (struct search_result){.objective = task->objective};
    if (task->max_activations > 0 && task->max_activations < chunks)
        return fail(
            cause,
            "room for %d activations is less than the %d stages of a rank, "
            "which a microbatch needs; allow %d or more",
            task->max_activations, chunks, chunks);
    *q = (struct search){
        .task = task,
        .result = result,
        .stages = memory_new((size_t)task->stages, sizeof *q->stages),
        .most = memory_new((size_t)task->ranks, sizeof *q->most),
        .placements = task->stages % (2 * task->ranks) == 0 ? 2 : 1,
    };
    for (int s = 0; s < task->stages; s++)
        q->stages[s] = (struct footprint){
            .stash = ACTIVATION_ONE,
            .owed = ACTIVATION_ONE - task->freed_by_input,
        };
    for (int i = 0; i < q->placements; i++) {
        q->shapes[i] =
            placement_plan(i == 0 ? PLACEMENT_LOOPED : PLACEMENT_WAVE,
                           "greedy", task->ranks, task->stages, task->mbs);
        q->shapes[i]->freed_by_input = task->freed_by_input;
    }
    set_room(q, task->max_activations);
    result->bound = least_bound(q);
    return true;
}

static struct plan *
end_search(struct search *q, const char *name)
{
    for (int i = 0; i < q->placements; i++) {
        problem_fini(&q->problems[i]);
        plan_free(q->shapes[i]);
    }
    free(q->stages);
    free(q->most);
    q->result->proven =
        q->result->proven || reaches(q, q->result->bound.ticks);
    plan_rename(q->plan, name);
    return q->plan;
}

struct plan *
search_greedy(const struct search_task *task, struct search_result *result,
              struct cause *cause)
{
    struct search q;

    if (!begin_search(&q, task, result, cause))
        return NULL;
    try_policies(&q);
    if (!reaches(&q, result->bound.ticks))
        search_down(&q);
    return end_search(&q, "greedy");
}

struct plan *
search_optimal(const struct search_task *given, struct search_result *result,
               struct cause *cause)
{
    struct search_task task = *given;
    struct search q;

    task.objective = SEARCH_MAKESPAN;
    if (!begin_search(&q, &task, result, cause))
        return NULL;
    try_policies(&q);
    result->proven = search_within(&q, result->bound.ticks);
    prove(&q);
    return end_search(&q, "optimal");
}
