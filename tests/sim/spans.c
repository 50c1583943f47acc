/* spans.c -- when each action starts and ends: tiny runs worked out by hand,
 * then the rules of virtual time held against every span of many runs. */
#include "config.h"

#include "base/memory.h"
#include "runs.h"
#include "plan/plans.h"
#include "plan/place.h"

#include <stdlib.h>
#include <string.h>

static void
expect_spans(const char *csv, const char *costs, const char *factors,
             int64_t latency, int capacity, const char *expected)
{
    struct run run;
    char *text;

    run_init(&run, lowered_drawn(csv), costs, factors, latency, capacity);
    ck_assert_msg(run.forecast.complete, "%s", run_text(&run));
    text = spans_text(&run.forecast.trace);
    ck_assert_str_eq(text, expected);
    free(text);
    run_fini(&run);
}

/* ---- worked out by hand ---- */

/* A fast stage before a slow one: F takes 1 and 3. */
static const char two_paces[] = "0F0,0F1,0F2\n"
                                "1F0,1F1,1F2\n";

START_TEST(rendezvous_holds_the_sender_until_the_receiver_comes)
{
    expect_spans(two_paces, NULL, "1,3", 0, 0,
                 "rank 0: 0F0 0-1, 0SEND_F0 1-1, 0F1 1-2, 0SEND_F1 2-4,"
                 " 0F2 4-5, 0SEND_F2 5-7\n"
                 "rank 1: 1RECV_F0 0-1, 1F0 1-4, 1RECV_F1 4-4, 1F1 4-7,"
                 " 1RECV_F2 7-7, 1F2 7-10\n");
}
END_TEST

START_TEST(one_slot_lets_the_sender_run_one_ahead)
{
    expect_spans(two_paces, NULL, "1,3", 0, 1,
                 "rank 0: 0F0 0-1, 0SEND_F0 1-1, 0F1 1-2, 0SEND_F1 2-2,"
                 " 0F2 2-3, 0SEND_F2 3-4\n"
                 "rank 1: 1RECV_F0 0-1, 1F0 1-4, 1RECV_F1 4-4, 1F1 4-7,"
                 " 1RECV_F2 7-7, 1F2 7-10\n");
}
END_TEST

START_TEST(two_slots_let_it_run_two_ahead)
{
    expect_spans(two_paces, NULL, "1,3", 0, 2,
                 "rank 0: 0F0 0-1, 0SEND_F0 1-1, 0F1 1-2, 0SEND_F1 2-2,"
                 " 0F2 2-3, 0SEND_F2 3-3\n"
                 "rank 1: 1RECV_F0 0-1, 1F0 1-4, 1RECV_F1 4-4, 1F1 4-7,"
                 " 1RECV_F2 7-7, 1F2 7-10\n");
}
END_TEST

START_TEST(rendezvous_ends_for_the_receiver_a_latency_later)
{
    expect_spans(two_paces, NULL, "1,3", 2, 0,
                 "rank 0: 0F0 0-1, 0SEND_F0 1-1, 0F1 1-2, 0SEND_F1 2-6,"
                 " 0F2 6-7, 0SEND_F2 7-11\n"
                 "rank 1: 1RECV_F0 0-3, 1F0 3-6, 1RECV_F1 6-8, 1F1 8-11,"
                 " 1RECV_F2 11-13, 1F2 13-16\n");
}
END_TEST

START_TEST(slot_is_free_again_when_its_message_is_received)
{
    expect_spans(two_paces, NULL, "1,3", 2, 1,
                 "rank 0: 0F0 0-1, 0SEND_F0 1-1, 0F1 1-2, 0SEND_F1 2-3,"
                 " 0F2 3-4, 0SEND_F2 4-6\n"
                 "rank 1: 1RECV_F0 0-3, 1F0 3-6, 1RECV_F1 6-6, 1F1 6-9,"
                 " 1RECV_F2 9-9, 1F2 9-12\n");
}
END_TEST

