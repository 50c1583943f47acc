#include "config.h"

#include "plan/why.h"

#include "cases.h"
#include "plans.h"
#include "plan/program.h"
#include "plan/lower.h"
#include "plan/walk.h"
#include "plan/place.h"

#include <stdlib.h>
#include <string.h>

enum { RANDOM_PLANS = 200, MOST_CAPACITY = 2 };

/* ---- in words ---- */

/* What why_print(), or for rank -1 why_print_all(), says; freed. */
static char *
why_text(const struct plan *plan, const size_t position[], int capacity,
         int rank)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(out);
    if (rank >= 0)
        why_print(out, plan, position, capacity, rank);
    else
        why_print_all(out, plan, position, capacity);
    ck_assert_int_eq(fclose(out), 0);
    return text;
}

static void
expect_why(struct plan *lowered, const size_t position[], int capacity,
           int rank, const char *expected)
{
    char *text = why_text(lowered, position, capacity, rank);

    ck_assert_str_eq(text, expected);
    free(text);
    plan_free(lowered);
}

START_TEST(a_rank_that_computes_waits_for_nobody)
{
    expect_why(lowered_of("1f1b", 2, 2), (const size_t[]){0, 0}, 2, 0,
               "rank 0 runs 0F0\n");
}
END_TEST

START_TEST(a_receiver_waits_for_what_the_sender_does_first)
{
    /* 0F0 0SEND_F0 | 1RECV_F0 1F0 1SEND_F0 | 2RECV_F0 */
    expect_why(lowered_of("gpipe", 3, 2), (const size_t[]){0, 0, 0}, 2, 2,
               "rank 2 waits to receive the activation of microbatch 0 from "
               "rank 1 (1SEND_F0)\n"
               "  rank 1 waits to receive the activation of microbatch 0 from "
               "rank 0 (0SEND_F0)\n"
               "    rank 0 runs 0F0, 1 action before 0SEND_F0\n");
}
END_TEST

START_TEST(what_is_on_the_link_is_not_waited_for)
{
    expect_why(lowered_of("gpipe", 3, 2), (const size_t[]){2, 0, 0}, 2, 2,
               "rank 2 waits to receive the activation of microbatch 0 from "
               "rank 1 (1SEND_F0)\n"
               "  rank 1 goes on with 1RECV_F0, 2 actions before 1SEND_F0\n");
}
END_TEST

START_TEST(a_full_link_is_waited_for_until_the_receiver_makes_room)
{
    /* Rank 0 has sent microbatch 0 and is before 0SEND_F1. */
    expect_why(lowered_of("gpipe", 2, 3), (const size_t[]){3, 0}, 1, 0,
               "rank 0 waits to send the activation of microbatch 1 until "
               "rank 1 makes room (1RECV_F0)\n"
               "  rank 1 goes on with 1RECV_F0\n");
}
END_TEST

START_TEST(over_rendezvous_both_wait_for_the_other_to_come)
{
    expect_why(lowered_of("gpipe", 2, 3), (const size_t[]){1, 0}, 0, 0,
               "rank 0 goes on with 0SEND_F0\n");
    expect_why(lowered_of("gpipe", 2, 3), (const size_t[]){3, 1}, 0, 0,
               "rank 0 waits to send the activation of microbatch 1 until "
               "rank 1 takes it (1RECV_F1)\n"
               "  rank 1 runs 1F0, 1 action before 1RECV_F1\n");
}
END_TEST

START_TEST(a_rank_that_is_done_says_so)
{
    struct plan *lowered = lowered_of("gpipe", 1, 2);

    expect_why(lowered, (const size_t[]){lowered->lists[0].count}, 2, 0,
               "rank 0 has done its list\n");
}
END_TEST

static void
expect_stuck_why(int ranks, int rank, const char *expected)
{
    struct plan *lowered = lowered_of("1f1b", ranks, 4);
    size_t position[4];

    ck_assert(!walk_completes(lowered, 0, position));
    expect_why(lowered, position, 0, rank, expected);
}

START_TEST(a_circle_is_gone_round_once)
{
    expect_stuck_why(
        4, 1,
        "rank 1 waits to send the activation of microbatch 2 until rank 2 "
        "takes it (2RECV_F2)\n"
        "  rank 2 waits to send the activation of microbatch 1 until rank 3 "
        "takes it (3RECV_F1)\n"
        "    rank 3 waits to send the gradient of microbatch 0 until rank 2 "
        "takes it (2RECV_B0)\n"
        "      rank 2 again: a circle, in which no rank can move\n");
}
END_TEST

