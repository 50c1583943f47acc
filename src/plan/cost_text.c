/* cost_text.c -- reads costs, factors and times. */
#include "config.h"

#include "plan/cost.h"

#include "base/list.h"
#include "base/memory.h"
#include "base/plural.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- times ---- */

static const struct {
    const char *name;
    double seconds;
} units[] = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1.0}};

enum { UNITS = sizeof units / sizeof *units };

double
cost_unit_seconds(const char *unit)
{
    for (int u = 0; u < UNITS; u++)
        if (strcmp(units[u].name, unit) == 0)
            return units[u].seconds;
    return 0.0;
}

static int
unit_find(const char *name)
{
    for (int u = 0; u < UNITS; u++)
        if (strcmp(units[u].name, name) == 0)
            return u;
    return -1;
}

/* Reads "1.5" or "1.5ms"; in *unit which unit, or -1. */
static bool
read_time(const struct list_item *item, double *value, int *unit)
{
    char *end;
    char name[4] = "";
    size_t length;

    *value = strtod(item->text, &end);
    length = item->length - (size_t)(end - item->text);
    *unit = -1;
    if (end == item->text || end > item->text + item->length ||
        length >= sizeof name || !(*value >= 0.0 && *value <= 1e18))
        return false;
    memcpy(name, end, length);
    *unit = unit_find(name);
    return length == 0 || *unit >= 0;
}

bool
cost_parse_time(const char *text, const char *unit, double *value,
                struct cause *cause)
{
    struct list_item item = {text, strlen(text)};
    int own;

    if (!read_time(&item, value, &own))
        return fail(cause, "\"%.32s\" is no time; use 3, 0.5 or 20us", text);
    if (own < 0)
        return true;
    if (!*unit)
        return fail(cause,
                    "\"%.32s\" has a unit, and the durations have none; give "
                    "them one too, as in F=20us",
                    text);
    *value *= units[own].seconds / units[unit_find(unit)].seconds;
    return true;
}

/* ---- durations ---- */

/* The kind of a name that has a cost, or ACTION_KINDS. */
static enum action_kind
kind_of(const struct list_item *name)
{
    for (int k = 0; k < ACTION_KINDS; k++) {
        enum action_class class = action_class((enum action_kind)k);

        if ((class == ACTION_CLASS_COMPUTE || class == ACTION_CLASS_STEP) &&
            list_is(name, action_kind_text((enum action_kind)k)))
            return (enum action_kind)k;
    }
    /* The short name that the option is documented with. */
    return list_is(name, "OVERLAP") ? ACTION_OVERLAP_F_B : ACTION_KINDS;
}

/* The durations of a list, and those that follow from them. */
struct list {
    double units[ACTION_KINDS];
    bool given[ACTION_KINDS];
    const char *rule[ACTION_KINDS]; /* by which it follows, or NULL */
    int unit;                       /* of all, or -1 */
    int count;                      /* read */
};

/* The first time's unit is that of all. */
static bool
take_unit(struct list *list, enum action_kind kind, int unit, double *value,
          struct cause *cause)
{
    if (list->count++ == 0)
        list->unit = unit;
    if ((list->unit < 0) != (unit < 0))
        return fail(cause,
                    "%s: some times have a unit and some have none; give one "
                    "to all, as in F=1.5ms,B=3ms",
                    action_kind_text(kind));
    if (unit >= 0)
        *value *= units[unit].seconds / units[list->unit].seconds;
    return true;
}

static bool
read_item(struct list *list, struct list_item item, struct cause *cause)
{
    struct list_item name;
    enum action_kind kind =
        list_cut(&item, &name) ? kind_of(&name) : ACTION_KINDS;
    double value;
    int unit;

    if (kind == ACTION_KINDS)
        return fail(cause,
                    "\"%.32s\" names no action; use F, B, I, W, STEP or "
                    "OVERLAP, as in F=1,B=2",
                    name.text);
    if (list->given[kind])
        return fail(cause, "%s is there twice; give it once",
                    action_kind_text(kind));
    if (!read_time(&item, &value, &unit) || value > (double)COST_MAX)
        return fail(cause,
                    "%s=%.32s is no duration; use 0 to %lld, or a time such "
                    "as 1.5ms",
                    action_kind_text(kind), item.text, (long long)COST_MAX);
    list->units[kind] = value;
    list->given[kind] = true;
    return take_unit(list, kind, unit, &list->units[kind], cause);
}

/* Gives kind the duration that follows by a rule. */
static bool
follow(struct list *list, enum action_kind kind, double value,
       const char *rule, struct cause *cause)
{
    const char *name = action_kind_text(kind);

    if (value < 0 || value > (double)COST_MAX)
        return fail(cause,
                    "%s is left out, and %s is %.17g, not 0 to %lld; give %s",
                    name, rule, value, (long long)COST_MAX, name);
    list->units[kind] = value;
    list->rule[kind] = rule;
    return true;
}

/* The half of B, I; the larger one of whole units if all times are whole. */
static double
half_of(const struct list *list, double whole)
{
    for (int k = 0; k < ACTION_KINDS; k++)
        if (list->given[k] && list->units[k] != floor(list->units[k]))
            return whole / 2;
    return ceil(whole / 2);
}

