/* list.h -- reads the numbers of the command line, and its lists: "a,b,c" and
 * "K=V,K=V". */
#ifndef PIPELAB_BASE_LIST_H
#define PIPELAB_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* An item or a part of one, borrowed from the list. */
struct list_item {
    const char *text; /* the item and what follows it in the list */
    size_t length;    /* of the item alone */
};

/* Takes the next item off *list, which is NULL behind the last. An empty list
 * has one empty item. */
bool
list_next(const char **list, struct list_item *item);

/* Cuts "K=V" at its first '=': item becomes the V. False, with an empty key and
 * the item as it is, if there is no '='. */
bool
list_cut(struct list_item *item, struct list_item *key);

/* Whether the item is the word, to the letter. */
bool
list_is(const struct list_item *item, const char *word);

/* Reads a whole number from least to most; false if the text is none, or begins
 * with a blank. */
bool
list_one_whole(const char *text, long long least, long long most,
               long long *number);

/* Reads a number, which may be infinite or NaN; false if the item is none. */
bool
list_real(const struct list_item *item, double *number);

/* Reads a list of whole numbers, each from least to most, the first room of
 * them into numbers[]. Returns how many there are; 0 if one is wrong, which
 * *wrong then begins with. */
int
list_wholes(const char *list, int least, int most, int numbers[], int room,
            const char **wrong);

#endif
