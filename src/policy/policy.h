/* policy.h -- schedules by name.
 *
 * A policy is a pure function from a shape to a compute-only plan: it adds
 * each rank's F, B, I, W in order and knows nothing of links, costs or
 * threads. To add one: write policy_NAME.c and one line in the table of
 * policy.c; all else works at once. */
#ifndef PIPELAB_POLICY_POLICY_H
#define PIPELAB_POLICY_POLICY_H

#include "base/error.h"
#include "plan/cost.h"
#include "plan/placement.h"
#include "plan/plan.h"

/* What a schedule that is searched for has to go by. */
struct policy_task {
    int ranks;
    int stages;
    int mbs;
    const struct cost *cost; /* of the stages; borrowed */
    int max_activations;     /* on any rank; 0: any number */
};

/* What the search came to. */
struct policy_result {
    int64_t makespan;        /* at unbounded links */
    int64_t bound;           /* no plan over these placements is shorter */
    const char *beaten;      /* the best policy that fits, or NULL */
    int64_t beaten_makespan;
};

struct policy {
    const char *name;
    const char *summary; /* one line, for --help */
    enum placement placement;
    /* Whether M and P go together; NULL: they always do. */
    bool (*suits)(int ranks, int mbs, struct cause *cause);
    /* Fills an empty plan whose shape and placement are set. */
    void (*make)(struct plan *plan);
    /* Instead of make: searches for a plan. NULL with the cause if there is
     * none. */
    struct plan *(*search)(const struct policy_task *task,
                           struct policy_result *result, struct cause *cause);
};

/* The table's line number i, or NULL past its end. */
const struct policy *
policy_at(int i);

/* NULL with the cause, which lists the names, if there is none. */
const struct policy *
policy_find(const char *name, struct cause *cause);

/* Whether a policy has a plan for the shape. */
bool
policy_suits(const struct policy *policy, int ranks, int stages, int mbs,
             struct cause *cause);

/* The plan of a schedule; the caller frees it. NULL with the cause if the
 * name is unknown or the shape does not suit it. Only a schedule that is
 * searched for looks at costs and memory; result is left alone by others. */
struct plan *
policy_plan_for(const char *name, const struct policy_task *task,
                struct policy_result *result, struct cause *cause);

/* Bytes that making it takes, at most. */
size_t
policy_bytes(const struct policy *policy, int stages, int mbs);

/* The same at the default costs, with any memory. */
struct plan *
policy_plan(const char *name, int ranks, int stages, int mbs,
            struct cause *cause);

/* The policies, each in its own file. */
void
policy_naive(struct plan *plan);
void
policy_gpipe(struct plan *plan);
void
policy_1f1b(struct plan *plan);
void
policy_eager_1f1b(struct plan *plan);
bool
policy_interleaved_1f1b_suits(int ranks, int mbs, struct cause *cause);
void
policy_interleaved_1f1b(struct plan *plan);
void
policy_looped_bfs(struct plan *plan);
bool
policy_zb1p_suits(int ranks, int mbs, struct cause *cause);
void
policy_zb1p(struct plan *plan);
void
policy_zb_h2(struct plan *plan);
void
policy_zbv(struct plan *plan);
void
policy_v_half(struct plan *plan);
void
policy_v_min(struct plan *plan);
bool
policy_dualpipev_suits(int ranks, int mbs, struct cause *cause);
void
policy_dualpipev(struct plan *plan);
struct plan *
policy_greedy(const struct policy_task *task, struct policy_result *result,
              struct cause *cause);

#endif
