/* wasm.c -- the library's door to a page: one buffer of words, one of CSV.
 *
 * Only the WebAssembly module has it; src/page/engine.js is the other side. */
#include "config.h"

#include "api/pipelab.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Room for a text that the page writes; pipelab_free() frees it. */
PIPELAB_EXPORT char *
pipelab_room(int size)
{
    return malloc((size_t)size);
}

/* pipelab_call() of words that stand one after the other, a NUL after each. */
PIPELAB_EXPORT char *
pipelab_call_words(int count, const char *texts, const char *csv)
{
    const char **words = memory_new((size_t)count, sizeof *words);
    char *result;

    for (int i = 0; i < count; i++, texts += strlen(texts) + 1)
        words[i] = texts;
    result = pipelab_call(count, words, csv);
    free(words);
    return result;
}
