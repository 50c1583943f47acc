/* policy.c -- finds policies and has them make plans. */
#include "config.h"

#include "policy/policy.h"

#include "base/plural.h"
#include "policy/looped.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct policy *const policies[] = {
#define POLICY(word) &policy_##word,
#include "policy/policies.def"
#undef POLICY
};

enum { POLICIES = sizeof policies / sizeof *policies };

const struct policy *
policy_at(int i)
{
    return i < POLICIES ? policies[i] : NULL;
}

/* Passes over what does not count in a name. */
static const char *
significant(const char *name)
{
    return name + strspn(name, "-_ ");
}

/* Whether two names are the same but for what does not count. */
static bool
is_same_name(const char *a, const char *b)
{
    for (;; a++, b++) {
        a = significant(a);
        b = significant(b);
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
        if (*a == '\0')
            return true;
    }
}

/* Whether one of the words is the name. */
static bool
is_one_of(const char *words, const char *name)
{
    while (*words) {
        char word[32];
        size_t length = strcspn(words, " ");

        snprintf(word, sizeof word, "%.*s", (int)length, words);
        if (is_same_name(word, name))
            return true;
        words += length + strspn(words + length, " ");
    }
    return false;
}

bool
policy_is_named(const struct policy *policy, const char *name)
{
    static const char class[] = "schedule";

    if (strncasecmp(name, class, sizeof class - 1) == 0)
        name += sizeof class - 1;
    return is_same_name(policy->name, name) ||
           (policy->also && is_one_of(policy->also, name));
}

const struct policy *
policy_find(const char *name)
{
    for (int i = 0; i < POLICIES; i++)
        if (policy_is_named(policies[i], name))
            return policies[i];
    return NULL;
}

/* Whether the stages lie on the ranks as the policy wants them. */
static bool
suits_placement(const struct policy *policy, int ranks, int stages, int mbs,
                struct cause *cause)
{
    if (!plan_shape_valid(ranks, stages, mbs, cause))
        return false;
    if ((policy->placement == PLACEMENT_ONE ||
         policy->placement == PLACEMENT_BOTH_WAYS) &&
        stages != ranks)
        return fail(
            cause,
            "%s puts one stage on each rank; %d stage%s on %d rank%s will "
            "not fit, use %d rank%s or %d stage%s",
            policy->name, stages, plural(stages), ranks, plural(ranks), stages,
            plural(stages), ranks, plural(ranks));
    if (policy->placement == PLACEMENT_BOTH_WAYS && ranks % 2 != 0)
        return fail(
            cause,
            "%s has two copies of each stage on two ranks; with %d rank%s "
            "one has both, use an even number",
            policy->name, ranks, plural(ranks));
    if (policy->placement == PLACEMENT_LOOPED && stages % ranks != 0)
        return fail(cause,
                    "%s gives every rank the same number of stages; %d stages "
                    "do not divide among %d ranks, use a multiple of "
                    "%d stages",
                    policy->name, stages, ranks, ranks);
    if (policy->placement == PLACEMENT_WAVE && stages % (2 * ranks) != 0)
        return fail(cause,
                    "%s gives every rank an even number of stages; %d stage%s "
                    "on %d rank%s will not fit, use a multiple of %d stage%s",
                    policy->name, stages, plural(stages), ranks, plural(ranks),
                    2 * ranks, plural(2 * ranks));
    if (policy->placement == PLACEMENT_V && stages != 2 * ranks) {
        char fewer_ranks[32] = "";

        if (stages % 2 == 0)
            snprintf(fewer_ranks, sizeof fewer_ranks, "%d rank%s or ",
                     stages / 2, plural(stages / 2));
        return fail(cause,
                    "%s puts two stages on each rank; %d stage%s on %d rank%s "
                    "will not fit, use %s%d stage%s",
                    policy->name, stages, plural(stages), ranks, plural(ranks),
                    fewer_ranks, 2 * ranks, plural(2 * ranks));
    }
    return true;
}

bool
policy_suits(const struct policy *policy, int ranks, int stages, int mbs,
             struct cause *cause)
{
    return suits_placement(policy, ranks, stages, mbs, cause) &&
           (!policy->suits || policy->suits(policy->name, ranks, mbs, cause));
}

bool
policy_suits_group(const struct policy *policy, int ranks, int stages, int mbs,
                   int group, struct cause *cause)
{
    if (group == 0)
        return policy_suits(policy, ranks, stages, mbs, cause);
    if (!policy->groups)
        return fail(
            cause, "%s has no groups; interleaved-1f1b and combined-1f1b have",
            policy->name);
    return suits_placement(policy, ranks, stages, mbs, cause) &&
           looped_group_suits(policy->name, ranks, mbs, group, cause);
}

struct plan *
policy_plan(const struct policy *policy, int ranks, int stages, int mbs)
{
    return policy_plan_in_groups(policy, ranks, stages, mbs, 0);
}

struct plan *
policy_plan_in_groups(const struct policy *policy, int ranks, int stages,
                      int mbs, int group)
{
    struct plan *plan =
        placement_plan(policy->placement, policy->name, ranks, stages, mbs);
    /* F, I and W of every microbatch on each stage of a rank. */
    size_t most = 3 * (size_t)(stages / ranks) * (size_t)mbs;

    for (int r = 0; r < ranks; r++)
        plan_reserve(plan, r, most);
    plan->group = group;
    policy->make(plan);
    return plan;
}
