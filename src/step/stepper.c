/* stepper.c -- moves a held training forwards, and back by running it again.
 * */
#include "config.h"

#include "step/stepper.h"

#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void
stepper_begin(struct stepper *stepper)
{
    const struct plan *plan = stepper->options.run.plan;

    stepper->trainer = trainer_new(&stepper->options);
    stepper->held = false;
    stepper->step = 0;
    stepper->turn = 0;
    stepper->now = 0;
    stepper->status = RUN_DONE;
    memset(stepper->position, 0,
           (size_t)plan->ranks * sizeof *stepper->position);
}

static void
stepper_end(struct stepper *stepper)
{
    if (stepper->held) {
        run_fail(stepper->trainer->run, RUN_FAILED, NULL);
        trainer_join_step(stepper->trainer);
    }
    trainer_free(stepper->trainer);
}

void
stepper_init(struct stepper *stepper, const struct trainer_options *options)
{
    assert(options->run.plan && options->run.timing.turns);
    *stepper = (struct stepper){
        .options = *options,
        .position = memory_new((size_t)options->run.plan->ranks,
                               sizeof *stepper->position),
    };
    stepper_begin(stepper);
}

void
stepper_fini(struct stepper *stepper)
{
    stepper_end(stepper);
    free(stepper->position);
}

/* False if there is none to begin. */
static bool
begin_step(struct stepper *stepper)
{
    struct trainer *trainer = stepper->trainer;

    if (stepper->status != RUN_DONE ||
        trainer->step == stepper->options.task.recipe.steps)
        return false;
    stepper->step = trainer->step;
    stepper->turn = 0;
    memset(stepper->position, 0,
           (size_t)trainer_threads(&stepper->options) *
               sizeof *stepper->position);
    trainer_hold_step(trainer);
    stepper->held = true;
    return true;
}

/* Notes that the next turn has been taken. */
static void
count_turn(struct stepper *stepper)
{
    struct stepper_action done[2];
    int count = stepper_next(stepper, done);

    for (int i = 0; i < count; i++)
        stepper->position[done[i].rank]++;
    stepper->turn++;
}

/* A transfer takes place when it ends, anything else when it begins. */
static int64_t
moment_of_last(const struct stepper *stepper)
{
    struct stepper_action last[2];
    const struct span *span;

    if (stepper_last(stepper, last) == 0)
        return 0;
    span = stepper_span(stepper, &last[0]);
    return action_is_transfer(last[0].action) ? span->end : span->start;
}

size_t
stepper_take(struct stepper *stepper, size_t turns)
{
    const struct timing *timing = &stepper->options.run.timing;
    size_t left;
    size_t taken;

    if (turns == 0 || (!stepper->held && !begin_step(stepper)))
        return 0;
    left = timing->turn_count - stepper->turn;
    if (left > 0 && turns > left)
        turns = left;
    taken = run_let(stepper->trainer->run, turns);
    for (size_t i = 0; i < taken; i++)
        count_turn(stepper);
    stepper->now = moment_of_last(stepper);
    if (taken < turns ||
        (timing->complete && stepper->turn == timing->turn_count)) {
        stepper->status = trainer_join_step(stepper->trainer);
        stepper->held = false;
    }
    return taken;
}

void
stepper_back(struct stepper *stepper, size_t turns)
{
    size_t target =
        (size_t)stepper->step * stepper->options.run.timing.turn_count +
        stepper->turn;
    size_t taken;

    target -= turns < target ? turns : target;
    stepper_end(stepper);
    stepper_begin(stepper);
    do {
        taken = stepper_take(stepper, target);
        target -= taken;
    } while (taken > 0);
}

bool
stepper_at_end(const struct stepper *stepper)
{
    const struct timing *timing = &stepper->options.run.timing;

    return timing->complete && stepper->turn == timing->turn_count;
}

/* The actions of a turn by ranks that have done position[rank] before, or, for
 * NULL, none. */
static int
actions_of(const struct stepper *stepper, const struct turn *turn,
           const size_t *position, struct stepper_action actions[2])
{
    const int ranks[] = {turn->rank, turn->partner};
    int count = 0;

    while (count < 2 && ranks[count] >= 0) {
        int rank = ranks[count];
        size_t index = position ? position[rank] : 0;

        actions[count++] = (struct stepper_action){
            rank, index, &stepper->options.run.plan->lists[rank].at[index]};
    }
    return count;
}

int
stepper_last(const struct stepper *stepper, struct stepper_action last[2])
{
    int count;

    if (stepper->turn == 0)
        return 0;
    count = actions_of(stepper,
                       &stepper->options.run.timing.turns[stepper->turn - 1],
                       stepper->position, last);
    for (int i = 0; i < count; i++) {
        last[i].index--;
        last[i].action--;
    }
    return count;
}

int
stepper_next(const struct stepper *stepper, struct stepper_action next[2])
{
    const struct timing *timing = &stepper->options.run.timing;

    if (stepper->status != RUN_DONE)
        return 0;
    if (stepper->turn < timing->turn_count)
        return actions_of(stepper, &timing->turns[stepper->turn],
                          stepper->position, next);
    if (stepper_at_end(stepper) &&
        stepper->trainer->step < stepper->options.task.recipe.steps)
        return actions_of(stepper, &timing->turns[0], NULL, next);
    return 0;
}

const struct span *
stepper_span(const struct stepper *stepper, const struct stepper_action *done)
{
    const struct lane *lane = &stepper->trainer->run->virtual
                                   .lanes[done->rank];

    assert(done->index < lane->count);
    return &lane->spans[done->index];
}

bool
stepper_find(const struct stepper *stepper, const struct action *action,
             struct stepper_action *found)
{
    const struct plan *plan = stepper->options.run.plan;

    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++)
            if (action_has(&plan->lists[r].at[i], action)) {
                *found = (struct stepper_action){r, i, &plan->lists[r].at[i]};
                return true;
            }
    return false;
}

void
stepper_whereabouts(const struct stepper *stepper, size_t position[])
{
    const struct trace *trace = &stepper->trainer->run->virtual;

    for (int r = 0; r < trace->ranks; r++) {
        const struct lane *lane = &trace->lanes[r];
        size_t done = stepper->position[r];

        position[r] = done;
        /* In a deadlock time goes on until all ranks wait. */
        if (done > 0 && stepper->status != RUN_DEADLOCK &&
            !action_is_transfer(&lane->spans[done - 1].action) &&
            lane->spans[done - 1].end > stepper->now)
            position[r]--;
    }
}
