#include "config.h"

#include "plan/action.h"

#include "cases.h"

#include <string.h>

static const int some_stages[] = {0, 1, 9, 10, 255, 256, 65535};
static const int some_mbs[] = {0, 1, 9, 10, 123456, INT32_MAX};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static struct action
overlap_of(int stage, int mb, enum action_kind kind, int pair_stage,
           int pair_mb)
{
    struct action overlap = action_of(ACTION_OVERLAP_F_B, stage, mb);

    overlap.pair_kind = (uint8_t)kind;
    overlap.pair_stage = (uint16_t)pair_stage;
    overlap.pair_mb = pair_mb;
    return overlap;
}

static void
expect_round_trip(struct action action)
{
    char cell[ACTION_CELL_MAX];
    struct action parsed;

    memset(&parsed, 0xff, sizeof parsed);
    ck_assert_ptr_eq(action_cell(&action, cell), cell);
    ck_assert_msg(action_parse(cell, &parsed), "%s does not parse", cell);
    ck_assert_msg(action_equal(&action, &parsed),
                  "%s parses as something else", cell);
}

/* ---- cells ---- */

START_TEST(cells_read_like_those_of_pytorch)
{
    static const struct {
        enum action_kind kind;
        const char *cell;
    } cells[] = {
        {ACTION_FORWARD, "2F13"},         {ACTION_FULL_BACKWARD, "2B13"},
        {ACTION_BACKWARD_INPUT, "2I13"},  {ACTION_BACKWARD_WEIGHT, "2W13"},
        {ACTION_SEND_F, "2SEND_F13"},     {ACTION_RECV_F, "2RECV_F13"},
        {ACTION_SEND_B, "2SEND_B13"},     {ACTION_RECV_B, "2RECV_B13"},
        {ACTION_OPTIMIZER_STEP, "2STEP"}, {ACTION_UNSHARD, "2UNSHARD"},
        {ACTION_RESHARD, "2RESHARD"},     {ACTION_REDUCE_GRAD, "2REDUCE_GRAD"},
    };
    char cell[ACTION_CELL_MAX];
    struct action overlap = overlap_of(0, 4, ACTION_FULL_BACKWARD, 1, 2);

    for (size_t i = 0; i < COUNT(cells); i++) {
        struct action action = action_of(cells[i].kind, 2, 13);

        ck_assert_str_eq(action_cell(&action, cell), cells[i].cell);
    }
    ck_assert_str_eq(action_cell(&overlap, cell), "(0F4;1B2)OVERLAP_F_B");
}
END_TEST

/* One iteration a kind. */
START_TEST(cell_reads_back_as_the_same_action)
{
    enum action_kind kind = (enum action_kind)_i;

    for (size_t s = 0; s < COUNT(some_stages); s++)
        for (size_t m = 0; m < COUNT(some_mbs); m++) {
            int stage = some_stages[s];
            int mb = some_mbs[m];

            if (!action_has_mb(kind))
                mb = 0;
            if (kind != ACTION_OVERLAP_F_B) {
                expect_round_trip(action_of(kind, stage, mb));
                continue;
            }
            expect_round_trip(
                overlap_of(stage, mb, ACTION_FULL_BACKWARD, 65535 - stage, 7));
            expect_round_trip(
                overlap_of(3, 7, ACTION_BACKWARD_INPUT, stage, mb));
        }
}
END_TEST

START_TEST(overlap_reads_with_blanks)
{
    static const char *const cells[] = {
        "(0F4;1B2)OVERLAP_F_B",
        "(0F4; 1B2)OVERLAP_F_B",
        "( 0F4 ;\t1B2 )OVERLAP_F_B",
    };
    struct action overlap = overlap_of(0, 4, ACTION_FULL_BACKWARD, 1, 2);
    struct action parsed;

    for (size_t i = 0; i < COUNT(cells); i++) {
        ck_assert_msg(action_parse(cells[i], &parsed), "%s", cells[i]);
        ck_assert_msg(action_equal(&parsed, &overlap), "%s", cells[i]);
    }
}
END_TEST