START_TEST(of_all_that_wait_the_longest_chains_are_told)
{
    static const char pair[] =
        "rank 0 waits to send the activation of microbatch 1 until rank 1 "
        "takes it (1RECV_F1)\n"
        "  rank 1 waits to send the gradient of microbatch 0 until rank 0 "
        "takes it (0RECV_B0)\n"
        "    rank 0 again: a circle, in which no rank can move\n";

    expect_stuck_why(2, -1, pair);
    expect_why(lowered_of("gpipe", 3, 2), (const size_t[]){0, 0, 0}, 2, -1,
               "rank 2 waits to receive the activation of microbatch 0 from "
               "rank 1 (1SEND_F0)\n"
               "  rank 1 waits to receive the activation of microbatch 0 from "
               "rank 0 (0SEND_F0)\n"
               "    rank 0 runs 0F0, 1 action before 0SEND_F0\n");
    expect_why(lowered_of("gpipe", 2, 2), (const size_t[]){3, 1}, 2, -1, "");
}
END_TEST

/* ---- in a deadlock ---- */

/* What why_print_stuck() says of a plan that a capacity stops; freed. */
static char *
stuck_text(const struct plan *lowered, int capacity)
{
    size_t position[4];
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(out);
    ck_assert(!walk_completes(lowered, capacity, position));
    why_print_stuck(out, lowered, position, capacity);
    ck_assert_int_eq(fclose(out), 0);
    return text;
}

static void
expect_stuck(struct plan *lowered, int capacity, const char *lines,
             const char *circle)
{
    char *text = stuck_text(lowered, capacity);
    size_t position[4];
    char line[320];

    ck_assert_str_eq(text, lines);
    walk_completes(lowered, capacity, position);
    why_circle(line, sizeof line, lowered, position, capacity, true);
    ck_assert_str_eq(line, circle);
    free(text);
    plan_free(lowered);
}

START_TEST(rendezvous_stops_1f1b_between_its_last_two_ranks)
{
    expect_stuck(lowered_of("1f1b", 2, 4), 0,
                 "  rank 0, action 3, 0SEND_F1: waits for rank 1 to receive"
                 " it, which is at 1SEND_B0\n"
                 "  rank 1, action 3, 1SEND_B0: waits for rank 0 to receive"
                 " it, which is at 0SEND_F1\n",
                 "rank 0 at 0SEND_F1 waits for rank 1 at 1SEND_B0 waits for "
                 "rank 0");
}
END_TEST

START_TEST(ranks_outside_the_circle_are_listed_too)
{
    expect_stuck(lowered_of("1f1b", 4, 4), 0,
                 "  rank 0, action 7, 0SEND_F3: waits for rank 1 to receive"
                 " it, which is at 1SEND_F2\n"
                 "  rank 1, action 8, 1SEND_F2: waits for rank 2 to receive"
                 " it, which is at 2SEND_F1\n"
                 "  rank 2, action 5, 2SEND_F1: waits for rank 3 to receive"
                 " it, which is at 3SEND_B0\n"
                 "  rank 3, action 3, 3SEND_B0: waits for rank 2 to receive"
                 " it, which is at 2SEND_F1\n",
                 "rank 2 at 2SEND_F1 waits for rank 3 at 3SEND_B0 waits for "
                 "rank 2");
}
END_TEST

START_TEST(full_link_and_empty_link_are_told_apart)
{
    /* Rank 0 sends three before it takes one back; rank 1 needs one back
     * before it takes the second. */
    expect_stuck(lowered_drawn("0F0,0F1,0F2,2F0,2F1,2F2\n"
                               "1F0,3F0,1F1,3F1,1F2,3F2\n"),
                 1,
                 "  rank 0, action 5, 0SEND_F2: waits for rank 1 to make room"
                 " on the link, which is at 3RECV_F0\n"
                 "  rank 1, action 3, 3RECV_F0: waits for rank 0 to send it,"
                 " which is at 0SEND_F2\n",
                 "rank 0 at 0SEND_F2 waits for rank 1 at 3RECV_F0 waits for "
                 "rank 0");
}
END_TEST

START_TEST(no_rank_that_waits_gives_no_text)
{
    struct plan *lowered = lowered_of("1f1b", 2, 2);
    size_t position[2];
    char circle[32] = "old";

    ck_assert(walk_completes(lowered, 1, position));
    why_circle(circle, sizeof circle, lowered, position, 1, true);
    ck_assert_str_eq(circle, "");
    plan_free(lowered);
}
END_TEST

START_TEST(circle_is_cut_to_any_size)
{
    static const char whole[] = "rank 0 at 0SEND_F1 waits for rank 1 at "
                                "1SEND_B0 waits for rank 0";
    struct plan *lowered = lowered_of("1f1b", 2, 4);
    size_t position[2];

    ck_assert(!walk_completes(lowered, 0, position));
    for (size_t size = 1; size <= sizeof whole + 1; size++) {
        char text[sizeof whole + 2];
        size_t length =
            size - 1 < sizeof whole - 1 ? size - 1 : sizeof whole - 1;

        memset(text, 'x', sizeof text);
        why_circle(text, size, lowered, position, 0, true);
        ck_assert_msg(strlen(text) == length &&
                          strncmp(text, whole, length) == 0,
                      "size %zu: %s", size, text);
        ck_assert_msg(text[size] == 'x', "size %zu", size);
    }
    plan_free(lowered);
}
END_TEST

