/* check_lab.c -- what labs are written with: a claim that does not hold is
 * said, printed with its figures, and fails the lab. And what a schedule is
 * graded by. */
#include "config.h"

#include "course/grade.h"
#include "course/lab.h"
#include "policy/policy.h"
#include "search/schedule.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

static void
two_claims(struct lab *lab, bool second)
{
    lab_say(lab, "Look at %d things.", 2);
    fprintf(lab_show(lab), "one\ntwo\n");
    lab_claim(lab, true, "one is odd", "1 = 2 x 0 + %d", 1);
    lab_claim(lab, second, "two is odd", "2 = 2 x %d", 1);
}

static void
run_broken(struct lab *lab)
{
    two_claims(lab, false);
}

static void
run_whole(struct lab *lab)
{
    two_claims(lab, true);
}

static const struct lab_page broken = {
    .name = "broken",
    .summary = "a claim that does not hold",
    .run = run_broken,
    .shell = {"pipelab lab"},
    .gdb = {"gdb pipelab", "run"},
};

static const struct lab_page whole = {
    .name = "whole",
    .summary = "claims that hold",
    .run = run_whole,
};

/* Runs a page into text[size]. */
static bool
run_into(char *text, size_t size, const struct lab_page *page, bool as_json,
         struct cause *cause)
{
    FILE *out = fmemopen(text, size, "w");
    bool holds;

    ck_assert_ptr_nonnull(out);
    holds = lab_run(page, out, as_json, cause);
    fclose(out);
    return holds;
}

START_TEST(a_claim_that_does_not_hold_fails_the_lab)
{
    struct cause cause;
    char text[4096];

    ck_assert(!run_into(text, sizeof text, &broken, false, &cause));
    ck_assert_msg(strstr(cause.text, "lab broken: claims that do not hold: 1 "
                                     "of 2") != NULL,
                  "%s", cause.text);
    ck_assert(!run_into(text, sizeof text, &broken, true, &cause));
}
END_TEST

START_TEST(a_lab_whose_claims_hold_is_done)
{
    struct cause cause;
    char text[4096];

    ck_assert(run_into(text, sizeof text, &whole, false, &cause));
    ck_assert(run_into(text, sizeof text, &whole, true, &cause));
}
END_TEST

START_TEST(a_lab_prints_what_it_says_shows_and_claims)
{
    struct cause cause;
    char text[4096];

    run_into(text, sizeof text, &broken, false, &cause);
    ck_assert_str_eq(text, "broken: a claim that does not hold\n"
                           "\n"
                           "Look at 2 things.\n"
                           "\n"
                           "one\n"
                           "two\n"
                           "\n"
                           "holds: one is odd\n"
                           "       1 = 2 x 0 + 1\n"
                           "does not hold: two is odd\n"
                           "       2 = 2 x 1\n"
                           "\n"
                           "On from here:\n"
                           "  $ pipelab lab\n"
                           "\n"
                           "In gdb:\n"
                           "  $ gdb pipelab\n"
                           "  (gdb) run\n");
}
END_TEST

START_TEST(its_json_has_every_claim_with_its_figures)
{
    struct cause cause;
    char text[4096];

    run_into(text, sizeof text, &broken, true, &cause);
    ck_assert_str_eq(
        text,
        "{\"name\": \"broken\", \"summary\": \"a claim that does not hold\", "
        "\"holds\": false, \"claims\": [{\"claim\": \"one is odd\", "
        "\"holds\": true, \"figures\": \"1 = 2 x 0 + 1\"}, {\"claim\": "
        "\"two is odd\", \"holds\": false, \"figures\": \"2 = 2 x 1\"}], "
        "\"shown\": \"\\u000aLook at 2 things.\\u000a\\u000aone\\u000atwo"
        "\\u000a\\u000aholds: one is odd\\u000a       1 = 2 x 0 + 1\\u000a"
        "does not hold: two is odd\\u000a       2 = 2 x 1\\u000a\", "
        "\"shell\": [\"pipelab lab\"], \"gdb\": [\"gdb pipelab\", "
        "\"run\"]}\n");
}
END_TEST

static void
run_wordy(struct lab *lab)
{
    for (int length = 1; length < 200; length += 9) {
        char words[2048] = "";

        for (int i = 0; i < 9; i++)
            snprintf(words + strlen(words), sizeof words - strlen(words),
                     "%s%.*s", i ? " " : "", length,
                     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
        lab_say(lab, "%s", words);
        lab_claim(lab, true, "a b c", "%s", words);
    }
}

START_TEST(lines_break_between_words_before_column_80)
{
    static const struct lab_page wordy = {
        .name = "wordy", .summary = "many words", .run = run_wordy};
    struct cause cause;
    static char text[1 << 16];
    int broken_lines = 0;

    ck_assert(run_into(text, sizeof text, &wordy, false, &cause));
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        const char *word = line + strspn(line, " ");

        ck_assert_msg(strlen(line) < 80 || !strchr(word, ' '), "%s", line);
        ck_assert_msg(line[strlen(line) - 1] != ' ', "%s", line);
        broken_lines++;
    }
    ck_assert_int_gt(broken_lines, 100);
}
END_TEST

