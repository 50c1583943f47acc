/* check.c -- goes through a plan cell by cell: is it complete and in order? */
#include "config.h"

#include "plan/check.h"

#include "base/memory.h"
#include "plan/place.h"

#include <stdlib.h>
#include <string.h>

/* The actions of each (stage s, microbatch m) seen so far, one bit a kind.
 * Each action must find those that it depends on, on its own rank or received:
 *
 *   F(s,m)          F(s-1,m), or RECV_F(s,m)          s > 0
 *   B(s,m), I(s,m)  F(s,m); B or I(s+1,m), or RECV_B(s,m) for s < S-1
 *   W(s,m)          I(s,m)
 *   SEND_F(s,m)     F(s,m)
 *   SEND_B(s,m)     B or I(s,m)
 *   STEP(s)         B or W(s,m) for every m; REDUCE_GRAD(s), if there is one
 *   REDUCE_GRAD(s)  B or W(s,m) for every m
 *
 * A stage that the plan unshards is sharded at first: it computes between an
 * UNSHARD and the RESHARD after it.
 *
 * A compute-only plan has no RECVs: only the same rank's actions are looked
 * for; program_make() then looks for deadlocks among the ranks. */
enum weights { WEIGHTS_WHOLE, WEIGHTS_SHARDED };

struct seen {
    const struct plan *plan;
    uint16_t *kinds;       /* stages x mbs */
    enum weights *weights; /* stages */
    bool *reduces;         /* stages: the plan has a REDUCE_GRAD */
    bool trains;           /* the plan has backwards: it is not forward only */
    bool exchanges;        /* copies send each other gradients: lowered */
    struct cause *cause;
};

static unsigned
bit(enum action_kind kind)
{
    return 1u << kind;
}

static const unsigned ANY_BACKWARD =
    1u << ACTION_FULL_BACKWARD | 1u << ACTION_BACKWARD_INPUT;
static const unsigned ANY_HALF =
    1u << ACTION_BACKWARD_INPUT | 1u << ACTION_BACKWARD_WEIGHT;

static uint16_t *
kinds_of(const struct seen *seen, int stage, int mb)
{
    return &seen->kinds[(size_t)stage * (size_t)seen->plan->mbs + (size_t)mb];
}

static bool
check_has(const struct seen *seen, int stage, int mb, unsigned kinds)
{
    return *kinds_of(seen, stage, mb) & kinds;
}

/* Fails with "rank 1, position 3, 1B0: WHAT; REMEDY". */
static bool
wrong(const struct seen *seen, int rank, size_t position, const char *what,
      const char *remedy)
{
    size_t place = plan_position(seen->plan, rank, position);
    char cell[ACTION_CELL_MAX];

    action_cell(&seen->plan->lists[rank].at[position], cell);
    fail(seen->cause, "%s: rank %d, position %zu, %s: %s; %s",
         seen->plan->name, rank, place, cell, what, remedy);
    return fail_at(seen->cause, rank, (long long)place, cell);
}

/* NULL if the input of F(s,m) was made on this rank before, or received; else
 * what is wrong. */
static const char *
missing_input(const struct seen *seen, const struct action *part)
{
    int stage = part->stage;

    if (stage == 0)
        return NULL;
    if (!plan_crosses(seen->plan, plan_place(seen->plan, part) - 1))
        return check_has(seen, stage - 1, part->mb, bit(ACTION_FORWARD))
                   ? NULL
                   : "it comes before the forward of the stage below";
    return !seen->plan->lowered ||
                   check_has(seen, stage, part->mb, bit(ACTION_RECV_F))
               ? NULL
               : "no RECV_F before it brings its input";
}

/* The same for the gradient of the output. */
static const char *
missing_gradient(const struct seen *seen, const struct action *part)
{
    int stage = part->stage;

    if (stage == seen->plan->stages - 1)
        return NULL;
    if (!plan_crosses(seen->plan, plan_place(seen->plan, part)))
        return check_has(seen, stage + 1, part->mb, ANY_BACKWARD)
                   ? NULL
                   : "it comes before the backward of the stage above";
    return !seen->plan->lowered ||
                   check_has(seen, stage, part->mb, bit(ACTION_RECV_B))
               ? NULL
               : "no RECV_B before it brings the gradient of its output";
}

