#include "config.h"

#include "calls.h"

#include "base/memory.h"
#include "base/plural.h"
#include "plan/cost.h"

#include <stdio.h>
#include <stdlib.h>

enum { RANKS = 4, MBS = 8 };

/* ---- the rules for one rank ---- */

/* "4 ranks, 8 microbatches: rank 1: " */
static const char *
of_rank(int rank, int ranks, int mbs)
{
    static char text[80];

    snprintf(text, sizeof text, "%d rank%s, %d microbatch%s: rank %d", ranks,
             plural(ranks), mbs, plural_es(mbs), rank);
    doing(text);
    return text;
}

static bool
is_waited_for(const struct record *record, size_t from, size_t to, int request)
{
    for (size_t i = from; i < to; i++)
        if (record->at[i].type == CALL_WAIT &&
            record->at[i].request == request)
            return true;
    return false;
}

/* The computation that a send is the result of. */
static enum action_kind
maker(const struct action *send)
{
    return send->kind == ACTION_SEND_F ? ACTION_FORWARD : ACTION_FULL_BACKWARD;
}

/* No computation writes memory that a send before it may still read. */
static void
must_not_overwrite(const struct record *record, const char *who)
{
    for (size_t i = 0; i < record->count; i++) {
        const struct call *sent = &record->at[i];

        for (size_t k = i + 1; sent->type == CALL_ISEND && k < record->count;
             k++) {
            const struct action *action = &record->at[k].action;
            char cells[2][ACTION_CELL_MAX];

            if (record->at[k].type != CALL_PLAIN ||
                action->kind != maker(&sent->action) ||
                action->mb % BUFFERS != sent->action.mb % BUFFERS)
                continue;
            ck_assert_msg(is_waited_for(record, i, k, sent->request),
                          "%s: %s writes over what %s may still be sending; "
                          "its request has not been waited for",
                          who, action_cell(action, cells[0]),
                          action_cell(&sent->action, cells[1]));
            break; /* the later ones are that one's matter */
        }
    }
}

static void
must_wait_for_each(const struct record *record, const char *who)
{
    for (size_t i = 0; i < record->count; i++) {
        const struct call *call = &record->at[i];
        char cell[ACTION_CELL_MAX];

        if (call->type == CALL_ISEND)
            ck_assert_msg(
                is_waited_for(record, i, record->count, call->request),
                "%s: the step ends, and the request of %s has not been "
                "waited for",
                who, action_cell(&call->action, cell));
        if (call->type != CALL_WAIT)
            continue;
        ck_assert_msg(call->request >= 0 && call->request < record->requests &&
                          call->action.kind != ACTION_FORWARD,
                      "%s: it waits for request %d, which no isend before has "
                      "returned",
                      who, call->request);
        ck_assert_msg(!is_waited_for(record, 0, i, call->request),
                      "%s: it waits for the request of %s twice", who,
                      action_cell(&call->action, cell));
    }
}

static void
must_send_async(const struct record *record, const char *who)
{
    for (size_t i = 0; i < record->count; i++) {
        char cell[ACTION_CELL_MAX];

        ck_assert_msg(
            record->at[i].type != CALL_PLAIN ||
                action_class((enum action_kind)record->at[i].action.kind) !=
                    ACTION_CLASS_SEND,
            "%s: %s is a send that waits; use the isend", who,
            action_cell(&record->at[i].action, cell));
    }
}

/* Holds a rule against each rank of every shape; the plan is a whole one. */
static void
hold(void (*rule)(const struct record *record, const char *who))
{
    for (int ranks = 1; ranks <= MOST_RANKS; ranks++)
        for (int mbs = 1; mbs <= MOST_MBS; mbs++) {
            steps_must_run(exercise_async_step, ranks, mbs, MOST_MBS);
            for (int r = 0; r < ranks; r++) {
                struct record record =
                    record_of(exercise_async_step, r, ranks, mbs);

                rule(&record, of_rank(r, ranks, mbs));
                record_free(&record);
            }
        }
}

/* ---- all ranks in virtual time, over links without slots ---- */

enum { NOT_YET = -1 };

/* A message's times: of the isend, and of its recv. */
struct flight {
    int64_t sent;
    int64_t received;
};

struct replay {
    int ranks;
    int mbs;
    struct record *records; /* ranks */
    size_t *position;       /* ranks */
    int64_t *clock;         /* ranks */
    struct flight *flights; /* up, then down: ranks x mbs each, by the rank
                             * that sends */
    int64_t makespan;
};

static struct flight *
flight_of(const struct replay *replay, const struct action *transfer)
{
    bool up =
        transfer->kind == ACTION_SEND_F || transfer->kind == ACTION_RECV_F;
    int from = transfer->kind == ACTION_RECV_F   ? transfer->stage - 1
               : transfer->kind == ACTION_RECV_B ? transfer->stage + 1
                                                 : transfer->stage;

    return &replay->flights[(up ? 0 : replay->ranks * replay->mbs) +
                            from * replay->mbs + transfer->mb];
}

