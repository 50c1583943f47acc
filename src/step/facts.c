/* facts.c -- collects what is so while a held training stands still. */
#include "config.h"

#include "step/facts.h"

#include "base/memory.h"
#include "train/rank_memory.h"
#include "plan/place.h"

#include <stdlib.h>

/* ---- tensors ---- */

static struct tensor
tensor_of(const struct stepper *stepper, int place, enum port port, int mb)
{
    return mlp_stage_ops.tensor(&stepper->trainer->stages[place], port, mb);
}

struct tensor
facts_transferred(const struct stepper *stepper, const struct action *action)
{
    static const enum port ports[] = {
        [ACTION_SEND_F] = PORT_OUTPUT,
        [ACTION_RECV_F] = PORT_INPUT,
        [ACTION_SEND_B] = PORT_GRAD_INPUT,
        [ACTION_RECV_B] = PORT_GRAD_OUTPUT,
        [ACTION_SEND_G] = PORT_WEIGHTS,
        [ACTION_RECV_G] = PORT_OTHER_WEIGHTS,
    };

    return tensor_of(stepper, plan_place(stepper->options.run.plan, action),
                     ports[action->kind], action->mb);
}

/* Whether the forward of a microbatch is done, so that its output is there. */
static bool
has_output(const struct stepper *stepper, int stage, int mb)
{
    struct action forward = action_of(ACTION_FORWARD, stage, mb);
    struct stepper_action found;

    return stepper_find(stepper, &forward, &found) &&
           found.index < stepper->position[found.rank];
}

bool
facts_port(const struct stepper *stepper, int stage, int mb, enum port port,
           struct tensor *tensor)
{
    static const enum slot_kind kinds[] = {
        [PORT_INPUT] = SLOT_STASH,
        [PORT_OUTPUT] = SLOT_STASH,
        [PORT_GRAD_OUTPUT] = SLOT_GRAD_OUTPUT,
        [PORT_GRAD_INPUT] = SLOT_GRAD_INPUT,
    };
    const struct plan *plan = stepper->options.run.plan;
    struct action forward = action_of(ACTION_FORWARD, stage, mb);
    int place = plan_place(plan, &forward);
    size_t done = stepper->position[plan->rank_of_stage[place]];
    bool recomputes = stepper->trainer->stages[place].recomputes;
    enum slot_kind kind =
        recomputes && port == PORT_OUTPUT ? SLOT_OUTPUT : kinds[port];

    if (!slots_held(plan, stage, kind, mb, done) ||
        (port == PORT_OUTPUT && !has_output(stepper, stage, mb)))
        return false;
    *tensor = tensor_of(stepper, place, port, mb);
    return true;
}

struct tensor
facts_weights(const struct stepper *stepper, int place)
{
    const struct slice *slice = stepper->trainer->stages[place].slice;

    return (struct tensor){1, (int)slice->params, slice->weights};
}

struct tensor
facts_gradients(const struct stepper *stepper, int place)
{
    const struct slice *slice = stepper->trainer->stages[place].slice;

    return (struct tensor){1, (int)slice->params, slice->grads};
}

/* ---- memory ---- */

int
facts_live(const struct stepper *stepper, int rank)
{
    return (int)(footprint_after(stepper->options.run.plan, NULL, rank,
                                 stepper->position[rank]) /
                 ACTIVATION_ONE);
}

void
facts_memory(const struct stepper *stepper, struct memory_now memory[])
{
    const struct trainer_options *options = &stepper->options;
    const struct plan *plan = options->run.plan;
    struct footprint *stages = rank_memory_stages(
        plan, &options->task.mlp, options->split, options->task.recipe.batch,
        options->run.timing.cost->recompute);
    int64_t *peak = memory_new((size_t)plan->ranks, sizeof *peak);

    footprint_peaks(plan, NULL, peak);
    for (int r = 0; r < plan->ranks; r++)
        memory[r] = (struct memory_now){
            .live = facts_live(stepper, r),
            .peak = (int)(peak[r] / ACTIVATION_ONE),
            .bytes = footprint_after(plan, stages, r, stepper->position[r]),
        };
    free(peak);
    free(stages);
}

/* ---- who waits ---- */

/* The virtual time at which a message that was sent to a rank arrives; -1 if
 * it has arrived, or if the rank does not wait for one. */
static int64_t
arrival_of(const struct stepper *stepper, const struct why *why)
{
    const struct channel *channel;
    int64_t arrival;

    if (why->kind != WHY_FREE ||
        action_class((enum action_kind)why->at->kind) != ACTION_CLASS_RECV)
        return -1;
    channel = &stepper->trainer->run
                   ->channels[plan_link(stepper->options.run.plan, why->at)];
    if (channel->capacity == 0)
        return -1;
    arrival = channel_message(channel, channel->received)->arrival;
    return arrival > stepper->now ? arrival : -1;
}

static bool
is_step(const struct action *action)
{
    return action->kind == ACTION_OPTIMIZER_STEP;
}

/* Whether a rank that has done so many actions is at its first STEP or past
 * it; one without STEPs is at its end. */
static bool
has_come(const struct action_list *list, size_t done)
{
    for (size_t i = 0; i < done; i++)
        if (is_step(&list->at[i]))
            return true;
    return done == list->count || is_step(&list->at[done]);
}

/* The ranks for which one waits at the barrier. */
static int
missing_at(const struct stepper *stepper, const size_t position[],
           const struct why *why)
{
    const struct plan *plan = stepper->options.run.plan;
    int missing = 0;

    if (!stepper->options.run.timing.cost->barrier || why->kind != WHY_FREE ||
        !is_step(why->at))
        return 0;
    for (int r = 0; r < plan->ranks; r++)
        missing += !has_come(&plan->lists[r], position[r]);
    return missing;
}

struct facts_stand
facts_stand(const struct stepper *stepper, const size_t position[], int rank)
{
    struct facts_stand stand = {
        .why = why_of(stepper->options.run.plan, position,
                      stepper->options.run.timing.capacity, rank),
    };

    stand.arrival = arrival_of(stepper, &stand.why);
    stand.missing = missing_at(stepper, position, &stand.why);
    return stand;
}

bool
facts_waits(const struct facts_stand *stand)
{
    return stand->why.peer >= 0 || stand->arrival >= 0 || stand->missing > 0;
}
