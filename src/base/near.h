/* near.h -- finds the name that a misspelt word was meant to be. */
#ifndef PIPELAB_BASE_NEAR_H
#define PIPELAB_BASE_NEAR_H

#include <stddef.h>
#include <stdint.h>

struct near {
    const char *word; /* its first length bytes; borrowed */
    size_t length;
    const char *name; /* the nearest so far; NULL if none, or two, are so */
    int64_t far;      /* how far the nearest are */
};

/* No name has been tried yet. */
void
near_begin(struct near *near, const char *word, size_t length);

/* Tries one more name, borrowed. Nearest first:
 *
 *   0 to 2  letters put in, left out, changed or swapped with the next one,
 *           each letter once (the optimal string alignment distance), if they
 *           are less than half of the name's letters
 *   3       the name begins with the word
 *   4       the word has three letters or more, and stands inside the name
 *
 * Any other name is not near. */
void
near_try(struct near *near, const char *name);

/* How a refusal goes on before what to look into: "did you mean simulate? See",
 * or "see" where the name is NULL. dashes: what an option has before its name,
 * or "". */
enum { NEAR_TEXT = 64 };
const char *
near_see(const char *name, const char *dashes, char text[NEAR_TEXT]);

#endif
