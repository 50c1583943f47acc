/* footprint.c -- counts what microbatches in flight take on each rank. */
#include "config.h"

#include "plan/footprint.h"

#include "base/memory.h"
#include "plan/place.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct footprint_rule
footprint_rule(const struct plan *plan, const struct footprint stages[])
{
    return (struct footprint_rule){.trains = plan_trains(plan),
                                   .freed_by_input = plan->freed_by_input,
                                   .stages = stages};
}

int
footprint_freed_by_input(double weight_activations)
{
    return (int)lround((1.0 - weight_activations) * ACTIVATION_ONE);
}

/* What a microbatch takes on a stage. */
static inline struct footprint
stage_of(const struct footprint_rule *rule, int stage)
{
    return rule->stages ? rule->stages[stage]
                        : (struct footprint){.stash = ACTIVATION_ONE,
                                             .owed = ACTIVATION_ONE -
                                                     rule->freed_by_input};
}

/* What is there besides while a simple action lasts. */
static int64_t
during(const struct footprint *stage, enum action_kind kind)
{
    switch (kind) {
    case ACTION_FORWARD:
        return stage->forward;
    case ACTION_FULL_BACKWARD:
        return stage->backward;
    case ACTION_BACKWARD_INPUT:
        return stage->input;
    default:
        return 0;
    }
}

/* The two of an overlap run one after the other. */
static int64_t
besides(const struct footprint_rule *rule, const struct action *action)
{
    struct action parts[2];
    int64_t most = 0;
    int count;

    if (!rule->stages)
        return 0; /* activations alone are counted */
    count = action_parts(action, parts);
    for (int p = 0; p < count; p++) {
        struct footprint stage = stage_of(rule, parts[p].stage);
        int64_t bytes = during(&stage, (enum action_kind)parts[p].kind);

        if (bytes > most)
            most = bytes;
    }
    return most;
}

int64_t
footprint_taken(const struct footprint_rule *rule, const struct action *action)
{
    int64_t taken = besides(rule, action);

    return action->kind == ACTION_FORWARD || action->kind == ACTION_OVERLAP_F_B
               ? taken + stage_of(rule, action->stage).stash
               : taken;
}

int64_t
footprint_freed(const struct footprint_rule *rule, const struct action *action)
{
    bool pair = action->kind == ACTION_OVERLAP_F_B;
    enum action_kind kind =
        (enum action_kind)(pair ? action->pair_kind : action->kind);
    int64_t freed = besides(rule, action);
    struct footprint stage =
        stage_of(rule, pair ? action->pair_stage : action->stage);

    switch (kind) {
    case ACTION_FORWARD:
        return rule->trains ? freed : freed + stage.stash;
    case ACTION_FULL_BACKWARD:
        return freed + stage.stash;
    case ACTION_BACKWARD_INPUT:
        return freed + stage.stash - stage.owed;
    case ACTION_BACKWARD_WEIGHT:
        return stage.owed;
    default:
        return 0;
    }
}

const char *
footprint_text(double activations, char text[FOOTPRINT_TEXT])
{
    int decimals = activations == floor(activations) ? 0
                   : activations < 10.0              ? 2
                                                     : 1;

    snprintf(text, FOOTPRINT_TEXT, "%.*f", decimals, activations);
    return text;
}

/* What is there after the first `done` actions of a list; raises *peak to the
 * most on the way. */
static int64_t
held_after(const struct action_list *list, size_t done,
           const struct footprint_rule *rule, int64_t *peak)
{
    int64_t held = 0;

    for (size_t i = 0; i < done; i++) {
        held += footprint_taken(rule, &list->at[i]);
        if (held > *peak)
            *peak = held;
        held -= footprint_freed(rule, &list->at[i]);
    }
    return held;
}

void
footprint_peaks(const struct plan *plan, const struct footprint stages[],
                int64_t peaks[])
{
    struct footprint_rule rule = footprint_rule(plan, stages);

    for (int r = 0; r < plan->ranks; r++) {
        peaks[r] = 0;
        held_after(&plan->lists[r], plan->lists[r].count, &rule, &peaks[r]);
    }
}

void
footprint_activations(const struct plan *plan, double peaks[])
{
    int64_t *counted = memory_new((size_t)plan->ranks, sizeof *counted);

    footprint_peaks(plan, NULL, counted);
    for (int r = 0; r < plan->ranks; r++)
        peaks[r] = (double)counted[r] / ACTIVATION_ONE;
    free(counted);
}

void
footprint_memory(const struct plan *plan, const struct stage_bytes kept[],
                 const struct footprint stages[], int capacity,
                 struct memory_summary memory[])
{
    int64_t *peaks = memory_new((size_t)plan->ranks, sizeof *peaks);
    bool trains = plan_trains(plan);
    int64_t slots = capacity > 0 ? capacity : 1;

    for (int p = 0; p < plan_places(plan); p++) {
        const struct stage_bytes *stage = &kept[p % plan->stages];
        int64_t *bytes = memory[plan->rank_of_stage[p]].bytes;

        bytes[MEMORY_WEIGHTS] += stage->parameters;
        if (trains) {
            /* With two copies also those that come from the other one. */
            bytes[MEMORY_GRADIENTS] += plan->copies * stage->parameters;
            bytes[MEMORY_OPTIMIZER] += stage->optimizer;
        }
        if (plan_crosses(plan, p)) {
            memory[plan->rank_of_stage[p + 1]].bytes[MEMORY_LINKS] +=
                slots * stage->output;
            if (trains)
                bytes[MEMORY_LINKS] += slots * stage->output;
        }
    }
    footprint_peaks(plan, stages, peaks);
    for (int r = 0; r < plan->ranks; r++)
        memory[r].bytes[MEMORY_ACTIVATIONS] = peaks[r];
    free(peaks);
}

int64_t
footprint_total(const struct memory_summary *memory)
{
    int64_t total = 0;

    for (int k = 0; k < MEMORY_KINDS; k++)
        total += memory->bytes[k];
    return total;
}

int64_t
footprint_after(const struct plan *plan, const struct footprint stages[],
                int rank, size_t done)
{
    struct footprint_rule rule = footprint_rule(plan, stages);
    int64_t peak = 0;

    return held_after(&plan->lists[rank], done, &rule, &peak);
}
