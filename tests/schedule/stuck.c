#include "config.h"

#include "schedule/stuck.h"

#include "cases.h"
#include "plans.h"
#include "schedule/check.h"
#include "schedule/lower.h"

#include <stdlib.h>
#include <string.h>

enum { RANKS = 4 };

/* What stuck_print() says of a plan that a capacity stops; freed. */
static char *
stuck_text(const struct plan *lowered, int capacity)
{
    size_t position[RANKS];
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(out);
    ck_assert(!check_capacity(lowered, capacity, position));
    stuck_print(out, lowered, position, capacity);
    ck_assert_int_eq(fclose(out), 0);
    return text;
}

static void
expect_stuck(struct plan *lowered, int capacity, const char *lines,
             const char *cycle)
{
    char *text = stuck_text(lowered, capacity);
    size_t position[RANKS];
    char line[320];

    ck_assert_str_eq(text, lines);
    check_capacity(lowered, capacity, position);
    stuck_cycle(line, sizeof line, lowered, position, true);
    ck_assert_str_eq(line, cycle);
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

START_TEST(rank_that_is_done_ends_the_chain)
{
    /* Rank 1 takes one message of two and goes home. */
    struct plan *plan = plan_drawn("0F0,0SEND_F0,0F1,0SEND_F1\n"
                                   "1RECV_F0,1F0\n");

    expect_stuck(plan, 0,
                 "  rank 0, action 3, 0SEND_F1: waits for rank 1 to receive"
                 " it, which is done\n",
                 "rank 0 at 0SEND_F1 waits for rank 1 at its end");
}
END_TEST

START_TEST(nobody_stuck_gives_no_text)
{
    struct plan *lowered = lowered_of("1f1b", 2, 2);
    size_t position[2];
    char cycle[32] = "old";

    ck_assert(check_capacity(lowered, 1, position));
    stuck_cycle(cycle, sizeof cycle, lowered, position, true);
    ck_assert_str_eq(cycle, "");
    plan_free(lowered);
}
END_TEST

START_TEST(circle_is_cut_to_any_size)
{
    static const char whole[] = "rank 0 at 0SEND_F1 waits for rank 1 at "
                                "1SEND_B0 waits for rank 0";
    struct plan *lowered = lowered_of("1f1b", 2, 4);
    size_t position[2];

    ck_assert(!check_capacity(lowered, 0, position));
    for (size_t size = 1; size <= sizeof whole + 1; size++) {
        char text[sizeof whole + 2];
        size_t length = size - 1 < sizeof whole - 1 ? size - 1
                                                    : sizeof whole - 1;

        memset(text, 'x', sizeof text);
        stuck_cycle(text, size, lowered, position, true);
        ck_assert_msg(strlen(text) == length &&
                          strncmp(text, whole, length) == 0,
                      "size %zu: %s", size, text);
        ck_assert_msg(text[size] == 'x', "size %zu", size);
    }
    plan_free(lowered);
}
END_TEST

TCase *
stuck_case(void)
{
    TCase *tcase = tcase_create("stuck");

    tcase_add_test(tcase, rendezvous_stops_1f1b_between_its_last_two_ranks);
    tcase_add_test(tcase, ranks_outside_the_circle_are_listed_too);
    tcase_add_test(tcase, full_link_and_empty_link_are_told_apart);
    tcase_add_test(tcase, rank_that_is_done_ends_the_chain);
    tcase_add_test(tcase, nobody_stuck_gives_no_text);
    tcase_add_test(tcase, circle_is_cut_to_any_size);
    return tcase;
}
