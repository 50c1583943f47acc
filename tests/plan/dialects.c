/* dialects.c -- plans as other programs write them: each reads as the plan that
 * it means, or is refused with the cause and the way out. */
#include "config.h"

#include "plan/csv.h"

#include "cases.h"
#include "plans.h"

#include <stdlib.h>
#include <string.h>

static struct plan *
read_text(const char *text, size_t size, struct csv_notes *notes,
          struct cause *cause)
{
    FILE *in = fmemopen((void *)(uintptr_t)text, size, "r");
    struct plan *plan;

    ck_assert_ptr_nonnull(in);
    plan = csv_read(in, "some.csv", notes, cause);
    fclose(in);
    return plan;
}

/* text reads like the plain one, with so many B taken for I. */
static void
expect_same(const char *text, const char *plain, int halves)
{
    struct cause cause = {.text = ""};
    struct csv_notes notes;
    struct plan *plan = read_text(text, strlen(text), &notes, &cause);
    struct plan *expected = plan_drawn(plain);

    ck_assert_msg(plan != NULL, "%s", cause.text);
    ck_assert_msg(plan_equal(plan, expected), "%s", text);
    ck_assert_int_eq(notes.halves, halves);
    plan_free(plan);
    plan_free(expected);
}

static void
expect_refused(const char *text, size_t size, const char *says)
{
    struct cause cause = {.text = ""};
    struct csv_notes notes;
    struct plan *plan = read_text(text, size, &notes, &cause);

    ck_assert_msg(!plan, "reads, but should say: %s", says);
    ck_assert_str_eq(cause.text, says);
}

static const char two_ranks[] = "0F0,0F1,,0B0,0B1\n"
                                ",1F0,1B0,1F1,1B1\n";

START_TEST(any_separator_and_line_end_will_do)
{
    expect_same("0F0;0F1;;0B0;0B1\n;1F0;1B0;1F1;1B1\n", two_ranks, 0);
    expect_same("0F0\t0F1\t\t0B0\t0B1\n\t1F0\t1B0\t1F1\t1B1\n", two_ranks, 0);
    expect_same("0F0,0F1,,0B0,0B1\r,1F0,1B0,1F1,1B1\r", two_ranks, 0);
    expect_same("0F0,0F1,,0B0,0B1\r\n,1F0,1B0,1F1,1B1\r\n\r\n", two_ranks, 0);
    /* Within parentheses a semicolon separates nothing else. */
    expect_same("0F0;(0F1; 0B0)OVERLAP_F_B;0B1\n",
                "0F0,(0F1;0B0)OVERLAP_F_B,0B1\n", 0);
    expect_same("(0F1;0B0)OVERLAP_F_B\n", "(0F1;0B0)OVERLAP_F_B\n", 0);
}
END_TEST

START_TEST(header_and_index_are_passed_over)
{
    expect_same("0,1,2,3,4\n0F0,0F1,,0B0,0B1\n,1F0,1B0,1F1,1B1\n", two_ranks,
                0);
    expect_same(",0,1,2,3,4\n0,0F0,0F1,,0B0,0B1\n1,,1F0,1B0,1F1,1B1\n",
                two_ranks, 0);
    expect_same("rank;0;1;2;3;4\n0;0F0;0F1;;0B0;0B1\n1;;1F0;1B0;1F1;1B1\n",
                two_ranks, 0);
    expect_same("Unnamed: 0,0,1,2,3,4\n0F0,0F1,,0B0,0B1\n,1F0,1B0,1F1,1B1\n",
                two_ranks, 0);
    expect_same(",,,,,\n0,0F0,0F1,,0B0,0B1\n1,,1F0,1B0,1F1,1B1\n", two_ranks,
                0);
    expect_same("0,0F0,0F1,,0B0,0B1\n1,,1F0,1B0,1F1,1B1\n", two_ranks, 0);
}
END_TEST