/* NULL if all that an action depends on came before it; else what is wrong. */
static const char *
missing_before(const struct seen *seen, const struct action *part)
{
    int stage = part->stage;
    int mb = part->mb;

    switch ((enum action_kind)part->kind) {
    case ACTION_FORWARD:
        return missing_input(seen, part);
    case ACTION_FULL_BACKWARD:
    case ACTION_BACKWARD_INPUT:
        if (!check_has(seen, stage, mb, bit(ACTION_FORWARD)))
            return "the backward comes before its forward";
        return missing_gradient(seen, part);
    case ACTION_BACKWARD_WEIGHT:
        return check_has(seen, stage, mb, bit(ACTION_BACKWARD_INPUT))
                   ? NULL
                   : "the weight gradient comes before its I";
    case ACTION_SEND_F:
        return check_has(seen, stage, mb, bit(ACTION_FORWARD))
                   ? NULL
                   : "it sends before the forward that makes it";
    case ACTION_SEND_B:
        return check_has(seen, stage, mb, ANY_BACKWARD)
                   ? NULL
                   : "it sends before the backward that makes it";
    default:
        return NULL;
    }
}

/* Whether a backward is in the plan both whole (B) and in halves (I, W). */
static bool
is_doubled(const struct seen *seen, const struct action *part)
{
    switch ((enum action_kind)part->kind) {
    case ACTION_FULL_BACKWARD:
        return check_has(seen, part->stage, part->mb, ANY_HALF);
    case ACTION_BACKWARD_INPUT:
    case ACTION_BACKWARD_WEIGHT:
        return check_has(seen, part->stage, part->mb,
                         bit(ACTION_FULL_BACKWARD));
    default:
        return false;
    }
}

/* Whether a transfer has a link: its neighbouring stage is on another rank. */
static bool
has_link(const struct plan *plan, const struct action *part)
{
    int place = plan_place(plan, part);

    switch ((enum action_kind)part->kind) {
    case ACTION_SEND_F:
    case ACTION_RECV_B:
        return plan_crosses(plan, place);
    case ACTION_RECV_F:
    case ACTION_SEND_B:
        return plan_crosses(plan, place - 1);
    default:
        return true;
    }
}

/* Whether the weight gradients of all microbatches of a copy are there. */
static bool
has_gradients(const struct seen *seen, int stage, int copy)
{
    const struct plan *plan = seen->plan;

    for (int m = 0; m < plan->mbs; m++)
        if ((plan->copies == 1 || plan->copy_of_mb[m] == copy) &&
            !check_has(seen, stage, m,
                       bit(ACTION_FULL_BACKWARD) |
                           bit(ACTION_BACKWARD_WEIGHT)))
            return false;
    return true;
}

/* STEP, REDUCE_GRAD and SEND_G belong to all microbatches of their place. */
static bool
check_step(const struct seen *seen, int rank, size_t position)
{
    const struct plan *plan = seen->plan;
    const struct action *action = &plan->lists[rank].at[position];
    int stage = action->stage;
    bool step = action->kind == ACTION_OPTIMIZER_STEP;

    if (!has_gradients(seen, stage, action->mb))
        return wrong(seen, rank, position,
                     "the stage's weight gradients are not all there",
                     "move it after the last of them");
    if (step && seen->reduces[stage] &&
        !check_has(seen, stage, action->mb, bit(ACTION_REDUCE_GRAD)))
        return wrong(seen, rank, position,
                     "the stage's gradients are not reduced",
                     "move it after the REDUCE_GRAD");
    if (step && seen->exchanges &&
        !check_has(seen, stage, !action->mb, bit(ACTION_RECV_G)))
        return wrong(seen, rank, position,
                     "no RECV_G before it brings the other copy's gradients",
                     "mend the order");
    return !check_has(seen, stage, action->mb,
                      bit((enum action_kind)action->kind)) ||
           wrong(seen, rank, position,
                 step ? "the stage steps twice" : "it is there twice",
                 "remove one");
}

