/* grader.c -- runs the claims of one exercise.
 *
 *   check_NAME RESULTS [FILE]
 *
 * writes a line for each claim to RESULTS: points got, points to be had, the
 * claim, and what is wrong, between tabs. */
#include "config.h"

#include "grader.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

const char *graded_file;

/* What the running test is at, in memory shared with its process. */
static char *at;
enum { AT_SIZE = 200 };

void
doing(const char *text)
{
    snprintf(at, AT_SIZE, "%s", text);
}

/* An endless loop that allocates must not take the machine with it. A
 * sanitizer's shadow is larger than any such limit. */
static void
limit_memory(void)
{
#ifndef SANITIZED
    const struct rlimit most = {.rlim_cur = (rlim_t)2 << 30,
                                .rlim_max = (rlim_t)2 << 30};

    setrlimit(RLIMIT_AS, &most);
#endif
}

/* The message on one line. */
static void
print_message(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc(*text == '\n' || *text == '\t' ? ' ' : *text, out);
}

/* What went wrong, in words: the test's own, or how its process ended. */
static void
print_wrong(FILE *out, TestResult *result)
{
    const char *message = tr_msg(result);
    const char *signal = strstr(message, "Received signal");

    if (tr_rtype(result) == CK_FAILURE) {
        print_message(out, message);
        return;
    }
    if (strstr(message, "timeout"))
        fprintf(out, "does not end");
    else if (signal)
        fprintf(out, "crashes: received signal%s",
                signal + strlen("Received signal"));
    else
        print_message(out, message);
    if (*at)
        fprintf(out, "; it was at: %s", at);
}

static void
run_claim(FILE *out, const struct claim *claim)
{
    Suite *suite = suite_create("exercise");
    TCase *tcase = tcase_create("claim");
    SRunner *runner = srunner_create(suite);
    TestResult **results;

    *at = '\0';
    tcase_add_test(tcase, *claim->test);
    tcase_set_timeout(tcase, CLAIM_SECONDS);
    suite_add_tcase(suite, tcase);
    srunner_set_fork_status(runner, CK_FORK);
    srunner_run_all(runner, CK_SILENT);
    results = srunner_results(runner);
    fprintf(out, "%d\t%d\t%s\t",
            tr_rtype(results[0]) == CK_PASS ? claim->points : 0, claim->points,
            claim->text);
    if (tr_rtype(results[0]) != CK_PASS)
        print_wrong(out, results[0]);
    fputc('\n', out);
    free(results);
    srunner_free(runner);
}

int
main(int argc, char **argv)
{
    FILE *out = argc > 1 ? fopen(argv[1], "w") : NULL;

    if (!out)
        die("cannot write the results");
    graded_file = argc > 2 ? argv[2] : NULL;
    at = mmap(NULL, AT_SIZE, PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        die("no memory to share with the tests");
    limit_memory();
    for (const struct claim *claim = claims; claim->text; claim++) {
        run_claim(out, claim);
        fflush(out); /* before the next one forks */
    }
    munmap(at, AT_SIZE);
    return fclose(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
