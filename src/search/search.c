/* search.c -- finds short plans: tries all policies and list schedules, goes
 * through small shapes exactly, and keeps the best. */
#include "config.h"

#include "search/search.h"

#include "base/memory.h"
#include "base/plural.h"
#include "plan/lower.h"
#include "plan/program.h"
#include "plan/walk.h"
#include "policy/policy.h"
#include "search/beam.h"
#include "search/list_search.h"
#include "search/retime.h"
#include "search/rooms.h"

#include <limits.h>
#include <stdlib.h>

/* This search is our own. For given costs, latency and memory it keeps the best
 * of
 *
 *   - every policy that suits the shape and fits the memory,
 *   - list schedules (list_search.h),
 *   - where the makespan counts and the shape is small, what a narrow beam
 *     finds (beam.h),
 *   - all this with less memory, of activations and, where they are known, of
 *     bytes,
 *   - where an I frees a part of an activation, all this as if it did not.
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
    SLOT_TRIES = 3
};

struct search {
    const struct search_task *task;
    struct search_result *result;
    struct plan *plan; /* the best, or NULL; its time is in the result */
    bool refused;      /* a plan did not keep to a limit */
    int64_t excess;    /* the most bytes that one held too much */
    struct rooms rooms;
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

struct search_time
search_time_of(const struct plan *plan, const struct cost *cost, int *slots)
{
    struct plan *lowered = lower(plan);
    struct search_time time = {.makespan = 0};
    struct walk walk;

    walk_run(&walk, lowered, cost, WALK_UNBOUNDED, walk_latest,
             &time.makespan);
    time.period = period_of(lowered, cost, walk.slots > 2 ? walk.slots : 2);
    *slots = walk.slots;
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

/* Whether a plan is valid; puts its backwards in order. */
static bool
is_valid(struct plan *plan)
{
    struct cause cause;
    struct program *program = program_make(plan, &cause);

    if (!program)
        return false;
    if (program->unordered_stage >= 0 &&
        !plan_has(plan, ACTION_BACKWARD_INPUT))
        put_in_order(plan);
    program_free(program);
    return true;
}

/* Takes ownership of a plan; keeps it as the best if it fits the memory and is
 * shorter. */
static bool
keep(struct search *q, struct plan *plan)
{
    int slots;
    struct search_time time = search_time_of(plan, q->task->cost, &slots);
    bool fit = rooms_keep(&q->rooms, plan, slots, &q->excess);

    q->refused = q->refused || !fit;
    if (!fit || (q->plan &&
                 !is_shorter(q->task->objective, &time, &q->result->time))) {
        plan_free(plan);
        return false;
    }
    plan_free(q->plan);
    q->plan = plan;
    q->result->time = time;
    return true;
}

/* As it is laid out, and, where the costs are not those, at the costs. */
static void
try_policy(struct search *q, const struct policy *policy)
{
    const struct search_task *task = q->task;

    for (int timed = 0; timed <= policy->retimed; timed++) {
        struct plan *plan =
            policy_plan(policy, task->ranks, task->stages, task->mbs);

        plan->freed_by_input = task->freed_by_input;
        if (!is_valid(plan)) {
            plan_free(plan);
            return;
        }
        if (timed)
            plan = retime(plan, task);
        if (keep(q, plan)) {
            q->result->beaten = policy->name;
            q->result->beaten_time = q->result->time;
        }
    }
}

static void
try_policies(struct search *q)
{
    const struct search_task *task = q->task;
    struct cause cause;

    /* Two copies are another model on the ranks, with another bound. */
    for (int i = 0; policy_at(i); i++)
        if (policy_at(i)->placement != PLACEMENT_BOTH_WAYS &&
            policy_suits(policy_at(i), task->ranks, task->stages, task->mbs,
                         &cause))
            try_policy(q, policy_at(i));
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
try_lists(struct search *q, int placement, int64_t enough)
{
    const struct problem *problem = &q->rooms.problems[placement];
    struct list_search lists = {
        .problem = problem,
        .most = q->rooms.most[placement],
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

    q->refused = false;
    if (plan) {
        plan->freed_by_input = problem->shape->freed_by_input;
        keep(q, plan);
    }
    return beam.proven && !q->refused;
}

/* ---- with a memory ---- */

/* Whether a beam of all placements proves the best plan. */
static bool
try_beams(struct search *q, int width)
{
    const struct rooms *rooms = &q->rooms;
    bool proven = rooms->problems[0].timed;

    for (int i = 0; i < rooms->placements && !q->result->stopped; i++)
        proven = (rooms->closed[i] ||
                  reaches(q, bound_makespan(&rooms->problems[i]).ticks) ||
                  try_beam(q, &rooms->problems[i], width)) &&
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
    for (int i = 0; i < q->rooms.placements && !reaches(q, bound); i++)
        if (!q->rooms.closed[i])
            try_lists(q, i, bound);
    return reaches(q, bound);
}

/* Whether a limit leaves less than all memory, or is the only one. */
static bool
is_limiting(const struct search *q, enum limit_kind kind)
{
    if (kind == LIMIT_BYTES)
        return q->result->bytes_limit;
    return q->task->max_activations > 0 || !q->result->bytes_limit;
}

/* With all memory. Room is left for two slots of a link; where the plan found
 * uses more and does not fit, it is left for more. */
static void
search_top(struct search *q, enum limit_kind kind)
{
    struct rooms *rooms = &q->rooms;
    int64_t size = rooms->limits[kind].most;
    bool found;

    if (!is_limiting(q, kind))
        return;
    rooms_set(rooms, kind, size, false);
    q->excess = 0;
    found = search_within(q, rooms_bound(rooms, q->task->objective).ticks);
    if (found && rooms_are_whole(rooms, kind))
        q->result->proven = true;
    for (int i = 0; i < SLOT_TRIES && kind == LIMIT_BYTES && q->excess > 0 &&
                    !q->result->proven && !q->result->stopped;
         i++) {
        size -= q->excess;
        q->excess = 0;
        if (!rooms_set(rooms, kind, size, false))
            break;
        search_within(q, rooms_bound(rooms, q->task->objective).ticks);
    }
}

/* With all memory, then with less, as long as that may still be better. */
static void
search_down(struct search *q, enum limit_kind kind)
{
    const struct search_task *task = q->task;
    struct rooms *rooms = &q->rooms;
    int64_t left = ROOM_ACTIONS / ROOM_SCHEDULES /
                   (3 * (int64_t)task->stages * task->mbs);
    int64_t size = rooms->limits[kind].most;

    search_top(q, kind);
    rooms_set(rooms, kind, size, false);
    while (left-- > 0 && !q->result->proven && !q->result->stopped) {
        int64_t bound;

        size = rooms_less(rooms, kind, size);
        if (!rooms_set(rooms, kind, size, false))
            break;
        bound = rooms_bound(rooms, task->objective).ticks;
        if (reaches(q, bound))
            break;
        search_within(q, bound);
    }
}

static void
prove(struct search *q, enum limit_kind kind)
{
    if (!is_limiting(q, kind))
        return;
    rooms_set(&q->rooms, kind, q->rooms.limits[kind].most, true);
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
            "room for %d activation%s is less than the %d stages of a rank, "
            "which a microbatch needs; allow %d or more",
            task->max_activations, plural(task->max_activations), chunks,
            chunks);
    *q = (struct search){.task = task, .result = result};
    rooms_init(&q->rooms, task);
    if (rooms_bound_all(&q->rooms, result, cause))
        return true;
    rooms_fini(&q->rooms);
    return false;
}

/* The plan that was found. If none keeps to all limits, links with few slots
 * may: those of one microbatch at a time on a rank. */
static struct plan *
end_search(struct search *q, const char *name, struct cause *cause)
{
    struct rooms *rooms = &q->rooms;

    for (int k = LIMITS - 1; k >= 0 && !q->plan; k--)
        if (rooms->searched[k]) {
            rooms_set_one(rooms, (enum limit_kind)k);
            search_within(q, rooms_bound(rooms, q->task->objective).ticks);
        }
    rooms_fini(rooms);
    if (!q->plan) {
        fail(cause, "no plan was found that fits; allow more memory");
        return NULL;
    }
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
    for (int k = LIMITS - 1; k >= 0; k--)
        if (q.rooms.searched[k] && !result->proven && !result->stopped &&
            !reaches(&q, result->bound.ticks))
            search_down(&q, (enum limit_kind)k);
    return end_search(&q, "greedy", cause);
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
    for (int k = LIMITS - 1; k >= 0 && !result->proven; k--)
        if (q.rooms.searched[k])
            search_top(&q, (enum limit_kind)k);
    for (int k = LIMITS - 1; k >= 0; k--)
        if (q.rooms.searched[k] && k != LIMIT_UNTIL_WEIGHT)
            prove(&q, (enum limit_kind)k);
    return end_search(&q, "optimal", cause);
}