/* Where B is known: its parts. */
static bool
follow_parts(struct list *list, struct cause *cause)
{
    enum action_kind input = ACTION_BACKWARD_INPUT;
    enum action_kind weight = ACTION_BACKWARD_WEIGHT;
    double whole = list->units[ACTION_FULL_BACKWARD];

    if (list->given[input] && list->given[weight])
        return true;
    if (list->given[input])
        return follow(list, weight, whole - list->units[input], "B - I",
                      cause);
    if (list->given[weight])
        return follow(list, input, whole - list->units[weight], "B - W",
                      cause);
    return follow(list, input, half_of(list, whole), "half of B", cause) &&
           follow(list, weight, whole - half_of(list, whole), "half of B",
                  cause);
}

/* Where B is not given: it is the sum of its parts, if one of them is. */
static bool
follow_whole(struct list *list, struct cause *cause)
{
    double forward = list->units[ACTION_FORWARD];
    enum action_kind input = ACTION_BACKWARD_INPUT;
    enum action_kind weight = ACTION_BACKWARD_WEIGHT;

    if (!list->given[input] && !list->given[weight])
        return follow(list, ACTION_FULL_BACKWARD, 2 * forward, "2 F", cause) &&
               follow_parts(list, cause);
    return (list->given[input] || follow(list, input, forward, "F", cause)) &&
           (list->given[weight] ||
            follow(list, weight, forward, "F", cause)) &&
           follow(list, ACTION_FULL_BACKWARD,
                  list->units[input] + list->units[weight], "I + W", cause);
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
    *list = (struct list){.unit = -1};
    for (int k = 0; k < ACTION_KINDS; k++)
        list->units[k] = (double)action_default_cost((enum action_kind)k);
    for (struct list_item item; list_next(&text, &item);)
        if (!read_item(list, item, cause))
            return false;
    return complete_list(list, cause);
}

bool
cost_parse(struct cost *cost, const char *text, struct cause *cause)
{
    struct list list;

    if (!parse_list(&list, text, cause))
        return false;
    if (!cost)
        return true;
    snprintf(cost->unit, sizeof cost->unit, "%s",
             list.unit < 0 ? "" : units[list.unit].name);
    for (int s = 0; s < cost->stages; s++)
        for (int k = 0; k < ACTION_KINDS; k++)
            cost_set(cost, s, (enum action_kind)k, list.units[k]);
    return cost_settle(cost, cause);
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
            used += (size_t)snprintf(
                line + used, size - used, "%s%s=%.15g%s (%s)",
                used ? ", " : "", action_kind_text((enum action_kind)k),
                list.units[k], list.unit < 0 ? "" : units[list.unit].name,
                list.rule[k]);
}

bool
cost_parse_latency(struct cost *cost, const char *text, struct cause *cause)
{
    double value;

    if (!cost_parse_time(text, cost ? cost->unit : "s", &value, cause))
        return false;
    if (!cost)
        return true;
    return cost_set_latency(cost, value, cause);
}

/* ---- factors ---- */

/* Reads "1,1,2.5,1"; the first count factors go to factors[]. One for each of
 * what there are count of, unless factors is NULL. */
static bool
parse_factors(double factors[], int count, const char *what, const char *text,
              struct cause *cause)
{
    int read = 0;

    for (struct list_item item; list_next(&text, &item); read++) {
        double factor;

        if (!list_real(&item, &factor) || !(factor >= 0 && factor <= 1e6))
            return fail(cause,
                        "\"%.32s\" is no factor; use numbers from 0 to 1e6, "
                        "as in 1,1,2.5,1",
                        item.text);
        if (factors && read < count)
            factors[read] = factor;
    }
    if (factors && read != count)
        return fail(cause, "%d factor%s for %d %s; give one for each", read,
                    plural(read), count, what);
    return true;
}

bool
cost_parse_stages(struct cost *cost, const char *text, struct cause *cause)
{
    int stages = cost ? cost->stages : 0;
    double *factors =
        cost ? memory_new((size_t)stages, sizeof *factors) : NULL;
    bool good = parse_factors(factors, stages,
                              stages == 1 ? "stage" : "stages", text, cause) &&
                (!cost || cost_scale(cost, factors, cause));

    free(factors);
    return good;
}

/* Factors that are no part of the base: the clock is fine then. */
static bool
parse_variation(struct cost *cost, double **factors, int *kept, int count,
                const char *what, const char *text, struct cause *cause)
{
    double *read = memory_new((size_t)count, sizeof *read);

    if (!parse_factors(read, count, what, text, cause)) {
        free(read);
        return false;
    }
    *factors = read;
    *kept = count;
    return cost_refine(cost, cause);
}

bool
cost_parse_mbs(struct cost *cost, int count, const char *text,
               struct cause *cause)
{
    return cost ? parse_variation(cost, &cost->variation.mb_factors,
                                  &cost->variation.mbs, count,
                                  count == 1 ? "microbatch" : "microbatches",
                                  text, cause)
                : parse_factors(NULL, 0, "microbatches", text, cause);
}

bool
cost_parse_ranks(struct cost *cost, int count, const char *text,
                 struct cause *cause)
{
    return cost ? parse_variation(cost, &cost->variation.rank_factors,
                                  &cost->variation.ranks, count,
                                  count == 1 ? "rank" : "ranks", text, cause)
                : parse_factors(NULL, 0, "ranks", text, cause);
}
