#include "config.h"

#include "plan/csv.h"

#include "cases.h"
#include "plans.h"
#include "plan/lower.h"

#include <stdlib.h>
#include <string.h>

enum { RANDOM_PLANS = 200 };

static struct plan *
read_bytes(const char *bytes, size_t size, struct csv_notes *notes,
           struct cause *cause)
{
    FILE *in = fmemopen((void *)(uintptr_t)bytes, size, "r");
    struct plan *plan;

    ck_assert_ptr_nonnull(in);
    cause->text[0] = '\0';
    plan = csv_read(in, "some.csv", notes, cause);
    fclose(in);
    return plan;
}

/* csv reads as a plan with these lists. */
static void
expect_reads(const char *csv, const char *expected)
{
    struct cause cause;
    struct csv_notes notes;
    struct plan *plan = read_bytes(csv, strlen(csv), &notes, &cause);
    char *text;

    ck_assert_msg(plan != NULL, "%s", cause.text);
    text = plan_text(plan);
    ck_assert_str_eq(text, expected);
    ck_assert_int_eq(notes.sharding, 0);
    free(text);
    plan_free(plan);
}

/* csv is no plan; the cause names the file and says the rest too. */
static void
expect_refused(const char *csv, size_t size, const char *says)
{
    struct cause cause;
    struct csv_notes notes;
    struct plan *plan = read_bytes(csv, size, &notes, &cause);

    ck_assert_msg(!plan, "reads, but should say: %s", says);
    ck_assert_msg(strncmp(cause.text, "some.csv: ", 10) == 0, "%s",
                  cause.text);
    ck_assert_msg(strstr(cause.text, says) != NULL, "%s", cause.text);
}

/* ---- there and back ---- */

static void
expect_round_trip(const struct plan *plan)
{
    char *text = csv_text(plan);
    struct plan *back = plan_drawn(text);

    ck_assert_msg(plan_equal(plan, back), "%s:\n%s", shape_text(plan), text);
    free(text);
    plan_free(back);
}

/* The file has no STEPs; lowering puts them back. */
static void
expect_lowered_round_trip(const struct plan *plan)
{
    struct plan *lowered = lower(plan);
    char *text = csv_text(lowered);
    struct plan *back = lowered_drawn(text);

    ck_assert_msg(!strstr(text, "STEP") && !strstr(text, ",,"), "%s:\n%s",
                  shape_text(plan), text);
    ck_assert_msg(plan_equal(lowered, back), "%s:\n%s", shape_text(plan),
                  text);
    free(text);
    plan_free(back);
    plan_free(lowered);
}

START_TEST(random_plans_come_back_as_they_were)
{
    for (unsigned seed = 0; seed < RANDOM_PLANS; seed++) {
        struct plan *plan = plan_random(seed);

        expect_round_trip(plan);
        expect_lowered_round_trip(plan);
        plan_free(plan);
    }
}
END_TEST

/* ---- writing ---- */

static void
expect_writes(const char *csv, const char *expected)
{
    struct plan *plan = plan_drawn(csv);
    char *text = csv_text(plan);

    ck_assert_str_eq(text, expected);
    free(text);
    plan_free(plan);
}

START_TEST(column_is_a_tick_and_an_empty_cell_is_idle)
{
    expect_writes("0F0,0B0\n1F0,1B0\n", "0F0,,,0B0\n"
                                        ",1F0,1B0\n");
    expect_writes("0F0,0F1,0I0,0I1,0W0,0W1\n1F0,1I0,1F1,1I1,1W0,1W1\n",
                  "0F0,0F1,,0I0,,0I1,0W0,0W1\n"
                  ",1F0,1I0,1F1,1I1,1W0,1W1\n");
    /* An overlap takes one column too. */
    expect_writes("0F0,0F1,0B0,0B1\n1F0,(1F1;1B0)OVERLAP_F_B,1B1\n",
                  "0F0,0F1,,0B0,0B1\n"
                  ",1F0,(1F1;1B0)OVERLAP_F_B,1B1\n");
}
END_TEST

START_TEST(lowered_plan_is_written_without_gaps)
{
    expect_writes("0F0,0SEND_F0,,,0RECV_B0,0B0\n,1RECV_F0,1F0,1B0,1SEND_B0\n",
                  "0F0,0SEND_F0,0RECV_B0,0B0\n"
                  "1RECV_F0,1F0,1B0,1SEND_B0\n");
}
END_TEST

START_TEST(steps_leave_no_mark_wherever_they_stand)
{
    expect_writes("0F0,1F0,1B0,1STEP,0B0,0STEP\n", "0F0,1F0,1B0,0B0\n");
    expect_writes("0F0,2F0,2B0,2STEP,0B0,0STEP\n1F0,1B0,1STEP\n",
                  "0F0,,2F0,2B0,,0B0\n"
                  ",1F0,,,1B0\n");
    expect_writes("0F0,0SEND_F0,2RECV_F0,2F0,2B0,2STEP,2SEND_B0,0RECV_B0,0B0\n"
                  "1RECV_F0,1F0,1SEND_F0,1RECV_B0,1B0,1STEP,1SEND_B0\n",
                  "0F0,0SEND_F0,2RECV_F0,2F0,2B0,2SEND_B0,0RECV_B0,0B0\n"
                  "1RECV_F0,1F0,1SEND_F0,1RECV_B0,1B0,1SEND_B0\n");
}
END_TEST

