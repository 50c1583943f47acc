/* run.c -- makes channels and threads, starts and joins the ranks. */
#include "config.h"

#include "runtime/run.h"

#include "base/clock.h"
#include "base/memory.h"
#include "runtime/far.h"
#include "runtime/gather.h"
#include "runtime/rank.h"
#include "plan/level.h"
#include "plan/place.h"

#include <stdlib.h>
#include <string.h>

/* What one message on a link carries at most. */
static size_t
link_floats(const struct run_options *options, int link)
{
    int exchange = link - plan_links_between(options->plan);

    if (exchange >= 0)
        return options->stages[exchange / 2].weight_floats;
    return link % 2 == 1 ? options->stages[link / 2 + 1].input_floats
                         : options->stages[link / 2].output_floats;
}

/* Whether any of its ends is here; *whole: both are. */
static bool
link_is_here(const struct run *run, int link, int *from, int *to, bool *whole)
{
    const struct world *world = run->options.world;
    bool sends, receives;

    if (!plan_link_ends(run->options.plan, link, from, to))
        return false;
    sends = world_is_home(world, *from);
    receives = world_is_home(world, *to);
    *whole = sends && receives;
    return sends || receives;
}

static void
make_channels(struct run *run)
{
    const struct run_options *options = &run->options;
    const struct plan *plan = options->plan;
    int capacity = options->timing.capacity;

    run->channels =
        memory_new((size_t)plan_links(plan), sizeof *run->channels);
    for (int i = 0; i < plan_links(plan); i++) {
        struct channel *channel = &run->channels[i];
        /* More slots than the messages of a step change virtual times only. */
        int most = i < plan_links_between(plan) ? plan->mbs : 1;
        size_t floats = 0;
        int from, to;
        bool whole;

        if (!link_is_here(run, i, &from, &to, &whole)) {
            channel->capacity = -1;
            continue;
        }
        floats = link_floats(options, i);
        if (whole)
            channel_init_holding(channel, most, capacity, floats, from, to,
                                 &run->board);
        else
            far_init(channel, options->world, i, most, capacity, floats, from,
                     to);
        channel->latency = options->timing.cost->latency;
        channel->core_share = run->shared ? &run->core_share : NULL;
        /* Other processes may need the core, too. */
        channel->yields =
            !run->shared && (plan->ranks > run->cores ||
                             run->home < plan->ranks || options->all);
    }
}

/* Whether ranks share cores by core_share. In lockstep one rank moves at a
 * time anyway. */
static bool
run_shares_cores(const struct run_options *options, int cores)
{
    return options->bind && !options->timing.turns &&
           options->plan->ranks > cores;
}

struct run *
run_new(const struct run_options *options)
{
    struct run *run = memory_new(1, sizeof *run);
    int cores[CORES_MAX];

    run->options = *options;
    for (int r = 0; r < options->plan->ranks; r++)
        run->home += world_is_home(options->world, r);
    /* A link's messages must not meet a receive of the run before, which its
     * process has not given up yet: see run_free(). */
    world_meet(options->world);
    run->cores = cores_allowed(cores);
    run->shared = cores[0] >= 0 && run_shares_cores(options, run->cores);
    if (run->shared) {
        core_share_init(&run->core_share, cores, run->cores,
                        options->plan->ranks);
        run->levels = level_new(options->plan, options->timing.cost);
    }
    pthread_mutex_init(&run->lock, NULL);
    board_init(&run->board, options->plan->ranks, run->home);
    lockstep_init(&run->lockstep, &options->timing, options->plan->ranks);
    meeting_init(&run->meeting, options->plan->ranks, &run->board,
                 run->shared ? &run->core_share : NULL,
                 options->timing.cost->barrier ? far_meet_new(options->world)
                                               : NULL);
    make_channels(run);
    trace_init(&run->virtual, options->plan, 1);
    kept_init(&run->kept, options->plan);
    run->ranks = memory_new((size_t)options->plan->ranks, sizeof *run->ranks);
    for (int r = 0; r < options->plan->ranks; r++) {
        run->ranks[r].run = run;
        run->ranks[r].number = r;
        run->ranks[r].core = options->bind ? cores[r % run->cores] : -1;
        run->ranks[r].core_share = run->shared ? &run->core_share : NULL;
    }
    return run;
}

/* Tells the other processes, if there are any, that no message will come any
 * more; does not wait. No rank may be running. */
static void
run_leave(struct run *run)
{
    for (int i = 0; i < plan_links(run->options.plan); i++)
        if (run->channels[i].far)
            far_leave(&run->channels[i]);
    far_meet_leave(run->meeting.far);
}

void
run_free(struct run *run)
{
    if (!run)
        return;
    run_leave(run);
    for (int i = 0; i < plan_links(run->options.plan); i++)
        if (run->channels[i].capacity >= 0)
            channel_fini(&run->channels[i]);
    free(run->channels);
    if (run->shared) {
        core_share_fini(&run->core_share);
        level_free(run->levels, run->options.plan);
    }
    free(run->ranks);
    trace_fini(&run->virtual);
    kept_fini(&run->kept);
    lockstep_fini(&run->lockstep);
    meeting_fini(&run->meeting);
    board_fini(&run->board);
    pthread_mutex_destroy(&run->lock);
    free(run);
}

