/* cost.c -- keeps the durations of actions and looks them up in ticks. */
#include "config.h"

#include "plan/cost.h"

#include "base/memory.h"
#include "base/rng.h"
#include "plan/place.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
cost_init(struct cost *cost, int stages)
{
    *cost = (struct cost){
        .stages = stages,
        .per_unit = 1,
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
            if (action_class((enum action_kind)k) == ACTION_CLASS_COMPUTE ||
                action_class((enum action_kind)k) == ACTION_CLASS_SHARD)
                cost->ticks[s][k] = 1;
}

void
cost_fini(struct cost *cost)
{
    free(cost->ticks);
    free(cost->base);
    free(cost->variation.mb_factors);
    free(cost->variation.rank_factors);
    if (cost->network) {
        free(cost->network->pairs);
        free(cost->network->bytes);
    }
    free(cost->network);
    free(cost->reduce);
    free(cost->recompute);
    *cost = (struct cost){.ticks = NULL};
}

/* ---- base ---- */

/* Costs that were set in ticks get a base when it is first needed. */
static void
take_base(struct cost *cost)
{
    if (cost->base)
        return;
    cost->base = memory_new((size_t)cost->stages, sizeof *cost->base);
    cost->latency_units = (double)cost->latency / cost->per_unit;
    for (int s = 0; s < cost->stages; s++)
        for (int k = 0; k < ACTION_KINDS; k++)
            cost->base[s][k] =
                cost->ticks[s][k] < 0
                    ? -1.0
                    : (double)cost->ticks[s][k] / cost->per_unit;
}

static int64_t
rounded(double ticks)
{
    return (int64_t)floor(ticks + 0.5);
}

static bool
is_whole(double number)
{
    return number == floor(number);
}

static bool
is_within(double ticks, const char *what, int stage, struct cause *cause)
{
    if (ticks <= (double)COST_MAX)
        return true;
    return fail(cause,
                "%s on stage %d takes %.17g ticks, beyond the limit of %lld; "
                "use shorter times or smaller factors",
                what, stage, ticks, (long long)COST_MAX);
}

/* Nothing here is measured more finely than in nanoseconds. */
static bool
is_finest(const struct cost *cost)
{
    return strcmp(cost->unit, "ns") == 0;
}

bool
cost_settle(struct cost *cost, struct cause *cause)
{
    bool whole;

    take_base(cost);
    whole = is_whole(cost->latency_units);
    for (int s = 0; s < cost->stages; s++)
        for (int k = 0; k < ACTION_KINDS; k++)
            whole = whole && is_whole(cost->base[s][k]);
    if (!whole && !is_finest(cost))
        cost->per_unit = COST_FINE;
    cost->latency = rounded(cost->latency_units * cost->per_unit);
    for (int s = 0; s < cost->stages; s++)
        for (int k = 0; k < ACTION_KINDS; k++) {
            double ticks = cost->base[s][k] * cost->per_unit;

            if (!is_within(ticks, action_kind_text((enum action_kind)k), s,
                           cause))
                return false;
            cost->ticks[s][k] = ticks < 0 ? -1 : rounded(ticks);
        }
    return is_within((double)cost->latency, "a message", 0, cause);
}

bool
cost_refine(struct cost *cost, struct cause *cause)
{
    take_base(cost);
    cost->per_unit = is_finest(cost) ? 1 : COST_FINE;
    return cost_settle(cost, cause);
}

void
cost_set(struct cost *cost, int stage, enum action_kind kind, double units)
{
    take_base(cost);
    cost->base[stage][kind] = units;
}

bool
cost_set_latency(struct cost *cost, double units, struct cause *cause)
{
    take_base(cost);
    cost->latency_units = units;
    return cost_settle(cost, cause);
}

bool
cost_scale(struct cost *cost, const double factors[], struct cause *cause)
{
    take_base(cost);
    for (int s = 0; s < cost->stages; s++)
        for (int k = 0; k < ACTION_KINDS; k++)
            if (cost->base[s][k] > 0)
                cost->base[s][k] *= factors[s];
    return cost_settle(cost, cause);
}

bool
cost_recompute(struct cost *cost, const bool recompute[], struct cause *cause)
{
    take_base(cost);
    cost->recompute =
        memory_new((size_t)cost->stages, sizeof *cost->recompute);
    for (int s = 0; s < cost->stages; s++) {
        double *base = cost->base[s];

        cost->recompute[s] = recompute[s];
        if (!recompute[s])
            continue;
        base[ACTION_FULL_BACKWARD] += base[ACTION_FORWARD];
        base[ACTION_BACKWARD_INPUT] += base[ACTION_FORWARD];
        if (base[ACTION_OVERLAP_F_B] >= 0)
            base[ACTION_OVERLAP_F_B] += base[ACTION_FORWARD];
    }
    return cost_settle(cost, cause);
}

/* ---- lookups ---- */

/* One of an action's parts, in ticks that are not rounded. */
static double
part_ticks(const struct cost *cost, const struct action *part)
{
    double ticks = cost->base
                       ? cost->base[part->stage][part->kind] * cost->per_unit
                       : (double)cost->ticks[part->stage][part->kind];
    const double *factors = cost->variation.mb_factors;

    return factors && action_has_mb((enum action_kind)part->kind)
               ? ticks * factors[part->mb]
               : ticks;
}

/* The time of an action before jitter and rounding. */
static double
exact_ticks(const struct cost *cost, int rank, const struct action *action)
{
    const double *factors = cost->variation.rank_factors;
    struct action parts[2];
    double ticks;

    if (action_is_transfer(action))
        return 0.0;
    if (cost->ticks[action->stage][action->kind] >= 0) {
        ticks = part_ticks(cost, action);
    } else {
        action_parts(action, parts);
        ticks = part_ticks(cost, &parts[0]) + part_ticks(cost, &parts[1]);
    }
    return factors ? ticks * factors[rank] : ticks;
}

static int64_t
plain_ticks(const struct cost *cost, const struct action *action)
{
    int64_t ticks = cost->ticks[action->stage][action->kind];

    if (ticks >= 0)
        return ticks;
    if (cost->base)
        return rounded(exact_ticks(cost, 0, action));
    return cost->ticks[action->stage][ACTION_FORWARD] +
           cost->ticks[action->pair_stage][action->pair_kind];
}

static bool
varies(const struct cost *cost)
{
    return cost->variation.mb_factors || cost->variation.rank_factors;
}

int64_t
cost_of(const struct cost *cost, int rank, const struct action *action)
{
    return varies(cost) ? rounded(exact_ticks(cost, rank, action))
                        : plain_ticks(cost, action);
}

int64_t
cost_at(const struct cost *cost, int rank, size_t position,
        const struct action *action)
{
    const struct variation *variation = &cost->variation;
    uint64_t number = (uint64_t)(uint32_t)rank << 32 | (uint32_t)position;
    double u;

    if (variation->jitter <= 0.0)
        return cost_of(cost, rank, action);
    u = (double)rng_at(variation->seed, RNG_JITTER, variation->draw, number) *
            0x1p-31 -
        1.0;
    return rounded(exact_ticks(cost, rank, action) *
                   (1.0 + variation->jitter * u));
}

bool
cost_recomputes(const struct cost *cost, const struct action *action)
{
    return cost->recompute && cost->recompute[action->stage] &&
           (action->kind == ACTION_FULL_BACKWARD ||
            action->kind == ACTION_BACKWARD_INPUT);
}

int64_t
cost_recomputed(const struct cost *cost, const struct action *action,
                int64_t ticks)
{
    struct action parts[2];
    double again = 0.0;
    double whole = 0.0;
    int count;

    if (!cost->recompute || action_is_transfer(action))
        return 0;
    count = action_parts(action, parts);
    /* An overlap with a time of its own has its F in it. */
    if (count == 2 && cost->ticks[action->stage][action->kind] >= 0) {
        whole = part_ticks(cost, action);
        again =
            cost->recompute[action->stage] ? part_ticks(cost, &parts[0]) : 0.0;
        count = 0;
    }
    for (int p = 0; p < count; p++) {
        struct action forward =
            action_of(ACTION_FORWARD, parts[p].stage, parts[p].mb);

        whole += part_ticks(cost, &parts[p]);
        if (cost_recomputes(cost, &parts[p]))
            again += part_ticks(cost, &forward);
    }
    return whole > 0.0 ? rounded((double)ticks * again / whole) : 0;
}

int64_t
cost_least(const struct cost *cost, int rank, int stage, enum action_kind kind)
{
    const struct variation *variation = &cost->variation;
    double least = 1.0;

    if (cost->ticks[stage][kind] < 0 || !varies(cost))
        return cost->ticks[stage][kind];
    for (int i = 0;
         variation->mb_factors && action_has_mb(kind) && i < variation->mbs;
         i++)
        if (i == 0 || variation->mb_factors[i] < least)
            least = variation->mb_factors[i];
    if (variation->rank_factors)
        least *= variation->rank_factors[rank];
    return (int64_t)floor(least * (double)cost->ticks[stage][kind]);
}

struct link_cost
cost_link(const struct cost *cost, const struct plan *plan, int link)
{
    const struct network *network = cost->network;
    const struct wire_cost *wire;
    int exchange = link - plan_links_between(plan);
    int from, to, stage;

    if (!network)
        return (struct link_cost){.latency = cost->latency, .wire = -1};
    plan_link_ends(plan, link, &from, &to);
    stage =
        exchange < 0 ? link / 2 % plan->stages : plan->stages + exchange / 2;
    wire = &network->pairs[from * network->ranks + to];
    return (struct link_cost){
        .latency = wire->latency,
        .hold = rounded(network->bytes[stage] * wire->per_byte),
        .wire = wire->per_byte > 0.0 ? from * network->ranks + to : -1,
    };
}

int64_t
cost_latency(const struct cost *cost)
{
    const struct network *network = cost->network;
    int ranks = network ? network->ranks : 0;
    int64_t latency = ranks > 1 ? network->pairs[1].latency : cost->latency;

    for (int pair = 0; pair < ranks * ranks; pair++)
        if (pair / ranks != pair % ranks &&
            network->pairs[pair].latency != latency)
            return -1;
    return latency;
}

int64_t
cost_message(const struct cost *cost, const struct plan *plan, int link)
{
    struct link_cost message;

    if (!cost->network)
        return cost->latency;
    message = cost_link(cost, plan, link);
    return message.latency + message.hold;
}

struct time_unit
cost_unit(const struct cost *cost)
{
    struct time_unit unit = {.per_unit = cost->per_unit};

    snprintf(unit.name, sizeof unit.name, "%s", cost->unit);
    return unit;
}

const char *
cost_unit_name(const struct time_unit *unit, double ticks)
{
    if (*unit->name)
        return unit->name;
    return cost_in_units(ticks, *unit) == 1.0 ? "tick" : "ticks";
}

static int
ticks_per_unit(struct time_unit unit)
{
    return unit.per_unit ? unit.per_unit : 1;
}

double
cost_in_units(double ticks, struct time_unit unit)
{
    return ticks / ticks_per_unit(unit);
}

const char *
cost_text(int64_t ticks, struct time_unit unit, char text[COST_TEXT])
{
    int per_unit = ticks_per_unit(unit);
    int length =
        snprintf(text, COST_TEXT, "%lld", (long long)(ticks / per_unit));
    int rest = (int)(ticks % per_unit);

    if (rest > 0) {
        length += snprintf(text + length, (size_t)(COST_TEXT - length),
                           ".%03d", rest);
        while (text[length - 1] == '0')
            text[--length] = '\0';
    }
    return text;
}

/* ---- copies ---- */

static void *
copy_of(const void *array, size_t count, size_t size)
{
    void *copy;

    if (!array)
        return NULL;
    copy = memory_new(count, size);
    memcpy(copy, array, count * size);
    return copy;
}

void
cost_copy(struct cost *copy, const struct cost *cost)
{
    size_t stages = (size_t)cost->stages;
    const struct variation *variation = &cost->variation;

    *copy = *cost;
    copy->ticks = copy_of(cost->ticks, stages, sizeof *cost->ticks);
    copy->base = copy_of(cost->base, stages, sizeof *cost->base);
    if (cost->network) {
        size_t pairs =
            (size_t)cost->network->ranks * (size_t)cost->network->ranks;

        copy->network = copy_of(cost->network, 1, sizeof *cost->network);
        copy->network->pairs =
            copy_of(cost->network->pairs, pairs, sizeof *cost->network->pairs);
        copy->network->bytes = copy_of(cost->network->bytes, 2 * stages,
                                       sizeof *cost->network->bytes);
    }
    copy->reduce = copy_of(cost->reduce, stages, sizeof *cost->reduce);
    copy->recompute =
        copy_of(cost->recompute, stages, sizeof *cost->recompute);
    copy->variation.mb_factors =
        copy_of(variation->mb_factors, (size_t)variation->mbs, sizeof(double));
    copy->variation.rank_factors = copy_of(
        variation->rank_factors, (size_t)variation->ranks, sizeof(double));
}
