/* rank.c -- runs a rank's list, action by action. */
#include "config.h"

#include "runtime/rank.h"

#include "base/clock.h"
#include "runtime/compute.h"
#include "runtime/far.h"
#include "plan/place.h"

#include <signal.h>
#include <stdio.h>

__attribute__((noinline)) void
rank_action_begin(const struct rank *rank, const struct action *action)
{
    if (action == rank->run->options.break_at)
        raise(SIGTRAP);
    /* Keeps the call and its arguments in optimised builds. */
    __asm__ __volatile__("" : : "r"(rank), "r"(action) : "memory");
}

/* Why a wait came to nothing; nothing to say if the run has ended already. */
static bool
rank_give_up(struct rank *rank, bool left)
{
    if (board_deadlocked(&rank->run->board))
        run_fail(rank->run, RUN_DEADLOCK, NULL);
    else if (left)
        run_fail(rank->run, RUN_LEFT, NULL);
    return false;
}

/* Nanoseconds that the rank has waited for a core since the run began. */
static int64_t
waited_for_core(const struct rank *rank)
{
    return rank->core_share ? rank->core_share->users[rank->number].waited_ns
                            : 0;
}

static bool
rank_transfer(struct rank *rank, const struct action *action,
              struct span *virtual, struct span *wall)
{
    const struct stage_ops *ops = rank->run->options.ops;
    const struct plan *plan = rank->run->options.plan;
    struct channel *channel = &rank->run->channels[plan_link(plan, action)];
    void *stage = rank->run->options.stages[plan_place(plan, action)].self;
    struct transfer result;
    int64_t off_core = waited_for_core(rank);
    bool sending = false;
    enum port port = PORT_INPUT;
    struct tensor tensor;

    switch ((enum action_kind)action->kind) {
    case ACTION_SEND_F:
        port = PORT_OUTPUT;
        sending = true;
        break;
    case ACTION_SEND_B:
        port = PORT_GRAD_INPUT;
        sending = true;
        break;
    case ACTION_RECV_B:
        port = PORT_GRAD_OUTPUT;
        break;
    case ACTION_SEND_G:
        port = PORT_WEIGHTS;
        sending = true;
        break;
    case ACTION_RECV_G:
        port = PORT_OTHER_WEIGHTS;
        break;
    default:
        break;
    }
    tensor = ops->tensor(stage, port, action->mb);
    if (!(sending ? channel_send : channel_recv)(
            channel, action->mb, tensor, rank->clock, rank->position, &result))
        return rank_give_up(rank, far_left(channel));
    virtual->end = result.done;
    wall->end = clock_wall_ns();
    off_core = waited_for_core(rank) - off_core;
    wall->parts[SPAN_OFF_CORE] = off_core;
    wall->parts[sending ? SPAN_WAIT_ROOM : SPAN_WAIT_INPUT] =
        result.ready_ns - wall->start - off_core;
    wall->parts[SPAN_COPY] = result.copied_ns - result.ready_ns;
    virtual->parts[sending ? SPAN_WAIT_ROOM : SPAN_WAIT_INPUT] = virtual->end -
                                                                 virtual
                                                                     ->start;
    return true;
}

/* Called before each action, also before a transfer: a message is as urgent as
 * the computation that it is for. */
static void
rank_mark(struct rank *rank)
{
    int64_t computed = progress_done(&rank->computed);

    core_share_mark(
        rank->core_share, rank->number, rank->step,
        rank->run->levels[rank->number][rank->position],
        computed ? (rank->parts[SPAN_COMPUTE] + rank->parts[SPAN_RECOMPUTE]) /
                       computed
                 : 0);
}

/* Waits until all ranks have come to their first STEP. The wait lies before the
 * spans, in either clock. */
