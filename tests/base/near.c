/* near.c -- a misspelt word finds its name, and no word finds one of two. */
#include "config.h"

#include "base/near.h"
#include "cases.h"

#include <stdio.h>
#include <string.h>

static const char *
nearest(const char *word, const char *const names[])
{
    struct near near;

    near_begin(&near, word, strlen(word));
    for (int i = 0; names[i]; i++)
        near_try(&near, names[i]);
    return near.name ? near.name : "none";
}

START_TEST(the_nearest_name_is_found)
{
    static const char *const names[] = {
        "train", "simulate", "compare", "step",       "stages", "stage-cost",
        "lab",   "steps",    "batch",   "max-memory", NULL};
    static const char *const cases[][2] = {
        {"train", "train"},       /* itself */
        {"simluate", "simulate"}, /* two swapped */
        {"smulate", "simulate"},  /* one left out */
        {"siimulate", "simulate"},
        {"zimulate", "simulate"},
        {"ismulaet", "simulate"}, /* two pairs swapped */
        {"ismualet", "none"},     /* swapped, and one moved on */
        {"simulations", "none"},  /* four */
        {"step", "step"},         /* itself, and one letter from another */
        {"stpe", "step"},
        {"stpes", "steps"},  /* one edit is nearer than two */
        {"stage", "stages"}, /* nearer than a name that begins so */
        {"sim", "simulate"},
        {"s", "none"}, /* several begin so */
        {"memory", "max-memory"},
        {"ry", "none"}, /* too short to stand inside */
        {"lba", "lab"},
        {"lbx", "none"}, /* most of a short name */
        {"frobnicate", "none"},
        {"", "none"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(strcmp(nearest(cases[i][0], names), cases[i][1]) == 0,
                      "\"%s\": %s, not %s", cases[i][0],
                      nearest(cases[i][0], names), cases[i][1]);
}
END_TEST

START_TEST(two_that_are_equally_near_are_none)
{
    static const char *const names[] = {"zbv1", "zbv2", NULL};
    static const char *const nearer[] = {"zbv1", "zbv2", "zbv", NULL};

    ck_assert_str_eq(nearest("zbv3", names), "none");
    ck_assert_str_eq(nearest("zb", names), "none");
    ck_assert_str_eq(nearest("zbv", nearer), "zbv");
}
END_TEST

/* One edit of any kind at any place of a name leads back to it. */
START_TEST(every_single_edit_is_near)
{
    static const char *const names[] = {"interleaved", "gpipe", NULL};

    for (int n = 0; names[n]; n++) {
        const char *name = names[n];
        size_t letters = strlen(name);

        for (size_t at = 0; at <= letters; at++) {
            char more[64], less[64], other[64], swapped[64];

            snprintf(more, sizeof more, "%.*sx%s", (int)at, name, name + at);
            ck_assert_str_eq(nearest(more, names), name);
            if (at == letters)
                continue;
            snprintf(less, sizeof less, "%.*s%s", (int)at, name,
                     name + at + 1);
            ck_assert_str_eq(nearest(less, names), name);
            snprintf(other, sizeof other, "%.*sx%s", (int)at, name,
                     name + at + 1);
            ck_assert_str_eq(nearest(other, names), name);
            if (at + 1 == letters)
                continue;
            snprintf(swapped, sizeof swapped, "%.*s%c%c%s", (int)at, name,
                     name[at + 1], name[at], name + at + 2);
            ck_assert_str_eq(nearest(swapped, names), name);
        }
    }
}
END_TEST

/* Words of any length are compared; those of 40 letters by edits, too. */
START_TEST(a_word_may_be_long)
{
    char name[] = "0123456789012345678901234567890123456789";
    const char *const names[] = {name, NULL};
    char word[100] = "";

    strcpy(word, name);
    word[20] = 'x';
    ck_assert_str_eq(nearest(word, names), name);
    strcpy(word + 40, "y");
    ck_assert_str_eq(nearest(word, names), "none");
    memset(word, 'z', sizeof word - 1);
    ck_assert_str_eq(nearest(word, names), "none");
}
END_TEST

TCase *
near_case(void)
{
    TCase *tcase = tcase_create("near");

    tcase_add_test(tcase, the_nearest_name_is_found);
    tcase_add_test(tcase, two_that_are_equally_near_are_none);
    tcase_add_test(tcase, every_single_edit_is_near);
    tcase_add_test(tcase, a_word_may_be_long);
    return tcase;
}