/* Notes that a stage's weights are whole, or sharded. */
static bool
check_shard(const struct seen *seen, int rank, size_t position)
{
    const struct action *action = &seen->plan->lists[rank].at[position];
    enum weights to =
        action->kind == ACTION_UNSHARD ? WEIGHTS_WHOLE : WEIGHTS_SHARDED;
    enum weights *weights = &seen->weights[action->stage];

    if (*weights == to)
        return wrong(seen, rank, position,
                     to == WEIGHTS_WHOLE ? "the stage is not sharded"
                                         : "the stage is sharded already",
                     "remove it");
    *weights = to;
    return true;
}

/* Where a stage stands at the begin of a step, and whether it reduces. */
static void
note_sharding(const struct seen *seen)
{
    const struct plan *plan = seen->plan;

    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            const struct action *action = &plan->lists[r].at[i];

            if (action->stage >= plan->stages)
                continue;
            if (action->kind == ACTION_UNSHARD)
                seen->weights[action->stage] = WEIGHTS_SHARDED;
            if (action->kind == ACTION_REDUCE_GRAD)
                seen->reduces[action->stage] = true;
        }
}

static bool
check_cell_part(const struct seen *seen, int rank, size_t position,
                const struct action *part)
{
    const struct plan *plan = seen->plan;
    const char *missing;

    if (part->stage >= plan->stages || part->mb < 0 || part->mb >= plan->mbs)
        return wrong(seen, rank, position, "no such stage or microbatch",
                     "keep to the plan's shape");
    if (part->kind == ACTION_OPTIMIZER_STEP ||
        part->kind == ACTION_REDUCE_GRAD || part->kind == ACTION_SEND_G)
        return check_step(seen, rank, position);
    if (action_class((enum action_kind)part->kind) == ACTION_CLASS_SHARD)
        return check_shard(seen, rank, position);
    if (!action_is_transfer(part) &&
        seen->weights[part->stage] == WEIGHTS_SHARDED)
        return wrong(seen, rank, position, "its weights are sharded",
                     "put an UNSHARD of the stage before it");
    if (!has_link(plan, part))
        return wrong(
            seen, rank, position,
            "there is no link to a neighbouring stage on another rank",
            "remove it");
    if (check_has(seen, part->stage, part->mb,
                  bit((enum action_kind)part->kind)))
        return wrong(seen, rank, position, "it is there twice", "remove one");
    if (is_doubled(seen, part))
        return wrong(seen, rank, position,
                     "the backward is there both whole, as B, and in halves",
                     "keep B, or I and W");
    missing = missing_before(seen, part);
    return !missing || wrong(seen, rank, position, missing, "mend the order");
}

/* Index of a rank's first action of a place. */
static size_t
first_of_place(const struct plan *plan, int rank, int place)
{
    const struct action_list *list = &plan->lists[rank];
    size_t i = 0;

    for (; i < list->count; i++) {
        struct action parts[2];
        int count = action_parts(&list->at[i], parts);

        if (plan_place(plan, &parts[0]) == place ||
            plan_place(plan, &parts[count - 1]) == place)
            break;
    }
    return i;
}

static bool
misplaced(const struct seen *seen, int rank, size_t position, int place)
{
    const struct plan *plan = seen->plan;
    int home = plan->rank_of_stage[place];
    size_t first = first_of_place(plan, home, place);
    char cell[ACTION_CELL_MAX] = "";
    char what[160];

    if (first < plan->lists[home].count)
        action_cell(&plan->lists[home].at[first], cell);
    snprintf(what, sizeof what,
             "stage %d is on ranks %d and %d (rank %d, position %zu, %s)",
             place % plan->stages, home, rank, home,
             plan_position(plan, home, first), cell);
    return wrong(seen, rank, position, what,
                 plan->copies == 1 ? "keep each stage on one rank"
                                   : "keep each copy of a stage on one rank");
}

/* Runs before check_order(): if a stage is on two ranks, a missing action is
 * not the fault to report. */