START_TEST(one_f_one_b_of_two_ranks_looks_like_this)
{
    expect_spans("0F0,0F1,0B0,0B1\n1F0,1B0,1F1,1B1\n", NULL, NULL, 0, 2,
                 "rank 0: 0F0 0-1, 0SEND_F0 1-1, 0F1 1-2, 0SEND_F1 2-2,"
                 " 0RECV_B0 2-4, 0B0 4-6, 0RECV_B1 6-7, 0B1 7-9, 0STEP 9-9\n"
                 "rank 1: 1RECV_F0 0-1, 1F0 1-2, 1B0 2-4, 1SEND_B0 4-4,"
                 " 1RECV_F1 4-4, 1F1 4-5, 1B1 5-7, 1SEND_B1 7-7,"
                 " 1STEP 7-7\n");
}
END_TEST

START_TEST(overlap_waits_for_both_inputs_and_ends_both)
{
    static const char csv[] = "0F0,0F1,0B0,0B1\n"
                              "1F0,(1F1;1B0)OVERLAP_F_B,1B1\n";

    expect_spans(csv, "F=2,B=3", "2,1", 0, 2,
                 "rank 0: 0F0 0-4, 0SEND_F0 4-4, 0F1 4-8, 0SEND_F1 8-8,"
                 " 0RECV_B0 8-13, 0B0 13-19, 0RECV_B1 19-19, 0B1 19-25,"
                 " 0STEP 25-25\n"
                 "rank 1: 1RECV_F0 0-4, 1F0 4-6, 1RECV_F1 6-8,"
                 " (1F1;1B0)OVERLAP_F_B 8-13, 1SEND_B0 13-13, 1B1 13-16,"
                 " 1SEND_B1 16-16, 1STEP 16-16\n");
    expect_spans(csv, "F=2,B=3,OVERLAP=4", NULL, 0, 2,
                 "rank 0: 0F0 0-2, 0SEND_F0 2-2, 0F1 2-4, 0SEND_F1 4-4,"
                 " 0RECV_B0 4-8, 0B0 8-11, 0RECV_B1 11-11, 0B1 11-14,"
                 " 0STEP 14-14\n"
                 "rank 1: 1RECV_F0 0-2, 1F0 2-4, 1RECV_F1 4-4,"
                 " (1F1;1B0)OVERLAP_F_B 4-8, 1SEND_B0 8-8, 1B1 8-11,"
                 " 1SEND_B1 11-11, 1STEP 11-11\n");
}
END_TEST

START_TEST(hand_over_on_one_rank_costs_no_latency)
{
    expect_spans("0F0,3F0\n1F0,2F0\n", NULL, NULL, 5, 2,
                 "rank 0: 0F0 0-1, 0SEND_F0 1-1, 3RECV_F0 1-13, 3F0 13-14\n"
                 "rank 1: 1RECV_F0 0-6, 1F0 6-7, 2F0 7-8, 2SEND_F0 8-8\n");
}
END_TEST

START_TEST(weight_gradients_fill_the_wait)
{
    expect_spans("0F0,0I0,0W0\n1F0,1I0,1W0\n", "F=1,I=2,W=4", NULL, 3, 0,
                 "rank 0: 0F0 0-1, 0SEND_F0 1-1, 0RECV_B0 1-10, 0I0 10-12,"
                 " 0W0 12-16, 0STEP 16-16\n"
                 "rank 1: 1RECV_F0 0-4, 1F0 4-5, 1I0 5-7, 1SEND_B0 7-7,"
                 " 1W0 7-11, 1STEP 11-11\n");
}
END_TEST

/* ---- the rules, held against any run ---- */

struct times {
    int64_t start;
    int64_t end;
};

/* Where to find what a span depends on. */
struct ledger {
    const struct run *run;
    struct times *computes; /* ACTION_KINDS x stages x mbs */
    struct times *sends;    /* links x mbs: message n of each link */
    struct times *recvs;
    int *sent; /* links: how many so far */
    int *received;
};

static struct times *
compute_times(const struct ledger *ledger, int kind, int stage, int mb)
{
    const struct plan *plan = ledger->run->lowered;

    return &ledger->computes[(kind * plan->stages + stage) * plan->mbs + mb];
}

