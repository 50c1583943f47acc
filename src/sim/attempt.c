/* attempt.c -- runs what can run of a plan that is not valid. */
#include "config.h"

#include "sim/attempt.h"

#include "base/memory.h"
#include "plan/place.h"

#include <stdlib.h>

/* What has happened to a (stage, microbatch) so far: one bit for each kind of
 * action, and when its results are there for the neighbouring stage. */
struct deed {
    uint16_t kinds;
    int64_t up;       /* F has ended; sent: SEND_F's message arrives */
    int64_t down;     /* the same of B or I, and SEND_B */
    int64_t exchange; /* SEND_G's message arrives */
};

/* The microbatches that were sent on a link, in order. */
struct attempt_link {
    int32_t *order; /* mbs */
    int sent;
    int received;
};

struct attempter {
    const struct plan *plan;
    const struct cost *cost;
    struct attempt *attempt;
    struct deed *deeds;         /* stages x mbs */
    struct attempt_link *links; /* plan_links() */
    int64_t *clock;             /* ranks */
};

static unsigned
kind_bit(enum action_kind kind)
{
    return 1u << kind;
}

static const unsigned INPUT_DONE =
    1u << ACTION_FULL_BACKWARD | 1u << ACTION_BACKWARD_INPUT;
static const unsigned WEIGHT_DONE =
    1u << ACTION_FULL_BACKWARD | 1u << ACTION_BACKWARD_WEIGHT;

static struct deed *
deed_of(const struct attempter *a, int stage, int mb)
{
    return &a->deeds[(size_t)stage * (size_t)a->plan->mbs + (size_t)mb];
}

/* Says that an action must run first. False, for the caller to return. Here and
 * below `why` may be NULL: to find an action in the plan takes long. */
static bool
needs(const struct attempter *a, struct action wanted, char why[ATTEMPT_WHY])
{
    struct action half = wanted;
    char cell[ACTION_CELL_MAX];
    bool there;

    if (!why)
        return false;
    there = plan_find(a->plan, &wanted);
    half.kind = ACTION_BACKWARD_INPUT;
    if (!there && wanted.kind == ACTION_FULL_BACKWARD &&
        plan_find(a->plan, &half)) {
        wanted = half;
        there = true;
    }
    snprintf(why, ATTEMPT_WHY, "it needs %s, which %s",
             action_cell(&wanted, cell),
             there ? "has not run" : "is not in the plan");
    return false;
}

/* Whether one of these kinds has run; if not, that the first of them must. */
static bool
has_run(const struct attempter *a, int stage, int mb, unsigned kinds,
        enum action_kind first, char why[ATTEMPT_WHY])
{
    return deed_of(a, stage, mb)->kinds & kinds ||
           needs(a, action_of(first, stage, mb), why);
}

static bool
refuse(const char *text, char why[ATTEMPT_WHY])
{
    if (why)
        snprintf(why, ATTEMPT_WHY, "%s", text);
    return false;
}

/* Whether the input of F(s,m) is there; *ready is raised to when. */
static bool
has_input(const struct attempter *a, const struct action *part, int64_t *ready,
          char why[ATTEMPT_WHY])
{
    int below = part->stage - 1;
    int place = plan_place(a->plan, part);

    if (below < 0)
        return true;
    if (a->plan->lowered && plan_crosses(a->plan, place - 1))
        return has_run(a, part->stage, part->mb, kind_bit(ACTION_RECV_F),
                       ACTION_RECV_F, why);
    if (!has_run(a, below, part->mb, kind_bit(ACTION_FORWARD), ACTION_FORWARD,
                 why))
        return false;
    *ready = deed_of(a, below, part->mb)->up;
    if (plan_crosses(a->plan, place - 1))
        *ready += cost_message(a->cost, a->plan, 2 * (place - 1));
    return true;
}

/* The same of the gradient of its output. */
static bool
has_gradient(const struct attempter *a, const struct action *part,
             int64_t *ready, char why[ATTEMPT_WHY])
{
    int above = part->stage + 1;
    int place = plan_place(a->plan, part);

    if (!has_run(a, part->stage, part->mb, kind_bit(ACTION_FORWARD),
                 ACTION_FORWARD, why))
        return false;
    if (above == a->plan->stages)
        return true;
    if (a->plan->lowered && plan_crosses(a->plan, place))
        return has_run(a, part->stage, part->mb, kind_bit(ACTION_RECV_B),
                       ACTION_RECV_B, why);
    if (!has_run(a, above, part->mb, INPUT_DONE, ACTION_FULL_BACKWARD, why))
        return false;
    *ready = deed_of(a, above, part->mb)->down;
    if (plan_crosses(a->plan, place))
        *ready += cost_message(a->cost, a->plan, 2 * place + 1);
    return true;
}