static bool
check_placement(const struct seen *seen)
{
    const struct plan *plan = seen->plan;

    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            struct action parts[2];
            int count = action_parts(&plan->lists[r].at[i], parts);

            for (int p = 0; p < count; p++)
                if (parts[p].stage < plan->stages && parts[p].mb >= 0 &&
                    parts[p].mb < plan->mbs &&
                    plan->rank_of_stage[plan_place(plan, &parts[p])] != r)
                    return misplaced(seen, r, i, plan_place(plan, &parts[p]));
        }
    return true;
}

static bool
check_order(const struct seen *seen)
{
    const struct plan *plan = seen->plan;

    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            struct action parts[2];
            int count = action_parts(&plan->lists[r].at[i], parts);

            for (int p = 0; p < count; p++)
                if (!check_cell_part(seen, r, i, &parts[p]))
                    return false;
            /* After both checks: the two parts of an overlap run at once, so
             * neither can use what the other makes. */
            for (int p = 0; p < count; p++)
                *kinds_of(seen, parts[p].stage, parts[p].mb) |=
                    (uint16_t)bit((enum action_kind)parts[p].kind);
        }
    return true;
}

/* A kind of action that (stage, mb) lacks, or ACTION_KINDS. */
static enum action_kind
lacks(const struct seen *seen, int stage, int mb)
{
    const struct plan *plan = seen->plan;
    unsigned kinds = *kinds_of(seen, stage, mb);
    struct action forward = action_of(ACTION_FORWARD, stage, mb);
    int place = plan_place(plan, &forward);

    if (!(kinds & bit(ACTION_FORWARD)))
        return ACTION_FORWARD;
    if (seen->trains && !(kinds & ANY_BACKWARD))
        return ACTION_FULL_BACKWARD;
    if (kinds & bit(ACTION_BACKWARD_INPUT) &&
        !(kinds & bit(ACTION_BACKWARD_WEIGHT)))
        return ACTION_BACKWARD_WEIGHT;
    if (!plan->lowered)
        return ACTION_KINDS;
    if (seen->exchanges && mb < 2 && !(kinds & bit(ACTION_SEND_G)))
        return ACTION_SEND_G;
    if (seen->exchanges && mb < 2 && !(kinds & bit(ACTION_RECV_G)))
        return ACTION_RECV_G;
    if (plan_crosses(plan, place) && !(kinds & bit(ACTION_SEND_F)))
        return ACTION_SEND_F;
    if (seen->trains && plan_crosses(plan, place - 1) &&
        !(kinds & bit(ACTION_SEND_B)))
        return ACTION_SEND_B;
    return ACTION_KINDS;
}

static bool
check_complete(const struct seen *seen)
{
    const struct plan *plan = seen->plan;
    char cell[ACTION_CELL_MAX];

    for (int s = 0; s < plan->stages; s++)
        for (int m = 0; m < plan->mbs; m++) {
            enum action_kind kind = lacks(seen, s, m);
            struct action absent;
            int home;

            if (kind == ACTION_KINDS)
                continue;
            absent = action_of(kind, s, m);
            home = plan->rank_of_stage[plan_place(plan, &absent)];
            action_cell(&absent, cell);
            fail(seen->cause, "%s: rank %d lacks %s; add it", plan->name, home,
                 cell);
            return fail_at(seen->cause, home, -1, cell);
        }
    return true;
}

bool
check_plan(const struct plan *plan, struct cause *cause)
{
    struct seen seen = {
        .plan = plan,
        .kinds = memory_new((size_t)plan->stages * (size_t)plan->mbs,
                            sizeof *seen.kinds),
        .weights = memory_new((size_t)plan->stages, sizeof *seen.weights),
        .reduces = memory_new((size_t)plan->stages, sizeof *seen.reduces),
        .trains = plan_trains(plan),
        .exchanges = plan->copies == 2 && (plan_has(plan, ACTION_SEND_G) ||
                                           plan_has(plan, ACTION_RECV_G)),
        .cause = cause,
    };
    bool good;

    note_sharding(&seen);
    good =
        check_placement(&seen) && check_order(&seen) && check_complete(&seen);
    free(seen.kinds);
    free(seen.weights);
    free(seen.reduces);
    return good;
}