static void
enter_span(struct ledger *ledger, const struct span *span)
{
    struct times times = {span->start, span->end};
    const struct action *action = &span->action;
    struct action parts[2];
    int count = action_parts(action, parts);
    int mbs = ledger->run->lowered->mbs;

    if (action_class((enum action_kind)action->kind) == ACTION_CLASS_SEND) {
        int link = plan_link(ledger->run->lowered, action);

        ledger->sends[link * mbs + ledger->sent[link]++] = times;
    } else if (action_is_transfer(action)) {
        int link = plan_link(ledger->run->lowered, action);

        ledger->recvs[link * mbs + ledger->received[link]++] = times;
    }
    for (int p = 0; p < count; p++)
        *compute_times(ledger, parts[p].kind, parts[p].stage, parts[p].mb) =
            times;
}

static void
ledger_init(struct ledger *ledger, const struct run *run)
{
    const struct plan *plan = run->lowered;
    size_t links = (size_t)plan_links(plan);
    size_t mbs = (size_t)plan->mbs;

    ledger->run = run;
    ledger->computes = memory_new(ACTION_KINDS * (size_t)plan->stages * mbs,
                                  sizeof *ledger->computes);
    ledger->sends = memory_new(links * mbs, sizeof *ledger->sends);
    ledger->recvs = memory_new(links * mbs, sizeof *ledger->recvs);
    ledger->sent = memory_new(links, sizeof *ledger->sent);
    ledger->received = memory_new(links, sizeof *ledger->received);
    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < run->forecast.trace.lanes[r].count; i++)
            enter_span(ledger, &run->forecast.trace.lanes[r].spans[i]);
    /* The second pass counts again. */
    memset(ledger->sent, 0, links * sizeof *ledger->sent);
    memset(ledger->received, 0, links * sizeof *ledger->received);
}

static void
ledger_fini(struct ledger *ledger)
{
    free(ledger->computes);
    free(ledger->sends);
    free(ledger->recvs);
    free(ledger->sent);
    free(ledger->received);
}

static int64_t
later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* When a SEND or RECV that starts at `start` must end, from the rules. */
static int64_t
transfer_end(struct ledger *ledger, const struct span *span)
{
    int capacity = ledger->run->forecast.capacity;
    int64_t latency = ledger->run->cost.latency;
    int link = plan_link(ledger->run->lowered, &span->action);
    struct times *sends = &ledger->sends[link * ledger->run->lowered->mbs];
    struct times *recvs = &ledger->recvs[link * ledger->run->lowered->mbs];
    bool sending =
        action_class((enum action_kind)span->action.kind) == ACTION_CLASS_SEND;
    int n = sending ? ledger->sent[link]++ : ledger->received[link]++;

    if (capacity == 0)
        return later(sends[n].start, recvs[n].start) + (sending ? 0 : latency);
    if (!sending)
        return later(span->start, sends[n].end + latency);
    return n < capacity ? span->start
                        : later(span->start, recvs[n - capacity].end);
}

/* The later of a backward's two forms; the plan has one, the other is 0. */
static int64_t
backward_end(const struct ledger *ledger, int stage, int mb)
{
    return later(compute_times(ledger, ACTION_FULL_BACKWARD, stage, mb)->end,
                 compute_times(ledger, ACTION_BACKWARD_INPUT, stage, mb)->end);
}

/* The earliest that the inputs of a simple compute action are there. */
static int64_t
inputs_there(const struct ledger *ledger, const struct action *part)
{
    const struct plan *plan = ledger->run->lowered;
    int64_t latency = ledger->run->cost.latency;
    int s = part->stage;
    int m = part->mb;
    int64_t forward = compute_times(ledger, ACTION_FORWARD, s, m)->end;

    switch ((enum action_kind)part->kind) {
    case ACTION_FORWARD:
        return s == 0 ? 0
                      : compute_times(ledger, ACTION_FORWARD, s - 1, m)->end +
                            (plan_crosses(plan, s - 1) ? latency : 0);
    case ACTION_FULL_BACKWARD:
    case ACTION_BACKWARD_INPUT:
        return s == plan->stages - 1
                   ? forward
                   : later(forward, backward_end(ledger, s + 1, m) +
                                        (plan_crosses(plan, s) ? latency : 0));
    case ACTION_BACKWARD_WEIGHT:
        return backward_end(ledger, s, m);
    default:
        return 0;
    }
}

