/* cost.c -- reads costs and looks up the ticks of an action. */
#include "config.h"

#include "plan/cost.h"

#include "base/list.h"
#include "base/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
cost_init(struct cost *cost, int stages)
{
    *cost = (struct cost){
        .stages = stages,
        .ticks = memory_new((size_t)stages, sizeof *cost->ticks),
    };
    for (int s = 0; s < stages; s++)
        for (int k = 0; k < ACTION_KINDS; k++)
            cost->ticks[s][k] = action_default_cost((enum action_kind)k);
}

void
cost_init_unit(struct cost *cost, int stages)
{
    cost_init(cost, stages);
    for (int s = 0; s < stages; s++)
        for (int k = 0; k < ACTION_KINDS; k++)
            if (action_class((enum action_kind)k) == ACTION_CLASS_COMPUTE)
                cost->ticks[s][k] = 1;
}

void
cost_fini(struct cost *cost)
{
    free(cost->ticks);
    free(cost->links);
    free(cost->reduce);
    *cost = (struct cost){.ticks = NULL};
}

/* The kind of a name that has a cost, or ACTION_KINDS. */
static enum action_kind
kind_of(const struct list_item *name)
{
    for (int k = 0; k < ACTION_KINDS; k++) {
        enum action_class class = action_class((enum action_kind)k);

        if (class != ACTION_CLASS_SEND && class != ACTION_CLASS_RECV &&
            list_is(name, action_kind_text((enum action_kind)k)))
            return (enum action_kind)k;
    }
    /* The short name that the option is documented with. */
    return list_is(name, "OVERLAP") ? ACTION_OVERLAP_F_B : ACTION_KINDS;
}

/* The durations of a list, and those that follow from them. */
struct list {
    int64_t ticks[ACTION_KINDS];
    bool given[ACTION_KINDS];
    const char *rule[ACTION_KINDS]; /* by which it follows, or NULL */
};

static bool
read_list(struct list *list, const char *text, struct cause *cause)
{
    for (struct list_item item; list_next(&text, &item);) {
        struct list_item name;
        enum action_kind kind =
            list_cut(&item, &name) ? kind_of(&name) : ACTION_KINDS;
        long long ticks;

        if (kind == ACTION_KINDS)
            return fail(cause,
                        "\"%.32s\" names no action; use F, B, I, W, STEP or "
                        "OVERLAP, as in F=1,B=2",
                        name.text);
        if (list->given[kind])
            return fail(cause, "%s is there twice; give it once",
                        action_kind_text(kind));
        if (!list_whole(&item, 0, COST_MAX, &ticks))
            return fail(
                cause, "%s=%.32s is no duration; use whole ticks, 0 to %lld",
                action_kind_text(kind), item.text, (long long)COST_MAX);
        list->ticks[kind] = ticks;
        list->given[kind] = true;
    }
    return true;
}

/* Gives kind the duration that follows by a rule. */
static bool
follow(struct list *list, enum action_kind kind, int64_t ticks,
       const char *rule, struct cause *cause)
{
    const char *name = action_kind_text(kind);

    if (ticks < 0 || ticks > COST_MAX)
        return fail(cause,
                    "%s is left out, and %s is %lld ticks, not 0 to %lld; "
                    "give %s",
                    name, rule, (long long)ticks, (long long)COST_MAX, name);
    list->ticks[kind] = ticks;
    list->rule[kind] = rule;
    return true;
}

/* Where B is known: its parts. */
static bool
follow_parts(struct list *list, struct cause *cause)
{
    enum action_kind input = ACTION_BACKWARD_INPUT;
    enum action_kind weight = ACTION_BACKWARD_WEIGHT;
    int64_t whole = list->ticks[ACTION_FULL_BACKWARD];

    if (list->given[input] && list->given[weight])
        return true;
    if (list->given[input])
        return follow(list, weight, whole - list->ticks[input], "B - I",
                      cause);
    if (list->given[weight])
        return follow(list, input, whole - list->ticks[weight], "B - W",
                      cause);
    return follow(list, input, whole - whole / 2, "half of B", cause) &&
           follow(list, weight, whole / 2, "half of B", cause);
}