/* Whether a RECV finds its own message first on the link. */
static bool
has_message(const struct attempter *a, const struct action *recv,
            int64_t *ready, char why[ATTEMPT_WHY])
{
    const struct attempt_link *link = &a->links[plan_link(a->plan, recv)];
    bool up = recv->kind == ACTION_RECV_F;
    struct action send =
        recv->kind == ACTION_RECV_G
            ? action_of(ACTION_SEND_G, recv->stage, recv->mb)
            : action_of(up ? ACTION_SEND_F : ACTION_SEND_B,
                        up ? recv->stage - 1 : recv->stage + 1, recv->mb);
    const struct deed *from = deed_of(a, send.stage, send.mb);
    char cell[ACTION_CELL_MAX];

    if (link->received == link->sent)
        return needs(a, send, why);
    send.mb = link->order[link->received];
    if (send.mb != recv->mb) {
        char text[ATTEMPT_WHY];

        snprintf(text, sizeof text,
                 "the next message on its link is that of %s",
                 action_cell(&send, cell));
        return refuse(text, why);
    }
    *ready = (recv->kind == ACTION_RECV_G ? from->exchange
              : up                        ? from->up
                                          : from->down) +
             cost_message(a->cost, a->plan, plan_link(a->plan, recv));
    return true;
}

/* Whether the weight gradients of all microbatches of a place are there; for a
 * STEP also those of the stage's other copy, if that sends them. */
static bool
has_all_gradients(const struct attempter *a, const struct action *part,
                  char why[ATTEMPT_WHY])
{
    const struct plan *plan = a->plan;
    struct action recv = action_of(ACTION_RECV_G, part->stage, !part->mb);

    for (int m = 0; m < plan->mbs; m++)
        if ((plan->copies == 1 || plan->copy_of_mb[m] == part->mb) &&
            !has_run(a, part->stage, m, WEIGHT_DONE, ACTION_FULL_BACKWARD,
                     why))
            return false;
    return part->kind == ACTION_SEND_G || plan->copies == 1 ||
           !plan_find(plan, &recv) ||
           has_run(a, recv.stage, recv.mb, kind_bit(ACTION_RECV_G),
                   ACTION_RECV_G, why);
}

/* Whether a transfer has a link to use. */
static bool
crosses(const struct plan *plan, const struct action *part)
{
    int place = plan_place(plan, part);

    if (part->kind == ACTION_SEND_G || part->kind == ACTION_RECV_G)
        return true;
    return plan_crosses(plan, part->kind == ACTION_RECV_F ||
                                      part->kind == ACTION_SEND_B
                                  ? place - 1
                                  : place);
}

/* Whether a simple action can run now. *ready is when its inputs are there. If
 * not, `why` says what it lacks. */
static bool
part_can_run(const struct attempter *a, int rank, const struct action *part,
             int64_t *ready, char why[ATTEMPT_WHY])
{
    const struct plan *plan = a->plan;
    enum action_kind kind = (enum action_kind)part->kind;
    int stage = part->stage;

    *ready = 0;
    if (stage >= plan->stages || part->mb < 0 || part->mb >= plan->mbs)
        return refuse("there is no such stage or microbatch", why);
    if (plan->rank_of_stage[plan_place(plan, part)] != rank)
        return refuse("its stage is on another rank", why);
    if (action_class(kind) == ACTION_CLASS_SHARD)
        return true;
    if (deed_of(a, stage, part->mb)->kinds & kind_bit(kind))
        return refuse("it has run before", why);
    if (action_is_transfer(part) && !crosses(plan, part))
        return refuse("there is no link to a neighbouring stage on another "
                      "rank",
                      why);
    switch (kind) {
    case ACTION_FORWARD:
        return has_input(a, part, ready, why);
    case ACTION_FULL_BACKWARD:
    case ACTION_BACKWARD_INPUT:
        return has_gradient(a, part, ready, why);
    case ACTION_BACKWARD_WEIGHT:
        return has_run(a, stage, part->mb, kind_bit(ACTION_BACKWARD_INPUT),
                       ACTION_BACKWARD_INPUT, why);
    case ACTION_SEND_F:
        return has_run(a, stage, part->mb, kind_bit(ACTION_FORWARD),
                       ACTION_FORWARD, why);
    case ACTION_SEND_B:
        return has_run(a, stage, part->mb, INPUT_DONE, ACTION_FULL_BACKWARD,
                       why);
    case ACTION_RECV_F:
    case ACTION_RECV_B:
    case ACTION_RECV_G:
        return has_message(a, part, ready, why);
    default: /* ACTION_SEND_G, ACTION_OPTIMIZER_STEP */
        return has_all_gradients(a, part, why);
    }
}