static void
expect_rule(struct ledger *ledger, int rank, const struct span *span)
{
    const struct run *run = ledger->run;
    char cell[ACTION_CELL_MAX];
    struct action parts[2];
    int count = action_parts(&span->action, parts);
    bool is_transfer = action_is_transfer(&span->action);
    int64_t end = is_transfer
                      ? transfer_end(ledger, span)
                      : span->start + cost_of(&run->cost, 0, &span->action);
    int64_t parts_sum = 0;

    ck_assert_msg(span->end == end, "%s: rank %d %s ends at %lld, not %lld",
                  run_text(run), rank, action_cell(&span->action, cell),
                  (long long)span->end, (long long)end);
    for (int p = 0; p < count && !is_transfer; p++)
        ck_assert_msg(span->start >= inputs_there(ledger, &parts[p]),
                      "%s: rank %d %s starts at %lld, before its inputs",
                      run_text(run), rank, action_cell(&span->action, cell),
                      (long long)span->start);
    for (int p = 0; p < SPAN_PARTS; p++)
        parts_sum += span->parts[p];
    ck_assert_msg(parts_sum == span->end - span->start &&
                      (is_transfer || span->parts[SPAN_COMPUTE] == parts_sum),
                  "%s: rank %d %s", run_text(run), rank,
                  action_cell(&span->action, cell));
}

/* Each rank runs its whole list without a gap between spans, and each span
 * ends exactly when the rules say. */
static void
expect_rules(const struct run *run)
{
    struct ledger ledger;

    ck_assert_msg(run->forecast.complete, "%s", run_text(run));
    ledger_init(&ledger, run);
    for (int r = 0; r < run->lowered->ranks; r++) {
        const struct lane *lane = &run->forecast.trace.lanes[r];
        int64_t clock = 0;

        ck_assert_msg(lane->count == run->lowered->lists[r].count &&
                          run->forecast.position[r] == lane->count,
                      "%s: rank %d", run_text(run), r);
        for (size_t i = 0; i < lane->count; i++) {
            const struct span *span = &lane->spans[i];

            ck_assert_msg(
                action_equal(&span->action, &run->lowered->lists[r].at[i]) &&
                    span->start == clock,
                "%s: rank %d span %zu", run_text(run), r, i);
            expect_rule(&ledger, r, span);
            clock = span->end;
        }
    }
    ledger_fini(&ledger);
}

static void
rules_law(const struct run *widest)
{
    each_capacity(widest, expect_rules);
}

START_TEST(every_span_of_every_schedule_keeps_the_rules)
{
    each_schedule(plain_schedules[_i], rules_law);
}
END_TEST

START_TEST(every_span_of_random_plans_keeps_the_rules)
{
    each_random(rules_law);
}
END_TEST

TCase *
spans_case(void)
{
    TCase *tcase = tcase_create("spans");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_test(tcase,
                   rendezvous_holds_the_sender_until_the_receiver_comes);
    tcase_add_test(tcase, one_slot_lets_the_sender_run_one_ahead);
    tcase_add_test(tcase, two_slots_let_it_run_two_ahead);
    tcase_add_test(tcase, rendezvous_ends_for_the_receiver_a_latency_later);
    tcase_add_test(tcase, slot_is_free_again_when_its_message_is_received);
    tcase_add_test(tcase, one_f_one_b_of_two_ranks_looks_like_this);
    tcase_add_test(tcase, overlap_waits_for_both_inputs_and_ends_both);
    tcase_add_test(tcase, hand_over_on_one_rank_costs_no_latency);
    tcase_add_test(tcase, weight_gradients_fill_the_wait);
    tcase_add_loop_test(tcase, every_span_of_every_schedule_keeps_the_rules, 0,
                        3);
    tcase_add_test(tcase, every_span_of_random_plans_keeps_the_rules);
    return tcase;
}