START_TEST(position_does_not_count_the_index)
{
    expect_refused(",0,1\n0,0F0,0F1\n1,1F0,junk\n",
                   strlen(",0,1\n0,0F0,0F1\n1,1F0,junk\n"),
                   "some.csv: rank 1, position 1, \"junk\": it is no action; "
                   "write it like 0F3, 2SEND_B1 or (0F4;1B2)OVERLAP_F_B");
}
END_TEST

START_TEST(lists_as_python_prints_them_are_rows)
{
    expect_same("[0F0, 0F1, None, 0B0, 0B1]\n"
                "[None, 1F0, 1B0, 1F1, 1B1]\n",
                two_ranks, 0);
    expect_same(" ['0F0', '0F1', '', '0B0', '0B1']\n"
                "[\"\", \"1F0\", \"1B0\", \"1F1\", \"1B1\"]\n",
                two_ranks, 0);
    expect_same("[0F0]\n", "0F0\n", 0);
}
END_TEST

START_TEST(backward_beside_its_weight_half_is_the_input_half)
{
    expect_same("0F0,0F1,,,0B0,0W0,0B1,0W1\n,1F0,1B0,1W0,1F1,1B1,1W1\n",
                "0F0,0F1,0I0,0W0,0I1,0W1\n1F0,1I0,1W0,1F1,1I1,1W1\n", 4);
    /* One by one. */
    expect_same("0F0,0F1,0B0,0B1,0W1\n", "0F0,0F1,0B0,0I1,0W1\n", 1);
    expect_same("0F0,(0F1;0B0)OVERLAP_F_B,0W0,0B1\n",
                "0F0,(0F1;0I0)OVERLAP_F_B,0W0,0B1\n", 1);
    /* The check tells of a backward that is there whole and in halves. */
    expect_same("0F0,0I0,0B0,0W0\n", "0F0,0I0,0B0,0W0\n", 0);
}
END_TEST

START_TEST(bw_is_the_whole_backward_and_b_then_the_input_half)
{
    expect_same("0F0,0F1,,,0BW0,0BW1\n,1F0,1F1,1BW0,1BW1\n",
                "0F0,0F1,0B0,0B1\n1F0,1F1,1B0,1B1\n", 0);
    expect_same("0F0,0F1,0BW0,0B1,0W1\n", "0F0,0F1,0B0,0I1,0W1\n", 1);
    /* Whose W is missing is the check's to say. */
    expect_same("0F0,0F1,0BW0,0B1\n", "0F0,0F1,0B0,0I1\n", 1);
}
END_TEST

START_TEST(batched_transfers_are_read_with_sends_first)
{
    expect_same("0F0,(0SEND_F0;0RECV_B0)BATCH_P2P,0B0\n"
                "1RECV_F0,1F0,1B0,1SEND_B0\n",
                "0F0,0SEND_F0,0RECV_B0,0B0\n"
                "1RECV_F0,1F0,1B0,1SEND_B0\n",
                0);
    expect_same("0F0,0F1,(0SEND_F0)BATCH_P2P,"
                "(0RECV_B0; 0SEND_F1 ;0RECV_B1)BATCH_P2P\n1F0\n",
                "0F0,0F1,0SEND_F0,0SEND_F1,0RECV_B0,0RECV_B1\n1F0\n", 0);
}
END_TEST

