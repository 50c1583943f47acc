/* words.h -- what the words of a call ask for. */
#ifndef PIPELAB_API_WORDS_H
#define PIPELAB_API_WORDS_H

#include "base/error.h"
#include "request/options.h"

/* A call that there is. */
enum answer {
    ANSWER_SCHEDULES,
    ANSWER_MAKE,
    ANSWER_LOWER,
    ANSWER_CHECK,
    ANSWER_SEARCH,
    ANSWER_SIMULATE,
    ANSWER_COMPARE,
    ANSWER_WHY,
    ANSWER_DRAW,
    ANSWERS
};

struct words {
    enum answer answer;
    struct options options;
    const char *at; /* why: the moment, or NULL for 0 */
    int rank;       /* why: of this rank's waiting, or -1 */
    bool rows;      /* simulate: the spans as rows of numbers */
    bool part;      /* simulate: the table lacks cells of the shape */
};

/* Reads the words of pipelab_call(); has_csv: a plan comes with them. The texts
 * are borrowed. False with the cause, in the words of the command line. */
bool
words_read(struct words *words, int count, const char *const texts[],
           bool has_csv, struct cause *cause);

#endif