/* Keeps what a simple action has done. */
static void
keep_done(struct attempter *a, const struct action *part, int64_t end)
{
    enum action_kind kind = (enum action_kind)part->kind;
    struct deed *deed = deed_of(a, part->stage, part->mb);

    deed->kinds |= (uint16_t)kind_bit(kind);
    if (kind == ACTION_FORWARD || kind == ACTION_SEND_F)
        deed->up = end;
    if (kind_bit(kind) & INPUT_DONE || kind == ACTION_SEND_B)
        deed->down = end;
    if (kind == ACTION_SEND_G)
        deed->exchange = end;
    if (action_class(kind) == ACTION_CLASS_SEND) {
        struct attempt_link *link = &a->links[plan_link(a->plan, part)];

        link->order[link->sent++] = part->mb;
    }
    if (action_class(kind) == ACTION_CLASS_RECV)
        a->links[plan_link(a->plan, part)].received++;
}

/* Whether all of an action can run now; its inputs are there at *ready. */
static bool
attempt_can_run(const struct attempter *a, int rank,
                const struct action *action, int64_t *ready,
                char why[ATTEMPT_WHY])
{
    struct action parts[2];
    int count = action_parts(action, parts);

    *ready = 0;
    for (int p = 0; p < count; p++) {
        int64_t when;

        if (!part_can_run(a, rank, &parts[p], &when, why))
            return false;
        *ready = when > *ready ? when : *ready;
    }
    return true;
}

/* Runs the rank's next action if it can. */
static bool
run_next(struct attempter *a, int rank)
{
    size_t index = a->attempt->stops[rank].index;
    const struct action *action = &a->plan->lists[rank].at[index];
    struct span span = {.action = *action, .start = a->clock[rank]};
    struct action parts[2];
    int count = action_parts(action, parts);
    int64_t ready;

    if (!attempt_can_run(a, rank, action, &ready, NULL))
        return false;
    span.end = ready > span.start ? ready : span.start;
    if (!action_is_transfer(action)) {
        span.start = span.end;
        span.end +=
            cost_at(a->cost, rank, a->attempt->stops[rank].index, action);
    }
    span.parts[action_is_transfer(action) ? SPAN_WAIT_INPUT : SPAN_COMPUTE] =
        span.end - span.start;
    trace_add(&a->attempt->trace, rank, &span);
    for (int p = 0; p < count; p++)
        keep_done(a, &parts[p], span.end);
    a->clock[rank] = span.end;
    a->attempt->stops[rank].index++;
    return true;
}

static void
run_all(struct attempter *a)
{
    bool moved = true;

    while (moved) {
        moved = false;
        for (int r = 0; r < a->plan->ranks; r++)
            while (a->attempt->stops[r].index < a->plan->lists[r].count &&
                   run_next(a, r))
                moved = true;
    }
}

static void
say_why(struct attempter *a)
{
    for (int r = 0; r < a->plan->ranks; r++) {
        struct attempt_stop *stop = &a->attempt->stops[r];
        int64_t ready;

        if (stop->index < a->plan->lists[r].count)
            attempt_can_run(a, r, &a->plan->lists[r].at[stop->index], &ready,
                            stop->why);
    }
}

void
attempt_make(struct attempt *attempt, const struct plan *plan,
             const struct cost *cost)
{
    size_t links = (size_t)plan_links(plan);
    size_t ranks = (size_t)plan->ranks;
    size_t mbs = (size_t)plan->mbs;
    struct attempter a = {
        .plan = plan,
        .cost = cost,
        .attempt = attempt,
        .deeds = memory_new((size_t)plan->stages * mbs, sizeof *a.deeds),
        .links = memory_new(links, sizeof *a.links),
        .clock = memory_new(ranks, sizeof *a.clock),
    };

    for (size_t l = 0; l < links; l++)
        a.links[l].order = memory_new(mbs, sizeof *a.links[l].order);
    attempt->plan = plan;
    attempt->stops = memory_new(ranks, sizeof *attempt->stops);
    trace_init(&attempt->trace, plan, 1);
    run_all(&a);
    say_why(&a);
    for (size_t l = 0; l < links; l++)
        free(a.links[l].order);
    free(a.clock);
    free(a.links);
    free(a.deeds);
}

void
attempt_fini(struct attempt *attempt)
{
    trace_fini(&attempt->trace);
    free(attempt->stops);
    attempt->stops = NULL;
}

void
attempt_print_stops(FILE *out, const struct attempt *attempt)
{
    const struct plan *plan = attempt->plan;
    char cell[ACTION_CELL_MAX];

    for (int r = 0; r < plan->ranks; r++) {
        const struct attempt_stop *stop = &attempt->stops[r];

        if (stop->index < plan->lists[r].count)
            fprintf(out, "rank %d stops at position %zu, %s: %s\n", r,
                    plan_position(plan, r, stop->index),
                    action_cell(&plan->lists[r].at[stop->index], cell),
                    stop->why);
    }
}