/* ---- reading ---- */

START_TEST(shape_and_placement_follow_from_the_cells)
{
    struct plan *plan = plan_drawn("0F0,3F0,0F1\n1F0,,2F4\n");
    static const int ranks[] = {0, 1, 1, 0};

    ck_assert_int_eq(plan->ranks, 2);
    ck_assert_int_eq(plan->stages, 4);
    ck_assert_int_eq(plan->mbs, 5);
    ck_assert_mem_eq(plan->rank_of_stage, ranks, sizeof ranks);
    ck_assert_str_eq(plan->name, "drawn");
    plan_free(plan);
}
END_TEST

START_TEST(name_of_a_file_is_kept_whole)
{
    char name[300];
    struct cause cause = {.text = ""};
    FILE *in = fmemopen((void *)(uintptr_t) "0F0\n", 4, "r");
    struct csv_notes notes;
    struct plan *plan;

    memset(name, 'd', sizeof name);
    strcpy(name + sizeof name - 6, "x.csv");
    plan = csv_read(in, name, &notes, &cause);
    fclose(in);
    ck_assert_msg(plan != NULL, "%s", cause.text);
    ck_assert_str_eq(plan->name, name);
    plan_free(plan);
}
END_TEST

START_TEST(shape_counts_both_halves_of_an_overlap)
{
    struct plan *plan = plan_drawn("(0F4;1B7)OVERLAP_F_B\n");

    ck_assert_int_eq(plan->stages, 2);
    ck_assert_int_eq(plan->mbs, 8);
    ck_assert_int_eq(plan->rank_of_stage[1], 0);
    plan_free(plan);
}
END_TEST

START_TEST(plan_with_transfers_is_lowered_and_one_without_is_not)
{
    static const struct {
        const char *csv;
        bool lowered;
    } files[] = {
        {"0F0,0B0\n", false},
        {"0F0\n1F0\n", false},
        {"0F0,0B0,0STEP\n", false}, /* steps are no transfers */
        {"0F0,0SEND_F0\n1F0\n", true},
        {"0F0\n1RECV_F0,1F0\n", true},
        {"0F0\n1F0,1B0,1SEND_B0\n", true},
        {"0F0,0RECV_B0,0B0\n1F0\n", true},
    };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct plan *plan = plan_drawn(files[i].csv);

        ck_assert_msg(plan->lowered == files[i].lowered, "%s", files[i].csv);
        plan_free(plan);
    }
}
END_TEST

START_TEST(layout_of_the_text_does_not_matter)
{
    static const char expected[] = "rank 0: 0F0 0B0\n"
                                   "rank 1: 1F0 1B0\n";

    expect_reads("0F0,0B0\n1F0,1B0\n", expected);
    expect_reads("0F0,0B0\r\n1F0,1B0\r\n", expected);
    expect_reads("0F0,0B0\n1F0,1B0", expected);
    expect_reads("0F0,,,0B0,,\n,1F0,1B0,\n", expected);
    expect_reads(" 0F0 ,\t0B0\n\t1F0, 1B0 \n", expected);
    expect_reads("0F0,0B0\n1F0,1B0\n\n\n\r\n  \n", expected);
    expect_reads("0F0,0B0\n1F0,1B0\n,,,\n\"\",\n,", expected);
    expect_reads("\"0F0\",\"\",\"0B0\"\n\"1F0\", \" 1B0 \"\r\n", expected);
    expect_reads("\xef\xbb\xbf"
                 "0F0,0B0\n1F0,1B0\n",
                 expected);
}
END_TEST

START_TEST(rows_of_any_length_are_read)
{
    size_t commas = 100000;
    char *csv = malloc(commas + 16);

    ck_assert_ptr_nonnull(csv);
    memset(csv, ',', commas);
    strcpy(csv + commas, "0F0\n");
    expect_reads(csv, "rank 0: 0F0\n");
    free(csv);
}
END_TEST

START_TEST(sharding_is_counted_and_left_out)
{
    static const char csv[] = "0UNSHARD,0F0,0B0,0REDUCE_GRAD,0RESHARD\n"
                              "1UNSHARD,1F0,1RESHARD,1UNSHARD,1B0\n";
    struct cause cause;
    struct csv_notes notes;
    struct plan *plan = read_bytes(csv, sizeof csv - 1, &notes, &cause);
    char *text;

    ck_assert_msg(plan != NULL, "%s", cause.text);
    ck_assert_int_eq(notes.sharding, 6);
    ck_assert(!plan->lowered);
    text = plan_text(plan);
    ck_assert_str_eq(text, "rank 0: 0F0 0B0\nrank 1: 1F0 1B0\n");
    free(text);
    plan_free(plan);
}
END_TEST