START_TEST(longest_cell_fits)
{
    char cell[ACTION_CELL_MAX];
    struct action overlap =
        overlap_of(65535, INT32_MAX, ACTION_FULL_BACKWARD, 65535, INT32_MAX);

    ck_assert_str_eq(action_cell(&overlap, cell),
                     "(65535F2147483647;65535B2147483647)OVERLAP_F_B");
}
END_TEST

static const char *const junk[] = {
    "",
    " ",
    "F",
    "B",
    "0",
    "0F",
    "F3",
    "STEP",
    "F0F0",
    "0f0",
    "0X0",
    "0BW0",
    "0F3x",
    "0F3 ",
    " 0F3",
    "0F 3",
    "0 F3",
    "-1F0",
    "+1F0",
    "0F-2",
    "1F-2",
    "0F+2",
    "0F0x1",
    "0.5F0",
    "0F0.5",
    "0F0F0",
    "0F0,0F1",
    "0F0;0B0",
    /* Numbers beyond stage's 16 or microbatch's 31 bits. */
    "65536F0",
    "99999F0",
    "0F2147483648",
    "0F99999999999999999999",
    "99999999999999999999F0",
    /* Transfers and steps. */
    "0SEND",
    "0SEND_",
    "0SEND_F",
    "0SEND_W0",
    "0RECV_I0",
    "SEND_F0",
    "0SENDF0",
    "0STEP1",
    "0STEP0",
    "0STEPS",
    "0UNSHARD1",
    "0UNSHARDED",
    /* Overlaps. */
    "0OVERLAP_F_B",
    "0OVERLAP_F_B0",
    "()OVERLAP_F_B",
    "(0F1)OVERLAP_F_B",
    "(0F1;1F2)OVERLAP_F_B",
    "(0F1;1W2)OVERLAP_F_B",
    "(0F1;1SEND_B2)OVERLAP_F_B",
    "(0F1;1STEP)OVERLAP_F_B",
    "(0F1;1B2)",
    "(0F1;1B2",
    "0F1;1B2)OVERLAP_F_B",
    "(0F1,1B2)OVERLAP_F_B",
    "(0B1;1B2)OVERLAP_F_B",
    "(1B2;0F1)OVERLAP_F_B",
    "(0SEND_F1;1B2)OVERLAP_F_B",
    "(0F1;1B2;2B3)OVERLAP_F_B",
    "(0F1;1B2)OVERLAP_F_Bx",
    "(0F1;1B2)OVERLAP_F",
    "((0F1;1B2)OVERLAP_F_B;1B2)OVERLAP_F_B",
    "(0F1;1B2) OVERLAP_F_B",
    "(0F 1;1B2)OVERLAP_F_B",
    "(",
    "(;)OVERLAP_F_B",
};

START_TEST(junk_is_no_action)
{
    struct action action;

    for (size_t i = 0; i < COUNT(junk); i++)
        ck_assert_msg(!action_parse(junk[i], &action), "\"%s\" parses",
                      junk[i]);
}
END_TEST

/* ---- kinds ---- */

START_TEST(default_costs_are_the_documented_ones)
{
    static const int costs[ACTION_KINDS] = {
        [ACTION_FORWARD] = 1,        [ACTION_FULL_BACKWARD] = 2,
        [ACTION_BACKWARD_INPUT] = 1, [ACTION_BACKWARD_WEIGHT] = 1,
        [ACTION_OPTIMIZER_STEP] = 0, [ACTION_OVERLAP_F_B] = -1,
    };

    for (int k = 0; k < ACTION_KINDS; k++)
        ck_assert_msg(action_default_cost((enum action_kind)k) == costs[k],
                      "%s", action_kind_text((enum action_kind)k));
}
END_TEST

