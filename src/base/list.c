/* list.c -- cuts lists at their commas and reads the numbers between. */
#include "config.h"

#include "base/list.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool
list_next(const char **list, struct list_item *item)
{
    if (!*list)
        return false;
    *item = (struct list_item){*list, strcspn(*list, ",")};
    *list = item->text[item->length] ? item->text + item->length + 1 : NULL;
    return true;
}

bool
list_cut(struct list_item *item, struct list_item *key)
{
    const char *equals = memchr(item->text, '=', item->length);

    *key = (struct list_item){item->text, 0};
    if (!equals)
        return false;
    key->length = (size_t)(equals - item->text);
    item->text = equals + 1;
    item->length -= key->length + 1;
    return true;
}

bool
list_is(const struct list_item *item, const char *word)
{
    return strlen(word) == item->length &&
           memcmp(item->text, word, item->length) == 0;
}

/* strtoll() and strtod() stop where the item ends: a comma is no part of a
 * number. */
static bool
is_read(const struct list_item *item, const char *end)
{
    return end != item->text && end == item->text + item->length;
}

static bool
list_whole(const struct list_item *item, long long least, long long most,
           long long *number)
{
    char *end;

    errno = 0;
    *number = strtoll(item->text, &end, 10);
    return is_read(item, end) && errno == 0 && *number >= least &&
           *number <= most;
}

bool
list_one_whole(const char *text, long long least, long long most,
               long long *number)
{
    struct list_item all = {text, strlen(text)};

    return !isspace((unsigned char)*text) &&
           list_whole(&all, least, most, number);
}

bool
list_real(const struct list_item *item, double *number)
{
    char *end;

    *number = strtod(item->text, &end);
    return is_read(item, end);
}

int
list_wholes(const char *list, int least, int most, int numbers[], int room,
            const char **wrong)
{
    int count = 0;

    for (struct list_item item; list_next(&list, &item); count++) {
        long long number;

        if (!list_whole(&item, least, most, &number)) {
            *wrong = item.text;
            return 0;
        }
        if (count < room)
            numbers[count] = (int)number;
    }
    return count;
}