static bool
rank_meet(struct rank *rank, struct span *virtual, struct span *wall)
{
    int64_t came = wall->start;
    int64_t off_core = waited_for_core(rank);

    if (!meeting_wait(&rank->run->meeting, rank->number, rank->position,
                      &virtual->start))
        return rank_give_up(rank, rank->run->meeting.left);
    wall->start = clock_wall_ns();
    virtual->parts[SPAN_WAIT_INPUT] = virtual->start - rank->clock;
    off_core = waited_for_core(rank) - off_core;
    wall->parts[SPAN_WAIT_INPUT] = wall->start - came - off_core;
    rank->parts[SPAN_OFF_CORE] += off_core;
    return true;
}

static bool
run_action(struct rank *rank, const struct action *action, bool meets)
{
    struct run *run = rank->run;
    enum action_class class = action_class((enum action_kind)action->kind);
    struct span virtual = {.action = *action, .start = rank->clock};
    struct span wall = {.action = *action, .start = clock_wall_ns()};
    bool good;

    rank->action = action;
    if (rank->core_share)
        rank_mark(rank);
    rank_action_begin(rank, action);
    if (meets && !rank_meet(rank, &virtual, &wall))
        return false;
    if (class == ACTION_CLASS_SEND || class == ACTION_CLASS_RECV) {
        good = rank_transfer(rank, action, &virtual, &wall);
    } else {
        const struct cost *cost = run->options.timing.cost;
        int64_t ticks = cost_at(cost, rank->number, rank->position, action);

        virtual.parts[SPAN_RECOMPUTE] = cost_recomputed(cost, action, ticks);
        virtual.parts[SPAN_COMPUTE] = ticks - virtual.parts[SPAN_RECOMPUTE];
        virtual.end = virtual.start + ticks;
        good = compute_run(rank, action, &wall);
    }
    if (!good)
        return false;
    rank->clock = virtual.end;
    for (int p = 0; p < SPAN_PARTS; p++)
        rank->parts[p] += wall.parts[p];
    trace_add(&run->virtual, rank->number, &virtual);
    trace_add(&kept_at(&run->kept, rank->step)->wall, rank->number, &wall);
    return true;
}

static bool
run_step(struct rank *rank)
{
    struct run *run = rank->run;
    const struct action_list *list = &run->options.plan->lists[rank->number];
    bool lockstep = run->options.timing.turns != NULL;
    bool barrier = run->options.timing.cost->barrier;

    run->virtual.lanes[rank->number].count = 0;
    kept_at(&run->kept, rank->step)->wall.lanes[rank->number].count = 0;
    for (size_t i = 0; i < list->count; i++) {
        bool meets = barrier && list->at[i].kind == ACTION_OPTIMIZER_STEP;
        bool good;

        rank->position = i;
        if (meets) {
            meeting_come(&run->meeting, rank->number, rank->clock);
            barrier = false;
        }
        if (lockstep && !lockstep_enter(&run->lockstep, rank->number))
            return false;
        good = run_action(rank, &list->at[i], meets);
        if (lockstep)
            lockstep_leave(&run->lockstep, rank->number);
        if (!good)
            return false;
    }
    rank->position = list->count;
    return true;
}

static void
rank_settle(struct rank *rank)
{
    char name[16];

    snprintf(name, sizeof name, "rank-%d", rank->number);
    cores_name_thread(name);
    if (rank->core >= 0 && !cores_bind(rank->core))
        rank->core = -1;
}

void *
rank_main(void *argument)
{
    struct rank *rank = argument;
    struct run *run = rank->run;
    bool good = true;
    int64_t start;

    rank_settle(rank);
    if (rank->core_share)
        core_share_join(rank->core_share, rank->number);
    start = clock_wall_ns();
    for (int s = 0; good && s < run->steps; s++) {
        if (!run_step_wanted(run, run->first_step + s))
            break;
        rank->step = run->first_step + s;
        good = run_step(rank);
    }
    rank->loop_ns += clock_wall_ns() - start;
    if (!good)
        rank_stop(rank);
    if (rank->core_share)
        core_share_leave(rank->core_share, rank->number);
    if (good && !board_leave(&run->board, rank->number, rank->position))
        run_fail(run, RUN_DEADLOCK, NULL);
    lockstep_go(&run->lockstep);
    return NULL;
}