START_TEST(classes_tell_compute_transfer_and_step_apart)
{
    static const char classes[] =
        "CCCCCSRSRSRTHHH"; /* in action.def's order */

    ck_assert_uint_eq(strlen(classes), ACTION_KINDS);
    for (int k = 0; k < ACTION_KINDS; k++)
        ck_assert_msg("CSRTH"[action_class((enum action_kind)k)] == classes[k],
                      "%s", action_kind_text((enum action_kind)k));
}
END_TEST

START_TEST(overlap_has_two_parts_and_all_else_one)
{
    struct action overlap = overlap_of(0, 4, ACTION_BACKWARD_INPUT, 2, 1);
    struct action forward = action_of(ACTION_FORWARD, 0, 4);
    struct action backward = action_of(ACTION_BACKWARD_INPUT, 2, 1);
    struct action parts[2];

    ck_assert_int_eq(action_parts(&overlap, parts), 2);
    ck_assert(action_equal(&parts[0], &forward));
    ck_assert(action_equal(&parts[1], &backward));
    for (int k = 0; k < ACTION_KINDS; k++) {
        struct action single = action_of((enum action_kind)k, 3, 5);

        if (k == ACTION_OVERLAP_F_B)
            continue;
        ck_assert_int_eq(action_parts(&single, parts), 1);
        ck_assert(action_equal(&parts[0], &single));
    }
}
END_TEST

START_TEST(an_overlap_has_its_parts_and_itself)
{
    struct action overlap = overlap_of(0, 4, ACTION_FULL_BACKWARD, 1, 2);
    struct action forward = action_of(ACTION_FORWARD, 0, 4);
    struct action backward = action_of(ACTION_FULL_BACKWARD, 1, 2);
    struct action other = action_of(ACTION_FORWARD, 1, 2);

    ck_assert(action_has(&overlap, &overlap));
    ck_assert(action_has(&overlap, &forward));
    ck_assert(action_has(&overlap, &backward));
    ck_assert(!action_has(&overlap, &other));
    ck_assert(!action_has(&forward, &overlap));
    ck_assert(action_has(&forward, &forward));
}
END_TEST

START_TEST(actions_are_equal_in_every_field_or_not)
{
    struct action a = overlap_of(1, 2, ACTION_FULL_BACKWARD, 3, 4);
    struct action others[] = {
        overlap_of(2, 2, ACTION_FULL_BACKWARD, 3, 4),
        overlap_of(1, 3, ACTION_FULL_BACKWARD, 3, 4),
        overlap_of(1, 2, ACTION_BACKWARD_INPUT, 3, 4),
        overlap_of(1, 2, ACTION_FULL_BACKWARD, 4, 4),
        overlap_of(1, 2, ACTION_FULL_BACKWARD, 3, 5),
        action_of(ACTION_FORWARD, 1, 2),
    };

    ck_assert(action_equal(&a, &a));
    for (size_t i = 0; i < COUNT(others); i++)
        ck_assert_msg(!action_equal(&a, &others[i]), "number %zu", i);
}
END_TEST

TCase *
action_case(void)
{
    TCase *tcase = tcase_create("action");

    tcase_add_test(tcase, cells_read_like_those_of_pytorch);
    tcase_add_loop_test(tcase, cell_reads_back_as_the_same_action, 0,
                        ACTION_KINDS);
    tcase_add_test(tcase, overlap_reads_with_blanks);
    tcase_add_test(tcase, longest_cell_fits);
    tcase_add_test(tcase, junk_is_no_action);
    tcase_add_test(tcase, default_costs_are_the_documented_ones);
    tcase_add_test(tcase, classes_tell_compute_transfer_and_step_apart);
    tcase_add_test(tcase, overlap_has_two_parts_and_all_else_one);
    tcase_add_test(tcase, an_overlap_has_its_parts_and_itself);
    tcase_add_test(tcase, actions_are_equal_in_every_field_or_not);
    return tcase;
}
