/* columns.c -- lines broken to a width, and commands as the program was
 * called. */
#include "config.h"

#include "base/called.h"
#include "base/columns.h"
#include "cases.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *
broken(const char *text, int columns, int indent)
{
    char *lines = NULL;
    size_t size;
    FILE *out = open_memstream(&lines, &size);

    columns_print(out, text, columns, indent);
    fclose(out);
    return lines;
}

static void
expect_broken(const char *text, int columns, int indent, const char *want)
{
    char *lines = broken(text, columns, indent);

    ck_assert_str_eq(lines, want);
    free(lines);
}

START_TEST(a_line_is_broken_between_words)
{
    expect_broken("", 20, 4, "\n");
    expect_broken("one two", 7, 4, "one two\n");
    expect_broken("one two", 6, 2, "one\n  two\n");
    expect_broken("  a  b", 6, 2, "  a  b\n");
    expect_broken("a command-to-copy-as-it-is b", 8, 2,
                  "a\n  command-to-copy-as-it-is\n  b\n");
    expect_broken("\303\251\303\251 \303\251", 4, 2,
                  "\303\251\303\251 \303\251\n");
}
END_TEST

/* The next word of either text; false at its end. */
static bool
next_word(const char **text, const char **word, size_t *length)
{
    *word = *text + strspn(*text, " \n");
    *length = strcspn(*word, " \n");
    *text = *word + *length;
    return *length > 0;
}

START_TEST(no_word_is_lost_and_no_line_of_several_is_wider)
{
    const char *words = "Losses and weights are those of one-thread training "
                        "in as many microbatches, bit for bit on one kind of "
                        "processor; a deadlock is explained.";

    for (int columns = 1; columns < 100; columns++)
        for (int indent = 0; indent < 5; indent++) {
            char *lines = broken(words, columns, indent);
            const char *a = words, *b = lines, *word, *same;
            char *rest = lines;
            size_t length, other;

            while (next_word(&a, &word, &length)) {
                ck_assert(next_word(&b, &same, &other));
                ck_assert(length == other && memcmp(word, same, other) == 0);
            }
            ck_assert(!next_word(&b, &same, &other));
            for (char *line; (line = strsep(&rest, "\n")) != NULL;)
                ck_assert((int)strlen(line) <= columns ||
                          !strchr(line + strspn(line, " "), ' '));
            free(lines);
        }
}
END_TEST

START_TEST(pieces_become_lines_that_fit)
{
    struct columns_lines lines;
    char text[200] = "";
    FILE *out = fmemopen(text, sizeof text, "w");

    columns_begin(&lines);
    fprintf(lines.to, "rank %d", 1);
    fputs(" waits for rank 2\n\n  rank 2 runs", lines.to);
    columns_end(&lines, out, 12);
    fclose(out);
    ck_assert_str_eq(text, "rank 1 waits\n    for rank\n    2\n\n"
                           "  rank 2\n      runs\n");
}
END_TEST

START_TEST(what_asks_for_a_width_gets_it)
{
    FILE *out = tmpfile();

    unsetenv("COLUMNS");
    ck_assert_int_eq(columns_of(out), 100);
    setenv("COLUMNS", "80", 1);
    ck_assert_int_eq(columns_of(out), 80);
    setenv("COLUMNS", "3", 1);
    ck_assert_int_eq(columns_of(out), 20);
    setenv("COLUMNS", "none", 1);
    ck_assert_int_eq(columns_of(out), 100);
    fclose(out);
}
END_TEST

static void
expect_called(const char *name, const char *text, const char *want)
{
    char *copy;

    called_set(name);
    copy = called_text(text);
    ck_assert_str_eq(copy, want);
    free(copy);
}

START_TEST(commands_bear_the_name_of_the_call)
{
    expect_called(NULL, "pipelab lab", "pipelab lab");
    expect_called("build/pipelab", "see pipelab lab --help",
                  "see build/pipelab lab --help");
    expect_called("./p", "pipelab a | pipelab b", "./p a | ./p b");
    expect_called("/a b/p", "(pipelab a; pipelab b)",
                  "(pipelab a; '/a b/p' b)");
    expect_called("./p", "pipelab: no command; pipelab-gdb.py, pipelab",
                  "pipelab: no command; pipelab-gdb.py, pipelab");
}
END_TEST

TCase *
columns_case(void)
{
    TCase *tcase = tcase_create("columns");

    tcase_add_test(tcase, a_line_is_broken_between_words);
    tcase_add_test(tcase, no_word_is_lost_and_no_line_of_several_is_wider);
    tcase_add_test(tcase, pieces_become_lines_that_fit);
    tcase_add_test(tcase, what_asks_for_a_width_gets_it);
    tcase_add_test(tcase, commands_bear_the_name_of_the_call);
    return tcase;
}