START_TEST(every_lab_has_a_name_of_its_own_and_can_be_found)
{
    struct cause cause;
    int count = 0;

    for (; lab_page_at(count); count++) {
        const struct lab_page *page = lab_page_at(count);

        ck_assert_ptr_eq(lab_page_find(page->name, &cause), page);
        ck_assert_uint_le(strlen(page->summary), 64);
        ck_assert_ptr_nonnull(page->shell[0]);
        ck_assert_int_eq(strncmp(page->gdb[0], "gdb --args pipelab ", 19), 0);
        ck_assert_ptr_nonnull(page->run);
    }
    ck_assert_int_eq(count, 12);
    ck_assert_ptr_null(lab_page_at(-1));
    ck_assert_ptr_null(lab_page_find("no such", &cause));
    ck_assert_str_eq(cause.text, "no such is no lab; pipelab lab lists them");
}
END_TEST

/* ---- grades ---- */

static void
expect_grade(const struct program *program, const struct cost *cost, int cap)
{
    struct grade_task task = {
        .program = program, .cost = cost, .max_activations = cap};
    struct grade plain;
    struct grade scored;
    struct cause cause;

    ck_assert(grade_plan(&plain, &task, &cause));
    ck_assert_int_eq(plain.par, 0);
    task.par = true;
    ck_assert(grade_plan(&scored, &task, &cause));
    ck_assert_int_eq(scored.makespan, plain.makespan);
    ck_assert_int_eq(scored.fits, cap == 0 || scored.peak <= cap);
    ck_assert_int_le(scored.bound, scored.par);
    ck_assert_ptr_nonnull(scored.held_by);
    if (!scored.fits) {
        ck_assert_int_eq(scored.score, 0);
        return;
    }
    ck_assert_int_le(scored.par, scored.makespan);
    ck_assert_int_ge(scored.score, 1);
    ck_assert_int_eq(scored.score == 100, scored.par == scored.makespan);
}

/* The shortest plan known holds each stage once. */
static void
expect_no_grade(const struct program *program, const struct cost *cost)
{
    struct grade_task task = {.program = program, .cost = cost};
    struct cause cause;
    struct grade grade;

    ck_assert(!grade_plan(&grade, &task, &cause));
    ck_assert_ptr_nonnull(strstr(cause.text, "two copies of each stage"));
}

/* _i: microbatches. */
START_TEST(a_schedule_scores_par_over_its_makespan_if_it_fits)
{
    const struct policy *policy;
    int graded = 0;

    for (int i = 0; (policy = policy_at(i)) != NULL; i++)
        for (int ranks = 2; ranks <= 4; ranks++)
            for (int stages = ranks; stages <= 2 * ranks; stages += ranks) {
                struct cause cause;
                struct plan *plan =
                    schedule_plan(policy->name, ranks, stages, _i, &cause);
                struct program *program;
                struct cost cost;

                if (!plan)
                    continue;
                program = program_make(plan, &cause);
                cost_init(&cost, stages);
                if (plan->copies == 2) {
                    expect_no_grade(program, &cost);
                } else {
                    expect_grade(program, &cost, 0);
                    expect_grade(program, &cost, 2 * stages);
                }
                cost_fini(&cost);
                program_free(program);
                plan_free(plan);
                graded++;
            }
    ck_assert_int_gt(graded, 10);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("lab");
    TCase *labs = tcase_create("claims");

    tcase_add_test(labs, a_claim_that_does_not_hold_fails_the_lab);
    tcase_add_test(labs, a_lab_whose_claims_hold_is_done);
    tcase_add_test(labs, a_lab_prints_what_it_says_shows_and_claims);
    tcase_add_test(labs, its_json_has_every_claim_with_its_figures);
    tcase_add_test(labs, lines_break_between_words_before_column_80);
    tcase_add_test(labs, every_lab_has_a_name_of_its_own_and_can_be_found);
    tcase_add_loop_test(
        labs, a_schedule_scores_par_over_its_makespan_if_it_fits, 2, 9);
    tcase_set_timeout(labs, 60);
    suite_add_tcase(suite, labs);
    return suite_main(suite);
}