static int64_t
later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Does a rank's next call if it can return now. */
static bool
replay_next(struct replay *replay, int rank, const struct cost *cost)
{
    const struct call *call =
        &replay->records[rank].at[replay->position[rank]];
    enum action_kind kind = (enum action_kind)call->action.kind;
    int64_t *clock = &replay->clock[rank];
    struct flight *flight = NULL;

    if (action_is_transfer(&call->action))
        flight = flight_of(replay, &call->action);
    if (call->type == CALL_ISEND) {
        flight->sent = *clock;
    } else if (call->type == CALL_WAIT) {
        if (flight->received == NOT_YET)
            return false;
        *clock = later(*clock, flight->received);
    } else if (action_class(kind) == ACTION_CLASS_RECV) {
        if (flight->sent == NOT_YET)
            return false;
        *clock = later(*clock, flight->sent);
        flight->received = *clock;
    } else {
        *clock += cost_of(cost, rank, &call->action);
        replay->makespan = later(replay->makespan, *clock);
    }
    replay->position[rank]++;
    return true;
}

static void
replay_all(struct replay *replay)
{
    struct cost cost;
    bool moved = true;

    cost_init(&cost, replay->ranks);
    while (moved) {
        moved = false;
        for (int r = 0; r < replay->ranks; r++)
            while (replay->position[r] < replay->records[r].count &&
                   replay_next(replay, r, &cost))
                moved = true;
    }
    cost_fini(&cost);
}

/* "wait_for() of 0SEND_F2" */
static void
must_have_ended(const struct replay *replay)
{
    char text[400] = "";
    size_t used = 0;

    for (int r = 0; r < replay->ranks && used < sizeof text; r++) {
        const struct record *record = &replay->records[r];
        size_t at = replay->position[r];
        char cell[ACTION_CELL_MAX];

        if (at < record->count)
            used += (size_t)snprintf(
                text + used, sizeof text - used, "%s rank %d at %s%s",
                used > 0 ? "," : "", r,
                record->at[at].type == CALL_WAIT ? "wait_for() of " : "",
                action_cell(&record->at[at].action, cell));
    }
    ck_assert_msg(used == 0,
                  "%d rank%s, %d microbatch%s: deadlock, all wait:%s",
                  replay->ranks, plural(replay->ranks), replay->mbs,
                  plural_es(replay->mbs), text);
}

/* The makespan; the rules above hold, or it fails. */
static int64_t
must_get_through(int ranks, int mbs)
{
    size_t flights = (size_t)(2 * ranks * mbs);
    struct replay replay = {
        .ranks = ranks,
        .mbs = mbs,
        .records = memory_new((size_t)ranks, sizeof *replay.records),
        .position = memory_new((size_t)ranks, sizeof *replay.position),
        .clock = memory_new((size_t)ranks, sizeof *replay.clock),
        .flights = memory_new(flights, sizeof *replay.flights),
    };

    steps_must_run(exercise_async_step, ranks, mbs, MOST_MBS);
    for (size_t f = 0; f < flights; f++)
        replay.flights[f] = (struct flight){NOT_YET, NOT_YET};
    for (int r = 0; r < ranks; r++) {
        const char *who = of_rank(r, ranks, mbs);

        replay.records[r] = record_of(exercise_async_step, r, ranks, mbs);
        must_send_async(&replay.records[r], who);
        must_wait_for_each(&replay.records[r], who);
    }
    replay_all(&replay);
    must_have_ended(&replay);
    for (int r = 0; r < ranks; r++)
        record_free(&replay.records[r]);
    free(replay.flights);
    free(replay.clock);
    free(replay.position);
    free(replay.records);
    return replay.makespan;
}

/* ---- the claims ---- */

START_TEST(it_is_1f1b)
{
    struct plan *plan = made_by_steps(exercise_async_step, RANKS, MBS);

    must_run(plan);
    must_keep_at_most(plan, (int[]){4, 3, 2, 1});
    plan_free(plan);
    hold(must_send_async);
}
END_TEST

START_TEST(each_request_is_waited_for)
{
    hold(must_send_async);
    hold(must_wait_for_each);
}
END_TEST

START_TEST(nothing_is_overwritten)
{
    hold(must_send_async);
    hold(must_not_overwrite);
}
END_TEST

START_TEST(it_gets_through)
{
    for (int ranks = 1; ranks <= MOST_RANKS; ranks++)
        for (int mbs = 1; mbs <= MOST_MBS; mbs++)
            must_get_through(ranks, mbs);
}
END_TEST

START_TEST(sends_hold_nothing_up)
{
    int64_t wanted = (MBS + RANKS - 1) * (1 + 2);
    int64_t ticks = must_get_through(RANKS, MBS);

    ck_assert_msg(ticks == wanted,
                  "%d ranks, %d microbatches: it takes %lld ticks, 1F1B takes "
                  "%lld: a rank waits for a send before it must",
                  RANKS, MBS, (long long)ticks, (long long)wanted);
}
END_TEST

const struct claim claims[] = {
    {"1F1B, and every send is an isend", 2, &it_is_1f1b},
    {"each request is waited for, once", 2, &each_request_is_waited_for},
    {"no tensor is written over while it is sent", 3, &nothing_is_overwritten},
    {"it gets through without slots", 2, &it_gets_through},
    {"no send holds a rank up", 1, &sends_hold_nothing_up},
    {NULL, 0, NULL},
};
