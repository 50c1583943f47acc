/* policy.h -- schedules that are rules: a shape gives a plan.
 *
 * A policy is a pure function from a shape to a compute-only plan: it adds
 * each rank's F, B, I, W in order and knows nothing of links, costs or
 * threads. To add one, write policy_NAME.c, which defines policy_NAME, and add
 * its line to policies.def. Schedules that depend on costs and memory are
 * found by a search; search/schedule.h finds both by name. */
#ifndef PIPELAB_POLICY_POLICY_H
#define PIPELAB_POLICY_POLICY_H

#include "base/error.h"
#include "plan/placement.h"
#include "plan/plan.h"

struct policy {
    const char *name;
    const char *also;    /* other names, a blank between two; or NULL. See
                          * policy_is_named() */
    const char *summary; /* one line, for --help */
    enum placement placement;
    bool groups;  /* it runs in groups of plan->group microbatches */
    bool retimed; /* it promises a memory; search/retime.h has its order at
                   * other costs than it is laid out for */
    /* Whether the policy, of that name, has a plan for these P and M; NULL: for
     * all. */
    bool (*suits)(const char *name, int ranks, int mbs, struct cause *cause);
    /* Fills an empty plan whose shape and placement are set. */
    void (*make)(struct plan *plan);
};

#define POLICY(word) extern const struct policy policy_##word;
#include "policy/policies.def"
#undef POLICY

/* Policy number i of policies.def, or NULL past its end. */
const struct policy *
policy_at(int i);

/* The policy of a name, or NULL. */
const struct policy *
policy_find(const char *name);

/* Whether this is a name of the policy: its own or another, in letters of
 * either case, with any - _ or blank in it or none, and with or without the
 * "Schedule" before it that PyTorch's classes have. */
bool
policy_is_named(const struct policy *policy, const char *name);

/* Whether a policy has a plan for the shape. */
bool
policy_suits(const struct policy *policy, int ranks, int stages, int mbs,
             struct cause *cause);

/* The policy's plan for a shape that suits it; the caller frees it. */
struct plan *
policy_plan(const struct policy *policy, int ranks, int stages, int mbs);

/* The same in groups of microbatches, see looped.h; 0: as policy_plan(). */
struct plan *
policy_plan_in_groups(const struct policy *policy, int ranks, int stages,
                      int mbs, int group);

/* Whether the policy has a plan for the shape in groups of that size; 0: as
 * policy_suits(). Only interleaved-1f1b and combined-1f1b take groups. */
bool
policy_suits_group(const struct policy *policy, int ranks, int stages, int mbs,
                   int group, struct cause *cause);

#endif
