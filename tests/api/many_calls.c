/* many_calls.c -- calls libpipelab.so COUNT times in each of THREADS threads,
 * all kinds of calls in turn, also such as are refused: for valgrind, which
 * sees what they lose, use undefined or touch without a lock.
 *
 * Usage: many_calls COUNT THREADS */
#include "api/pipelab.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MOST = 8, THREADS_MOST = 16 };

static const struct {
    const char *words[WORDS_MOST];
    const char *csv;
    const char *wanted; /* stands in the answer */
} calls[] = {
    {{"schedules", "--stages=4"}, NULL, "\"gpipe\""},
    {{"make", "--schedule=zb1p"}, NULL, "\"csv\""},
    {{"lower", "--ranks=2", "--stages=4"}, NULL, "SEND_F0"},
    {{"check"}, "0F0,0B0\n1F0,1B0\n", "\"messages\": 2"},
    {{"search", "--stages=2", "--microbatches=3"}, NULL, "\"lower_bound\""},
    {{"simulate", "--schedule=dualpipe", "--rows"}, NULL, "\"overlaps\""},
    {{"simulate", "--steps=3", "--latency=2", "--jitter=0.1"},
     NULL,
     "\"period\""},
    {{"compare", "--stages=4", "--microbatches=4"}, NULL, "\"schedules\""},
    {{"why", "--schedule=gpipe", "--at=3", "--rank=0"}, NULL, "\"path\""},
    {{"draw", "--schedule=chimera"}, NULL, "<svg"},
    {{"fly"}, NULL, "\"status\": 2"},
    {{"simulate", "--model=/nonexistent"}, NULL, "\"error\""},
    {{"simulate", "--cost=F=x"}, NULL, "\"error\""},
    {{"check"}, "0F0,0X0\n", "\"status\": 3"},
    {{"check"}, "0F0,0B0\n1B0,1F0\n", "\"stops\""},
    {{"check"}, "0F0,0B0,0F1,0B1\n1F0,1F1,1B0,1B1\n", "\"circle\""},
    {{"simulate", "--capacity=0"}, NULL, "\"status\": 4"},
};

static int count;

static void
call_one(size_t which)
{
    int words = 0;
    char *answer;

    while (words < WORDS_MOST && calls[which].words[words])
        words++;
    answer = pipelab_call(words, calls[which].words, calls[which].csv);
    if (!answer || !strstr(answer, calls[which].wanted)) {
        fprintf(stderr, "%s, call %zu: %.300s\n", calls[which].words[0], which,
                answer ? answer : "no answer");
        exit(1);
    }
    pipelab_free(answer);
}

static void *
call_many(void *unused)
{
    (void)unused;
    for (int i = 0; i < count; i++)
        call_one((size_t)i % (sizeof calls / sizeof *calls));
    return NULL;
}

int
main(int argc, char **argv)
{
    pthread_t threads[THREADS_MOST];
    int wanted = argc == 3 ? atoi(argv[2]) : 0;

    if (wanted < 1 || wanted > THREADS_MOST) {
        fprintf(stderr, "usage: many_calls COUNT THREADS\n");
        return 2;
    }
    count = atoi(argv[1]);
    for (int i = 0; i < wanted; i++)
        if (pthread_create(&threads[i], NULL, call_many, NULL) != 0)
            return 1;
    for (int i = 0; i < wanted; i++)
        pthread_join(threads[i], NULL);
    printf("%d calls in each of %d threads\n", count, wanted);
    return 0;
}