/* Where B is not given: it is the sum of its parts, if one of them is. */
static bool
follow_whole(struct list *list, struct cause *cause)
{
    int64_t forward = list->ticks[ACTION_FORWARD];
    enum action_kind input = ACTION_BACKWARD_INPUT;
    enum action_kind weight = ACTION_BACKWARD_WEIGHT;

    if (!list->given[input] && !list->given[weight])
        return follow(list, ACTION_FULL_BACKWARD, 2 * forward, "2 F", cause) &&
               follow_parts(list, cause);
    return (list->given[input] || follow(list, input, forward, "F", cause)) &&
           (list->given[weight] ||
            follow(list, weight, forward, "F", cause)) &&
           follow(list, ACTION_FULL_BACKWARD,
                  list->ticks[input] + list->ticks[weight], "I + W", cause);
}

static bool
complete_list(struct list *list, struct cause *cause)
{
    const bool *given = list->given;

    if (!given[ACTION_FORWARD]) {
        if (!given[ACTION_FULL_BACKWARD] && !given[ACTION_BACKWARD_INPUT] &&
            !given[ACTION_BACKWARD_WEIGHT])
            return true;
        list->rule[ACTION_FORWARD] = "the default";
    }
    return (given[ACTION_FULL_BACKWARD] ? follow_parts : follow_whole)(list,
                                                                       cause);
}

static bool
parse_list(struct list *list, const char *text, struct cause *cause)
{
    *list = (struct list){.given = {false}};
    for (int k = 0; k < ACTION_KINDS; k++)
        list->ticks[k] = action_default_cost((enum action_kind)k);
    return read_list(list, text, cause) && complete_list(list, cause);
}

bool
cost_parse(struct cost *cost, const char *text, struct cause *cause)
{
    struct list list;

    if (!parse_list(&list, text, cause))
        return false;
    for (int s = 0; cost && s < cost->stages; s++)
        memcpy(cost->ticks[s], list.ticks, sizeof list.ticks);
    return true;
}

void
cost_describe_rest(const char *text, char line[], size_t size)
{
    struct list list;
    struct cause cause;
    size_t used = 0;

    *line = '\0';
    if (!parse_list(&list, text, &cause))
        return;
    for (int k = 0; k < ACTION_KINDS && used < size; k++)
        if (list.rule[k])
            used += (size_t)snprintf(line + used, size - used,
                                     "%s%s=%lld (%s)", used ? ", " : "",
                                     action_kind_text((enum action_kind)k),
                                     (long long)list.ticks[k], list.rule[k]);
}

static bool
scale_stage(struct cost *cost, int stage, double factor, struct cause *cause)
{
    for (int k = 0; k < ACTION_KINDS; k++) {
        int64_t *ticks = &cost->ticks[stage][k];
        double scaled = (double)*ticks * factor;

        if (*ticks <= 0)
            continue;
        if (scaled > (double)COST_MAX)
            return fail(cause,
                        "%g times %lld ticks for %s on stage %d is beyond the "
                        "limit of %lld; use a smaller factor or duration",
                        factor, (long long)*ticks,
                        action_kind_text((enum action_kind)k), stage,
                        (long long)COST_MAX);
        *ticks = llround(scaled);
    }
    return true;
}

bool
cost_scale(struct cost *cost, const int factors[], struct cause *cause)
{
    for (int s = 0; s < cost->stages; s++)
        if (!scale_stage(cost, s, factors[s], cause))
            return false;
    return true;
}

bool
cost_parse_stages(struct cost *cost, const char *text, struct cause *cause)
{
    int stage = 0;

    for (struct list_item item; list_next(&text, &item); stage++) {
        double factor;

        if (!list_real(&item, &factor) || !(factor >= 0 && factor <= 1e6))
            return fail(cause,
                        "\"%.32s\" is no factor; use numbers from 0 to 1e6, "
                        "as in 1,1,2.5,1",
                        item.text);
        if (cost && stage < cost->stages &&
            !scale_stage(cost, stage, factor, cause))
            return false;
    }
    if (cost && stage != cost->stages)
        return fail(cause, "%d factors for %d stages; give one a stage", stage,
                    cost->stages);
    return true;
}

int64_t
cost_of(const struct cost *cost, const struct action *action)
{
    int64_t ticks = cost->ticks[action->stage][action->kind];

    if (ticks >= 0)
        return ticks;
    return cost->ticks[action->stage][ACTION_FORWARD] +
           cost->ticks[action->pair_stage][action->pair_kind];
}

int64_t
cost_at(const struct cost *cost, int rank, size_t position,
        const struct action *action)
{
    (void)rank;
    (void)position;
    return cost_of(cost, action);
}