/* ---- laws ---- */

/* Whether a text has a line, at any depth, that begins with a rank. */
static bool
names_rank(const char *text, int rank)
{
    char begin[32];
    const char *at = text;

    snprintf(begin, sizeof begin, "rank %d waits", rank);
    while ((at = strstr(at, begin)) != NULL) {
        const char *before = at;

        while (before > text && before[-1] == ' ')
            before--;
        if (before == text || before[-1] == '\n')
            return true;
        at++;
    }
    return false;
}

/* What the reasons say of one state agrees with itself. Returns a rank that is
 * free, the n-th modulo how many there are, or -1. */
static int
expect_sound(const struct plan *plan, const size_t position[], int capacity,
             unsigned n)
{
    char *all = why_text(plan, position, capacity, -1);
    int free_ranks[16];
    unsigned count = 0;

    for (int r = 0; r < plan->ranks; r++) {
        struct why why = why_of(plan, position, capacity, r);
        char *chain = why_text(plan, position, capacity, r);

        if (why.kind == WHY_FREE)
            free_ranks[count++] = r;
        ck_assert_msg((why.peer >= 0) == names_rank(all, r), "%s: rank %d\n%s",
                      shape_text(plan), r, all);
        ck_assert_msg(why.peer < 0 || (strstr(chain, ": a circle") ||
                                       strstr(chain, " goes on with ") ||
                                       strstr(chain, " runs ")),
                      "%s: %s", shape_text(plan), chain);
        free(chain);
    }
    ck_assert_msg(count > 0 || *all == '\0' || strstr(all, ": a circle") ||
                      strstr(all, "has done"),
                  "%s: %s", shape_text(plan), all);
    free(all);
    return count > 0 ? free_ranks[n % count] : -1;
}

/* Moving any rank that can go on, in any order, ends where the check says that
 * the plan ends. */
static void
expect_end(const struct plan *lowered, int capacity, unsigned seed)
{
    size_t position[16] = {0};
    size_t expected[16];
    int rank;

    walk_completes(lowered, capacity, expected);
    while ((rank = expect_sound(lowered, position, capacity,
                                seed = seed * 1103515245u + 12345u)) >= 0) {
        const struct action *action =
            &lowered->lists[rank].at[position[rank]++];

        if (capacity == 0 && action_is_transfer(action))
            position[plan_peer(lowered, action)]++;
    }
    for (int r = 0; r < lowered->ranks; r++)
        ck_assert_msg(position[r] == expected[r],
                      "%s, capacity %d: rank %d at %zu, not %zu",
                      shape_text(lowered), capacity, r, position[r],
                      expected[r]);
}

/* _i: the capacity. */
START_TEST(whoever_is_free_can_move_until_nobody_is)
{
    for (int i = 0; i < 3; i++)
        for (int ranks = 1; ranks <= 4; ranks++)
            for (int mbs = 1; mbs <= 4; mbs++) {
                struct plan *lowered =
                    lowered_of(plain_schedules[i], ranks, mbs);

                expect_end(lowered, _i, (unsigned)(ranks * mbs));
                plan_free(lowered);
            }
}
END_TEST

START_TEST(so_it_is_in_random_plans)
{
    for (unsigned seed = 0; seed < RANDOM_PLANS; seed++) {
        struct plan *plan = plan_random(seed);
        struct plan *lowered = lower(plan);

        expect_end(lowered, _i, seed);
        plan_free(lowered);
        plan_free(plan);
    }
}
END_TEST

TCase *
why_case(void)
{
    TCase *tcase = tcase_create("why");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_test(tcase, a_rank_that_computes_waits_for_nobody);
    tcase_add_test(tcase, a_receiver_waits_for_what_the_sender_does_first);
    tcase_add_test(tcase, what_is_on_the_link_is_not_waited_for);
    tcase_add_test(tcase,
                   a_full_link_is_waited_for_until_the_receiver_makes_room);
    tcase_add_test(tcase, over_rendezvous_both_wait_for_the_other_to_come);
    tcase_add_test(tcase, a_rank_that_is_done_says_so);
    tcase_add_test(tcase, a_circle_is_gone_round_once);
    tcase_add_test(tcase, of_all_that_wait_the_longest_chains_are_told);
    tcase_add_test(tcase, rendezvous_stops_1f1b_between_its_last_two_ranks);
    tcase_add_test(tcase, ranks_outside_the_circle_are_listed_too);
    tcase_add_test(tcase, full_link_and_empty_link_are_told_apart);
    tcase_add_test(tcase, no_rank_that_waits_gives_no_text);
    tcase_add_test(tcase, circle_is_cut_to_any_size);
    tcase_add_loop_test(tcase, whoever_is_free_can_move_until_nobody_is, 0,
                        MOST_CAPACITY + 1);
    tcase_add_loop_test(tcase, so_it_is_in_random_plans, 0, MOST_CAPACITY + 1);
    return tcase;
}
