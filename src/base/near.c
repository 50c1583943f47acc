/* near.c -- compares a misspelt word with the names that there are. */
#include "config.h"

#include "base/near.h"

#include "base/larger.h"

#include <stdio.h>
#include <string.h>

/* No edits lead from a longer word, or to a longer name. */
enum { LONGEST = 40 };

enum { MOST_EDITS = 2, BEGINS, INSIDE, FAR };

/* Row i of the table has the distances of the word's first i letters to the
 * name's first 0, 1, 2, ... letters. */
static int64_t
edits(const char *word, int length, const char *name, int letters)
{
    int64_t d[LONGEST + 1][LONGEST + 1];

    for (int i = 0; i <= length; i++)
        for (int j = 0; j <= letters; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] =
                smaller_of(smaller_of(d[i - 1][j], d[i][j - 1]) + 1,
                           d[i - 1][j - 1] + (word[i - 1] != name[j - 1]));
            if (i > 1 && j > 1 && word[i - 1] == name[j - 2] &&
                word[i - 2] == name[j - 1])
                d[i][j] = smaller_of(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[length][letters];
}

static int64_t
farness(const char *word, size_t length, const char *name)
{
    size_t letters = strlen(name);

    if (length <= LONGEST && letters <= LONGEST) {
        int64_t count = edits(word, (int)length, name, (int)letters);

        if (count <= MOST_EDITS && 2 * count < (int64_t)letters)
            return count;
    }
    if (length <= letters && strncmp(name, word, length) == 0)
        return BEGINS;
    for (size_t at = 1; length >= 3 && at + length <= letters; at++)
        if (strncmp(name + at, word, length) == 0)
            return INSIDE;
    return FAR;
}

void
near_begin(struct near *near, const char *word, size_t length)
{
    *near = (struct near){.word = word, .length = length, .far = FAR};
}

void
near_try(struct near *near, const char *name)
{
    int64_t far = farness(near->word, near->length, name);

    if (far < near->far) {
        near->name = name;
        near->far = far;
    } else if (far == near->far) {
        near->name = NULL;
    }
}

const char *
near_see(const char *name, const char *dashes, char text[NEAR_TEXT])
{
    if (!name)
        return "see";
    snprintf(text, NEAR_TEXT, "did you mean %s%s? See", dashes, name);
    return text;
}
