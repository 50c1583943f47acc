/* check_request.c -- what a command line and a checkpoint ask for together. */
#include "config.h"

#include "cli/command_line.h"
#include "request/plan_request.h"
#include "suite.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* Everything about a training may be given. */
static const struct command command = {
    .name = "test",
    .takes = TAKES_PLAN | TAKES_MODEL | TAKES_TRAINING,
};

/* Reads words, up to the first NULL, as the command line. */
static void
parse(struct options *options, const char *const words[])
{
    char *argv[16] = {(char *)"test"};
    struct cause cause;
    int argc = 1;

    for (; words[argc - 1]; argc++)
        argv[argc] = (char *)words[argc - 1];
    optind = 0;
    ck_assert_msg(command_line_parse(options, &command, argc, argv, &cause),
                  "%s", cause.text);
}

/* What a checkpoint has. */
static struct recipe
kept_recipe(void)
{
    return (struct recipe){
        .layers = 1,
        .hidden = 2,
        .batch = 8,
        .mbs = 4,
        .optimizer = {.kind = OPTIMIZER_SGD, .lr = 0.25f, .momentum = 0.9f},
        .seed = 43,
        .data = "digits",
        .steps = 20,
    };
}

/* How many there are. */
static int
all_settings(void)
{
    int count = 0;

    while (setting_at(count))
        count++;
    return count;
}

/* For so many layers, and ranks that are given or not (0): stages, ranks. */
START_TEST(stages_that_are_left_open_fit_the_layers)
{
    static const int expected[][4] = {
        {1, 0, 1, 1}, {2, 0, 2, 2}, {3, 0, 3, 3}, {4, 0, 4, 4}, {9, 0, 4, 4},
        {1, 1, 1, 1}, {3, 1, 3, 1}, {2, 2, 2, 2}, {3, 2, 2, 2}, {5, 2, 4, 2},
        {3, 3, 3, 3}, {2, 3, 4, 3}, /* more ranks than layers: no way */
    };

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const int *e = expected[i];
        char ranks[12];
        const char *words[] = {"--stages", "4", "--ranks", ranks, NULL};
        const char *const *open = &words[2];
        struct options options;
        struct plan_request request;
        bool fitted;

        snprintf(ranks, sizeof ranks, "%d", e[1]);
        if (e[1] == 0)
            open = &words[4];
        parse(&options, open);
        request = plan_request_of(&options, NULL);
        fitted = plan_request_fit_stages(&request, e[0]);
        ck_assert_int_eq(fitted, e[2] != 4);
        ck_assert_int_eq(request.stages, e[2]);
        ck_assert_int_eq(request.ranks, e[3]);
        if (fitted)
            ck_assert_str_eq(request.schedule,
                             e[2] == e[3] ? "1f1b" : "interleaved-1f1b");
        if (e[1] == 0)
            words[2] = NULL;
        parse(&options, words);
        request = plan_request_of(&options, NULL);
        ck_assert(!plan_request_fit_stages(&request, e[0]));
    }
}
END_TEST

START_TEST(settings_left_open_are_the_files)
{
    static const char *const words[] = {"--stages", "7",    "--lr", "0.5",
                                        "--resume", "FILE", NULL};
    struct recipe kept = kept_recipe();
    struct options options;
    struct plan_request request;
    struct cause cause;

    parse(&options, words);
    request = plan_request_of(&options, NULL);
    ck_assert_msg(
        plan_request_resume(&request, &kept, all_settings(), false, &cause),
        "%s", cause.text);
    ck_assert_int_eq(request.recipe.layers, 1);
    ck_assert_int_eq(request.recipe.hidden, 2);
    ck_assert_int_eq(request.recipe.batch, 8);
    ck_assert_int_eq(request.recipe.mbs, 4);
    ck_assert_int_eq(request.recipe.steps, 20);
    ck_assert_int_eq(request.recipe.optimizer.kind, OPTIMIZER_SGD);
    ck_assert(request.recipe.optimizer.momentum == 0.9f);
    ck_assert_uint_eq(request.recipe.seed, 43);
    ck_assert_str_eq(request.recipe.data, "digits");
    /* Given, and free to change. */
    ck_assert(request.recipe.optimizer.lr == 0.5f);
    ck_assert_int_eq(request.stages, 7);
}
END_TEST

START_TEST(a_file_of_weights_fixes_the_model_alone)
{
    static const char *const words[] = {"--batch", "9", "--resume", "FILE",
                                        NULL};
    struct recipe kept = kept_recipe();
    struct options options;
    struct plan_request request;
    struct cause cause;

    parse(&options, words);
    request = plan_request_of(&options, NULL);
    ck_assert(
        plan_request_resume(&request, &kept, SETTING_SHAPES, true, &cause));
    ck_assert_int_eq(request.recipe.layers, 1);
    ck_assert_int_eq(request.recipe.hidden, 2);
    ck_assert_int_eq(request.recipe.batch, 9);
    ck_assert_uint_eq(request.recipe.seed, 42);
}
END_TEST

/* Each fixed setting with another value and the file's. */
START_TEST(settings_that_contradict_are_refused_with_both_values)
{
    static const char *const given[][3] = {
        {"--layers", "3", "1;"},         {"--hidden", "3", "2;"},
        {"--batch", "9", "8;"},          {"--microbatches", "3", "4;"},
        {"--optimizer", "adam", "sgd;"}, {"--seed", "3", "43;"},
    };
    const char *const *g = given[_i];
    const char *words[] = {g[0], g[1], "--resume", "FILE", NULL};
    struct recipe kept = kept_recipe();
    struct options options;
    struct plan_request request;
    struct cause cause;
    char reason[64];

    parse(&options, words);
    request = plan_request_of(&options, NULL);
    ck_assert(
        !plan_request_resume(&request, &kept, all_settings(), false, &cause));
    snprintf(reason, sizeof reason, "%s is %s, but FILE was", g[0], g[1]);
    ck_assert_ptr_eq(strstr(cause.text, reason), cause.text);
    ck_assert_msg(strstr(cause.text, g[2]) != NULL, "%s", cause.text);
    /* To evaluate it is the file's. */
    ck_assert(
        plan_request_resume(&request, &kept, all_settings(), true, &cause));
    ck_assert_int_eq(request.recipe.batch, kept.batch);
    ck_assert_uint_eq(request.recipe.seed, kept.seed);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("request");
    TCase *resumed = tcase_create("resumed");

    tcase_add_test(resumed, stages_that_are_left_open_fit_the_layers);
    tcase_add_test(resumed, settings_left_open_are_the_files);
    tcase_add_test(resumed, a_file_of_weights_fixes_the_model_alone);
    tcase_add_loop_test(
        resumed, settings_that_contradict_are_refused_with_both_values, 0, 6);
    suite_add_tcase(suite, resumed);
    return suite_main(suite);
}
