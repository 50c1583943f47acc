#include "config.h"

#include "schedule/cost.h"

#include "base/memory.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void
cost_init(struct cost *cost, int stages)
{
    cost->stages = stages;
    cost->latency = 0;
    cost->ticks = memory_new((size_t)stages, sizeof *cost->ticks);
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
    cost->ticks = NULL;
}

/* The kind of a "NAME=" at text that has a cost, or ACTION_KINDS. */
static enum action_kind
kind_before_equals(const char *text)
{
    size_t length = strcspn(text, "=,");

    for (int k = 0; k < ACTION_KINDS; k++) {
        const char *name = action_kind_text((enum action_kind)k);
        enum action_class class = action_class((enum action_kind)k);

        if (class == ACTION_CLASS_SEND || class == ACTION_CLASS_RECV)
            continue;
        if (text[length] == '=' && strlen(name) == length &&
            strncmp(text, name, length) == 0)
            return (enum action_kind)k;
    }
    /* The short name that the option is documented with. */
    if (strncmp(text, "OVERLAP=", 8) == 0)
        return ACTION_OVERLAP_F_B;
    return ACTION_KINDS;
}

bool
cost_parse(struct cost *cost, const char *text, struct cause *cause)
{
    while (true) {
        enum action_kind kind = kind_before_equals(text);
        char *end;
        long long ticks;

        if (kind == ACTION_KINDS)
            return fail(cause,
                        "--cost: \"%.32s\" names no action; use F, B, I, W, "
                        "STEP or OVERLAP, as in F=1,B=2",
                        text);
        text += strcspn(text, "=") + 1;
        errno = 0;
        ticks = strtoll(text, &end, 10);
        if (end == text || errno || ticks < 0 || ticks > COST_MAX ||
            (*end != ',' && *end != '\0'))
            return fail(cause,
                        "--cost: %s=%.32s is no duration; use whole ticks, "
                        "0 to %lld",
                        action_kind_text(kind), text, (long long)COST_MAX);
        for (int s = 0; s < cost->stages; s++)
            cost->ticks[s][kind] = ticks;
        if (*end == '\0')
            return true;
        text = end + 1;
    }
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
                        "--stage-cost: %g times %lld ticks for %s on stage %d "
                        "is beyond the limit of %lld; use a smaller factor",
                        factor, (long long)*ticks,
                        action_kind_text((enum action_kind)k), stage,
                        (long long)COST_MAX);
        *ticks = llround(scaled);
    }
    return true;
}

bool
cost_parse_stages(struct cost *cost, const char *text, struct cause *cause)
{
    int stage = 0;

    while (true) {
        char *end;
        double factor = strtod(text, &end);

        if (end == text || !(factor >= 0 && factor <= 1e6) ||
            (*end != ',' && *end != '\0'))
            return fail(cause,
                        "--stage-cost: \"%.32s\" is no factor; use numbers "
                        "from 0 to 1e6, as in 1,1,2.5,1",
                        text);
        if (stage < cost->stages && !scale_stage(cost, stage, factor, cause))
            return false;
        stage++;
        if (*end == '\0')
            break;
        text = end + 1;
    }
    if (stage != cost->stages)
        return fail(cause,
                    "--stage-cost gives %d factors for %d stages; give one a "
                    "stage",
                    stage, cost->stages);
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