/* Kept, it comes back as it was written. */
START_TEST(sharding_is_kept_where_it_is_asked_for)
{
    static const char *const files[][2] = {
        {"0UNSHARD,0F0,0B0,0REDUCE_GRAD,0RESHARD\n"
         "1UNSHARD7,1F0,1RESHARD,1UNSHARD,1B0\n",
         "0UNSHARD,0F0,,,,,0B0,0REDUCE_GRAD,0RESHARD\n"
         "1UNSHARD,,1F0,1RESHARD,1UNSHARD,1B0\n"},
        {"0UNSHARD,0F0,0SEND_F0,0RECV_B0,0B0,0RESHARD\n"
         "1RECV_F0,1F0,1B0,1SEND_B0,1REDUCE_GRAD\n",
         "0UNSHARD,0F0,0SEND_F0,0RECV_B0,0B0,0RESHARD\n"
         "1RECV_F0,1F0,1B0,1SEND_B0,1REDUCE_GRAD\n"},
    };

    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct plan *plan = plan_drawn(files[i][0]);
        char *text = csv_text(plan);
        struct plan *again = plan_drawn(text);

        ck_assert_str_eq(text, files[i][1]);
        ck_assert(plan_equal(plan, again));
        plan_free(again);
        free(text);
        plan_free(plan);
    }
}
END_TEST

/* ---- errors ---- */

static const struct {
    const char *csv;
    const char *says;
} bad_files[] = {
    {"\n\n", "no action"},
    {"", "no action"},
    {",,,\n", "no action"},
    {"0UNSHARD\n", "no action"},
    {"0F0\n\n1F0,2F0\n", "row 1 has no action"},
    {"0F0\n,,\n1F0,2F0\n", "row 1 has no action"},
    {"0F0,junk\n", "rank 0, position 1, \"junk\": it is no action"},
    {"0F0\n,,1F0,1Q0\n", "rank 1, position 3, \"1Q0\": it is no action"},
    {"0F0,0B0x\n", "rank 0, position 1, \"0B0x\": it is no action"},
    {"0F0 0B0\n", "rank 0, position 0, \"0F0 0B0\""},
    {"0UNSHARDED\n", "\"0UNSHARDED\": it is no action"},
    {"0F0,UNSHARD\n", "\"UNSHARD\": it is no action"},
    {"\"0F0\n", "\"\"0F0\": it is no action"},
    {"0F0\n2F0\n", "no rank has stage 1 of 3"},
    {"1F0\n", "no rank has stage 0 of 2"},
    {"0F0\n\n1F0\n", "row 1 has no action"},
    {"0F16777216\n", "1 stage and 16777217 microbatches"},
    {"0F2147483647\n", "1 stage and 2147483648 microbatches"},
    {"65535F0\n", "65536 stages and 1 microbatch;"},
    {"60000F2000\n", "60001 stages and 2001 microbatches"},
};

START_TEST(what_is_no_plan_is_refused_with_the_reason)
{
    expect_refused(bad_files[_i].csv, strlen(bad_files[_i].csv),
                   bad_files[_i].says);
}
END_TEST

START_TEST(nul_byte_is_refused)
{
    static const char inside[] = "0F0\n1F0\0,1B0\n";
    static const char first[] = "\0000F0\n";

    expect_refused(inside, sizeof inside - 1, "row 1 has a NUL byte");
    expect_refused(first, sizeof first - 1, "row 0 has a NUL byte");
}
END_TEST

START_TEST(directory_cannot_be_read)
{
    struct cause cause = {.text = ""};
    struct csv_notes notes;
    FILE *in = fopen("/", "r");

    ck_assert_ptr_nonnull(in);
    ck_assert_ptr_null(csv_read(in, "/", &notes, &cause));
    fclose(in);
    ck_assert_str_eq(cause.text, "/: cannot be read: Is a directory");
}
END_TEST

TCase *
csv_case(void)
{
    TCase *tcase = tcase_create("csv");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_test(tcase, random_plans_come_back_as_they_were);
    tcase_add_test(tcase, column_is_a_tick_and_an_empty_cell_is_idle);
    tcase_add_test(tcase, lowered_plan_is_written_without_gaps);
    tcase_add_test(tcase, steps_leave_no_mark_wherever_they_stand);
    tcase_add_test(tcase, shape_and_placement_follow_from_the_cells);
    tcase_add_test(tcase, name_of_a_file_is_kept_whole);
    tcase_add_test(tcase, shape_counts_both_halves_of_an_overlap);
    tcase_add_test(tcase,
                   plan_with_transfers_is_lowered_and_one_without_is_not);
    tcase_add_test(tcase, layout_of_the_text_does_not_matter);
    tcase_add_test(tcase, rows_of_any_length_are_read);
    tcase_add_test(tcase, sharding_is_counted_and_left_out);
    tcase_add_test(tcase, sharding_is_kept_where_it_is_asked_for);
    tcase_add_loop_test(tcase, what_is_no_plan_is_refused_with_the_reason, 0,
                        sizeof bad_files / sizeof *bad_files);
    tcase_add_test(tcase, nul_byte_is_refused);
    tcase_add_test(tcase, directory_cannot_be_read);
    return tcase;
}
