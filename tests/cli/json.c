/* json.c -- proves that stdin is one JSON value (RFC 8259) and prints the text
 * of a top-level member:
 *
 *   json            status 0 if valid
 *   json NAME       prints the member's text, strings without quotes */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *at;

static bool
value(void);

static void
blanks(void)
{
    at += strspn(at, " \t\r\n");
}

static bool
token(const char *text)
{
    size_t length = strlen(text);

    if (strncmp(at, text, length) != 0)
        return false;
    at += length;
    return true;
}

static bool
digits(void)
{
    size_t length = strspn(at, "0123456789");

    at += length;
    return length > 0;
}

static bool
number(void)
{
    token("-");
    if (*at == '0' && isdigit((unsigned char)at[1]))
        return false;
    if (!digits())
        return false;
    if (token(".") && !digits())
        return false;
    if (token("e") || token("E")) {
        if (!token("+"))
            token("-");
        return digits();
    }
    return true;
}

static bool
string(void)
{
    if (!token("\""))
        return false;
    while (*at && *at != '"') {
        if ((unsigned char)*at < 0x20)
            return false;
        if (*at++ != '\\')
            continue;
        if (*at == 'u') {
            if (strspn(at + 1, "0123456789abcdefABCDEF") < 4)
                return false;
            at += 5;
        } else if (*at && strchr("\"\\/bfnrt", *at)) {
            at++;
        } else {
            return false;
        }
    }
    return token("\"");
}

static bool
members(char close, bool keys)
{
    char end[2] = {close, '\0'};

    blanks();
    if (token(end))
        return true;
    do {
        blanks();
        if (keys) {
            if (!string())
                return false;
            blanks();
            if (!token(":"))
                return false;
        }
        if (!value())
            return false;
        blanks();
    } while (token(","));
    return token(end);
}

static bool
value(void)
{
    blanks();
    if (token("{"))
        return members('}', true);
    if (token("["))
        return members(']', false);
    if (*at == '"')
        return string();
    return token("true") || token("false") || token("null") || number();
}

/* The text of a valid object's member. */
static bool
print_member(const char *text, const char *name)
{
    size_t length = strlen(name);

    at = text;
    blanks();
    if (!token("{"))
        return false;
    do {
        const char *key;
        const char *start;
        bool found;

        blanks();
        key = at + 1;
        if (!string())
            return false;
        found = (size_t)(at - 1 - key) == length &&
                strncmp(key, name, length) == 0;
        blanks();
        token(":");
        blanks();
        start = at;
        value();
        if (found) {
            bool quoted = *start == '"';

            printf("%.*s\n", (int)(at - start - 2 * quoted), start + quoted);
            return true;
        }
        blanks();
    } while (token(","));
    return false;
}

int
main(int argc, char **argv)
{
    static char text[1 << 24];
    size_t length = fread(text, 1, sizeof text - 1, stdin);

    text[length] = '\0';
    at = text;
    if (!value())
        return EXIT_FAILURE;
    blanks();
    if (*at || strlen(text) != length)
        return EXIT_FAILURE;
    return argc < 2 || print_member(text, argv[1]) ? EXIT_SUCCESS
                                                   : EXIT_FAILURE;
}
