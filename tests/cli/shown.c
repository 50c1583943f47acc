/* shown.c -- whether a document shows what a command prints.
 *
 *   shown [part] [measured] SHOWN PRINTED
 *
 * Both are files. Lines agree if their words and numbers do, to the last digit;
 * blanks in a row count as one, empty lines do not count. "..." in a shown line
 * stands for any words, as a line of its own for any lines. But these may
 * differ:
 *
 *   what training computes, in its last digit: the processor decides in which
 *   order products add up; means over an epoch by two percent
 *   hashes of weights
 *   with "measured" what a clock measured: decimal fractions, rates, cores,
 *   timelines
 *
 * With "part" the shown lines stand somewhere in the printed ones, one after
 * the other. Status 1, and the two texts, if they do not agree. */
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 4096, HASH = 16 };

struct text {
    char *lines[LINES];
    int count;
};

static bool part;
static bool measured;

static void
read_text(struct text *text, const char *path)
{
    FILE *in = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;

    if (!in) {
        perror(path);
        exit(2);
    }
    while (text->count < LINES && getline(&line, &room, in) >= 0) {
        line[strcspn(line, "\n")] = '\0';
        if (line[strspn(line, " \t")])
            text->lines[text->count++] = strdup(line);
    }
    free(line);
    fclose(in);
}

/* ---- numbers ---- */

/* Characters of the number that text begins with, 0 if there is none. */
static size_t
number_length(const char *text)
{
    size_t length = strspn(text, "0123456789");
    size_t more;

    if (length == 0)
        return 0;
    if (text[length] == '.' && isdigit((unsigned char)text[length + 1]))
        length += 1 + strspn(text + length + 1, "0123456789");
    if (text[length] == 'e' && strchr("+-", text[length + 1])) {
        more = strspn(text + length + 2, "0123456789");
        if (more > 0)
            length += 2 + more;
    }
    return length;
}

/* One unit of the last digit that a number shows. */
static double
unit_of(const char *number, size_t length)
{
    size_t mantissa = strcspn(number, "e");
    size_t whole = strspn(number, "0123456789");
    int exponent = mantissa < length ? atoi(number + mantissa + 1) : 0;

    if (mantissa > length)
        mantissa = length;
    return pow(10.0, exponent -
                         (whole < mantissa ? (int)(mantissa - whole) - 1 : 0));
}

/* What training computes, told by the words beside it. */
static bool
is_trained(const char *line)
{
    static const char *const words[] = {"loss",  "norm",     "learn",
                                        "adds ", "gradient", "accuracy"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(line, words[i]))
            return true;
    return false;
}

/* Whether the numbers a and b agree in a line. */
static bool
numbers_agree(const char *line, const char *a, size_t a_length, const char *b,
              size_t b_length)
{
    bool fraction = memchr(a, '.', a_length) || memchr(a, 'e', a_length);
    double unit = 1.01 * unit_of(a, a_length);
    double apart = fabs(strtod(a, NULL) - strtod(b, NULL));

    if (a_length == b_length && memcmp(a, b, a_length) == 0)
        return true;
    if (measured && fraction && strstr(line, "epoch "))
        return apart < 0.02 * strtod(a, NULL);
    if (is_trained(line) && fraction && (!measured || !strstr(line, " ms")))
        return apart <= unit;
    return measured &&
           (fraction || strncmp(a + a_length, " samples a second", 17) == 0 ||
            strncmp(a + a_length, " core", 5) == 0);
}

/* ---- lines ---- */

static bool
is_hash(const char *text)
{
    return strspn(text, "0123456789abcdef") == HASH &&
           !isalnum((unsigned char)text[HASH]);
}

/* In "0 1 1 0-3" of the table of stages the third is a core. */
static void
hide_core(char *line)
{
    int at = 0;
    int end = 0;
    int last = -1;

    sscanf(line, "%*d %*d %n%*[0-9-]%n %*d-%d", &at, &end, &last);
    if (last >= 0)
        memset(line + at, '#', (size_t)(end - at));
}

/* What a clock drew: "rank 0 ..F0 .B0---", a timeline, or "  rank 0, F: 1.2 ms",
 * one of the largest differences, whose rank it decides, too; and "0.28 | **", a
 * row of a long training's losses. */
static bool
is_drawn(const char *line)
{
    int at = 0;
    const char *plot = strchr(line, '|');

    if (plot && strspn(line, "0123456789.e- ") == (size_t)(plot - line))
        return strspn(plot, "|* ") == strlen(plot);
    sscanf(line, "rank %*d%n", &at);
    if (at == 0)
        return false;
    line += at;
    return *line == ',' ? strstr(line, " ms") != NULL
                        : strspn(line, "FBIWS0123456789.- ") == strlen(line) &&
                              (strpbrk(line, "FBIWS") || strstr(line, ".."));
}

static bool
rest_agrees(const char *line, const char *shown, const char *printed)
{
    while (*shown) {
        size_t a = number_length(shown);
        size_t b = number_length(printed);

        if (strncmp(shown, "...", 3) == 0 && strchr(" ", shown[3])) {
            for (const char *at = printed;; at++) {
                if (rest_agrees(line, shown + 3, at))
                    return true;
                if (*at == '\0')
                    return false;
            }
        } else if (is_hash(shown) && is_hash(printed)) {
            shown += HASH;
            printed += HASH;
        } else if (a > 0 && b > 0) {
            if (!numbers_agree(line, shown, a, printed, b))
                return false;
            shown += a;
            printed += b;
        } else if (*shown == ' ' && *printed == ' ') {
            shown += strspn(shown, " ");
            printed += strspn(printed, " ");
        } else if (*shown++ != *printed++) {
            return false;
        }
    }
    return printed[strspn(printed, " ")] == '\0';
}

static bool
lines_agree(const char *shown, const char *printed)
{
    char *a = strdup(shown + strspn(shown, " "));
    char *b = strdup(printed + strspn(printed, " "));
    bool agree;

    if (measured) {
        hide_core(a);
        hide_core(b);
    }
    agree = measured && is_drawn(a) ? is_drawn(b) : rest_agrees(a, a, b);
    free(a);
    free(b);
    return agree;
}

/* Whether the shown lines from i on agree with the printed ones from j on. */
static bool
texts_agree(const struct text *shown, int i, const struct text *printed, int j)
{
    for (; i < shown->count; i++, j++) {
        const char *line = shown->lines[i];

        if (strcmp(line + strspn(line, " "), "...") == 0) {
            for (; j <= printed->count; j++)
                if (texts_agree(shown, i + 1, printed, j))
                    return true;
            return false;
        }
        if (j == printed->count || !lines_agree(line, printed->lines[j]))
            return false;
    }
    return part || j == printed->count;
}

static void
print_text(const struct text *text, char mark)
{
    for (int i = 0; i < text->count; i++)
        printf("%c %s\n", mark, text->lines[i]);
}

int
main(int argc, char **argv)
{
    static struct text shown;
    static struct text printed;
    int word = 1;

    for (; word < argc - 2; word++) {
        part = part || strcmp(argv[word], "part") == 0;
        measured = measured || strcmp(argv[word], "measured") == 0;
    }
    if (argc < 3)
        return 2;
    read_text(&shown, argv[word]);
    read_text(&printed, argv[word + 1]);
    for (int j = 0; j <= (part ? printed.count : 0); j++)
        if (texts_agree(&shown, 0, &printed, j))
            return 0;
    print_text(&shown, '<');
    print_text(&printed, '>');
    return 1;
}