void
run_fail(struct run *run, enum run_status status, const struct cause *cause)
{
    bool first;

    pthread_mutex_lock(&run->lock);
    first = run->status == RUN_DONE;
    if (first) {
        run->status = status;
        if (cause)
            run->cause = *cause;
    }
    pthread_mutex_unlock(&run->lock);
    if (!first)
        return;
    /* One channel lock at a time, and no other lock held. */
    for (int i = 0; i < plan_links(run->options.plan); i++)
        if (run->channels[i].capacity >= 0)
            channel_close(&run->channels[i]);
    meeting_close(&run->meeting);
    lockstep_close(&run->lockstep);
}

void
run_start(struct run *run, int first_step, int steps, bool held)
{
    int ranks = run->options.plan->ranks;

    run->start_ns = clock_wall_ns();
    run->first_step = first_step;
    run->steps = steps;
    run->begun = first_step - 1;
    run->stopping = false;
    board_reset(&run->board);
    lockstep_reset(&run->lockstep, held);
    meeting_restart(&run->meeting);
    for (int i = 0; i < plan_links(run->options.plan); i++)
        if (run->channels[i].capacity >= 0)
            channel_restart(&run->channels[i]);
    for (int r = 0; r < ranks; r++) {
        run->ranks[r].clock = 0;
        if (!world_is_home(run->options.world, r))
            continue;
        if (pthread_create(&run->ranks[r].thread, NULL, rank_main,
                           &run->ranks[r]) != 0)
            die("cannot start thread %d of %d; use fewer ranks", r, ranks);
    }
}

/* The steps before the first that failed. The rank that failed has begun its
 * step, so the last stage has been through all earlier ones. */
static int
steps_before_failure(const struct run *run)
{
    int steps = run->steps;

    for (int r = 0; r < run->options.plan->ranks; r++) {
        const struct rank *rank = &run->ranks[r];

        if (rank->failed && rank->step - run->first_step < steps)
            steps = rank->step - run->first_step;
    }
    return steps;
}

/* What all processes came to, if there are others. */
static void
join_world(struct run *run)
{
    const struct world *world =
        run->options.all ? run->options.all : run->options.world;

    if (run->status != RUN_DONE)
        run_leave(run);
    run->status =
        (enum run_status)world_agree(world, (int)run->status, &run->cause);
    run->steps = (int)world_least(world, run->steps);
    gather_run(run);
}

enum run_status
run_join(struct run *run)
{
    run->bound = true;
    for (int r = 0; r < run->options.plan->ranks; r++) {
        if (world_is_home(run->options.world, r))
            pthread_join(run->ranks[r].thread, NULL);
        if (run->ranks[r].core < 0)
            run->bound = false;
    }
    run->wall_ns += clock_wall_ns() - run->start_ns;
    if (run->stopping)
        run->steps = run->begun - run->first_step + 1;
    run->steps = steps_before_failure(run);
    join_world(run);
    kept_settle(&run->kept, run->first_step, run->first_step + run->steps);
    return run->status;
}

enum run_status
run_steps(struct run *run, int first_step, int steps)
{
    run_start(run, first_step, steps, false);
    return run_join(run);
}

const struct kept_step *
run_last(const struct run *run)
{
    return kept_at(&run->kept, run->first_step + run->steps - 1);
}

size_t
run_let(struct run *run, size_t turns)
{
    return lockstep_let(&run->lockstep, turns);
}

/* The first rank to see the request settles on the latest step that any has
 * begun: the others need only catch up. */
bool
run_step_wanted(struct run *run, int step)
{
    const atomic_int *stop = run->options.stop;
    bool wanted;

    pthread_mutex_lock(&run->lock);
    if (stop && atomic_load(stop) != 0)
        run->stopping = true;
    wanted = !run->stopping || step <= run->begun;
    if (wanted && step > run->begun)
        run->begun = step;
    pthread_mutex_unlock(&run->lock);
    return wanted;
}

void
run_parts(const struct run *run, int rank, int64_t parts[SPAN_PARTS])
{
    static const enum span_part computing[] = {SPAN_COMPUTE, SPAN_RECOMPUTE};
    const struct rank *r = &run->ranks[rank];
    double on_core = 1.0;

    memcpy(parts, r->parts, sizeof r->parts);
    if (r->sampled_ns > 0)
        on_core = (double)r->on_core_ns / (double)r->sampled_ns;
    for (int i = 0; i < 2; i++) {
        int64_t *part = &parts[computing[i]];
        int64_t off = (int64_t)((double)*part * (1.0 - on_core));

        *part -= off;
        parts[SPAN_OFF_CORE] += off;
    }
}

/* The core that the rank is bound to now, or -1; ranks that share cores
 * move. */
static int
core_of(const struct rank *rank)
{
    const struct core_share *share = rank->core_share;

    if (rank->core < 0 || !share)
        return rank->core;
    return share->cores[share->users[rank->number].core].number;
}

void
run_print(FILE *out, const struct run *run)
{
    char cell[ACTION_CELL_MAX];

    for (int r = 0; r < run->options.plan->ranks; r++) {
        const struct rank *rank = &run->ranks[r];

        fprintf(out,
                "rank %d: core %d, step %d, position %zu, %s, clock %lld\n", r,
                core_of(rank), rank->step, rank->position,
                rank->action ? action_cell(rank->action, cell) : "-",
                (long long)rank->clock);
    }
    for (int i = 0; i < plan_links(run->options.plan); i++)
        if (run->channels[i].capacity >= 0)
            channel_print(out, &run->channels[i]);
}