static const struct {
    const char *text;
    const char *says;
} refused[] = {
    {"70000F0\n", "\"70000F0\": its stage is too large; the largest is 65534"},
    {"99999999999999999999W0\n",
     "\"99999999999999999999W0\": its stage is too "
     "large; the largest is 65534"},
    {"70000STEP\n",
     "\"70000STEP\": its stage is too large; the largest is 65534"},
    {"0F99999999999\n", "\"0F99999999999\": its microbatch is too large; the "
                        "largest is 16777215"},
    {"0RECV_F2147483648\n", "\"0RECV_F2147483648\": its microbatch is too "
                            "large; the largest is 16777215"},
    {"(0B0;0F1)OVERLAP_F_B\n",
     "\"(0B0;0F1)OVERLAP_F_B\": the forward of an overlap comes first; write "
     "(0F1;0B0)OVERLAP_F_B"},
    {"(0F0;0F1)OVERLAP_F_B\n", "\"(0F0;0F1)OVERLAP_F_B\": an overlap is one "
                               "forward and then one B or I; "
                               "write it like (0F4;1B2)OVERLAP_F_B"},
    {"(0SEND_F0;0F1)BATCH_P2P\n",
     "\"(0SEND_F0;0F1)BATCH_P2P\": BATCH_P2P holds SENDs and RECVs; write it "
     "like (0SEND_F1;0RECV_B0)BATCH_P2P"},
    {"()BATCH_P2P\n",
     "\"()BATCH_P2P\": BATCH_P2P holds SENDs and RECVs; write it like "
     "(0SEND_F1;0RECV_B0)BATCH_P2P"},
    {"(0SEND_F0)0SEND_F1)BATCH_P2P\n",
     "\"(0SEND_F0)0SEND_F1)BATCH_P2P\": BATCH_P2P holds SENDs and RECVs; "
     "write "
     "it like (0SEND_F1;0RECV_B0)BATCH_P2P"},
    {"1,2,3\n0F0,0F1,0F2\n",
     "\"1\": an index counts all rows from 0, a header all columns; mend or "
     "remove it"},
    {"7,0F0\n8,1F0\n",
     "\"7\": an index counts all rows from 0, a header all columns; mend or "
     "remove it"},
};

START_TEST(what_cannot_be_read_is_told_with_the_way_out)
{
    char says[320];

    snprintf(says, sizeof says, "some.csv: rank 0, position 0, %s",
             refused[_i].says);
    expect_refused(refused[_i].text, strlen(refused[_i].text), says);
}
END_TEST

START_TEST(index_counts_every_row)
{
    static const char *const texts[] = {"0,0F0\n1F0\n", "0,0F0\n2,1F0\n"};
    static const char *const cells[] = {"1F0", "2"};

    for (int i = 0; i < 2; i++) {
        char says[160];

        snprintf(says, sizeof says,
                 "some.csv: rank 1, position 0, \"%s\": an index counts all "
                 "rows from 0, a header all columns; mend or remove it",
                 cells[i]);
        expect_refused(texts[i], strlen(texts[i]), says);
    }
}
END_TEST

START_TEST(utf_16_is_named)
{
    static const char little[] = "\xff\xfe"
                                 "0\0F\0"
                                 "0\0\n\0";
    static const char big[] = "\xfe\xff"
                              "\0"
                              "0\0F\0"
                              "0\0\n";

    expect_refused(little, sizeof little - 1,
                   "some.csv: it is UTF-16; save it as UTF-8");
    expect_refused(big, sizeof big - 1,
                   "some.csv: it is UTF-16; save it as UTF-8");
}
END_TEST

TCase *
dialects_case(void)
{
    TCase *tcase = tcase_create("dialects");

    tcase_add_test(tcase, any_separator_and_line_end_will_do);
    tcase_add_test(tcase, header_and_index_are_passed_over);
    tcase_add_test(tcase, position_does_not_count_the_index);
    tcase_add_test(tcase, lists_as_python_prints_them_are_rows);
    tcase_add_test(tcase, backward_beside_its_weight_half_is_the_input_half);
    tcase_add_test(tcase, bw_is_the_whole_backward_and_b_then_the_input_half);
    tcase_add_test(tcase, batched_transfers_are_read_with_sends_first);
    tcase_add_loop_test(tcase, what_cannot_be_read_is_told_with_the_way_out, 0,
                        sizeof refused / sizeof *refused);
    tcase_add_test(tcase, index_counts_every_row);
    tcase_add_test(tcase, utf_16_is_named);
    return tcase;
}
