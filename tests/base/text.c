/* text.c -- names of any bytes: clean on a terminal, valid in JSON, and the
 * same again on the way back. */
#include "config.h"

#include "base/text.h"
#include "cases.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The code point in UTF-8, or what its bits would be, in so many bytes. */
static void
encode(uint32_t code, int length, char text[5])
{
    static const uint8_t first[] = {0, 0, 0xc0, 0xe0, 0xf0};

    text[length] = '\0';
    for (int i = length - 1; i > 0; i--) {
        text[i] = (char)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    text[0] = (char)(first[length] | code);
}

static int
shortest(uint32_t code)
{
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

static void
expect_clean(const char *text, const char *clean)
{
    char *shown = text_shown(text);

    /* An assertion that holds costs more than all else here. */
    if (strcmp(shown, clean) != 0)
        ck_abort_msg("\"%s\", not \"%s\"", shown, clean);
    free(shown);
}

START_TEST(a_clean_text_has_every_character_but_what_controls)
{
    for (uint32_t code = 1; code < 0x110000; code++) {
        bool controls = code < 0x20 || (code >= 0x7f && code <= 0x9f) ||
                        code == 0x2028 || code == 0x2029;
        bool none = code >= 0xd800 && code <= 0xdfff;
        char text[5];

        encode(code, shortest(code), text);
        expect_clean(text, none ? "???" : controls ? "?" : text);
    }
    expect_clean("a\nb\t\033[2J\302\233\302\205c\342\200\250", "a?b??[2J??c?");
}
END_TEST

START_TEST(bytes_that_are_no_utf8_are_question_marks)
{
    char text[5];

    expect_clean("caf\351", "caf?");
    expect_clean("\377\200\300", "???");
    expect_clean("\303", "?");
    expect_clean("\342\202x", "??x");
    expect_clean("\364\220\200\200", "????"); /* beyond the last */
    /* Longer than need be. */
    for (uint32_t code = 1; code < 0x10000; code++)
        for (int length = shortest(code) + 1; length <= 4; length++) {
            encode(code, length, text);
            expect_clean(text, &"????"[4 - length]);
        }
}
END_TEST

static void
put_json(const char *text, char string[256])
{
    FILE *out = fmemopen(string, 256, "w");

    text_json(out, text);
    ck_assert_int_eq(fclose(out), 0);
}

START_TEST(strings_of_json_escape_what_they_must)
{
    static const struct {
        const char *text;
        const char *string;
    } cases[] = {
        {"", "\"\""},
        {"a \"b\" \\ /", "\"a \\\"b\\\" \\\\ /\""},
        {"\n\033\177", "\"\\u000a\\u001b\\u007f\""},
        {"\302\233 caf\303\251 \342\200\250",
         "\"\\u009b caf\303\251 \\u2028\""},
        {"100%", "\"100%\""},
        {"caf\351", "\"bytes:caf%E9\""},
        {"\"\351\n100%", "\"bytes:\\\"%E9\\u000a100%25\""},
        {"bytes:a", "\"bytes:bytes:a\""},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char string[256];

        put_json(cases[i].text, string);
        ck_assert_str_eq(string, cases[i].string);
    }
}
END_TEST

START_TEST(the_way_back_takes_what_it_does_not_know_as_it_is)
{
    static const char *const pairs[][2] = {
        {"a%41", "a%41"},           {"bytes:", ""},
        {"bytes:%E9%", "\351%"},    {"bytes:%4", "%4"},
        {"bytes:%zz", "%zz"},       {"bytes:% 4", "% 4"},
        {"bytes:%00a", "%00a"},     {"bytes:%25E9", "%E9"},
        {"bytes:%e9", "\351"},      {"Bytes:%E9", "Bytes:%E9"},
        {"bytes:%-1%+1", "%-1%+1"}, {"bytes:%0x", "%0x"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char *text = text_from_json(pairs[i][0]);

        ck_assert_str_eq(text, pairs[i][1]);
        free(text);
    }
}
END_TEST

START_TEST(lines_are_clean_whatever_their_length)
{
    char *name = calloc(5000, 1);
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    memset(name, '\n', 4999);
    text_line(out, "%s: %d", name, 7);
    fclose(out);
    /* One word, wider than a line; then what follows it. */
    ck_assert_uint_eq(size, 4999 + 1 + strlen("\n    7\n"));
    ck_assert_str_eq(text + 4998, "?:\n    7\n");
    free(text);
    free(name);
}
END_TEST

TCase *
text_case(void)
{
    TCase *tcase = tcase_create("text");

    tcase_add_test(tcase, a_clean_text_has_every_character_but_what_controls);
    tcase_add_test(tcase, bytes_that_are_no_utf8_are_question_marks);
    tcase_add_test(tcase, strings_of_json_escape_what_they_must);
    tcase_add_test(tcase, the_way_back_takes_what_it_does_not_know_as_it_is);
    tcase_add_test(tcase, lines_are_clean_whatever_their_length);
    return tcase;
}
