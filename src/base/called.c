/* called.c -- puts the name by which the program was called into the commands
 * that it prints. */
#include "config.h"

#include "base/called.h"

#include "base/memory.h"
#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char own[] = "pipelab";
static char called[1024] = "pipelab"; /* as a word for the shell */

void
called_set(const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+-";
    size_t length = name ? strlen(name) : 0;

    /* Too long to be read in a sentence, or not to be put in simple quotes. */
    if (length == 0 || length > sizeof called - 3 || strchr(name, '\''))
        return;
    snprintf(called, sizeof called, name[strspn(name, plain)] ? "'%s'" : "%s",
             name);
    text_clean(called);
}

/* Whether a command begins at a place in a text: the name, a blank, and a word
 * of letters or an option. */
static bool
begins_command(const char *text, const char *at)
{
    size_t length = sizeof own - 1;

    return strncmp(at, own, length) == 0 && at[length] == ' ' &&
           (isalpha((unsigned char)at[length + 1]) || at[length + 1] == '-') &&
           (at == text || strchr(" \n\"", at[-1]));
}

char *
called_text(const char *text)
{
    size_t room = strlen(text) / sizeof own * strlen(called) + strlen(text);
    char *copy = memory_new(room + 1, 1);
    char *to = copy;

    while (*text) {
        const char *next = text;

        while (*next && !begins_command(text, next))
            next++;
        memcpy(to, text, (size_t)(next - text));
        to += next - text;
        text = next;
        if (*text) {
            to += sprintf(to, "%s ", called);
            text += sizeof own;
        }
    }
    *to = '\0';
    return copy;
}

void
called_print(FILE *out, const char *text)
{
    char *copy = called_text(text);

    fputs(copy, out);
    free(copy);
}
