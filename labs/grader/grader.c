/* grader.c -- runs the claims of one exercise.
 *
 *   check_NAME RESULTS SECONDS [FILE]
 *
 *   this process  --fork--> a claim's: the test, the student's code
 *        ^                      |
 *        +-- pipe: a secret if the test has returned, else what is wrong
 *
 * A claim counts if the secret comes back. It is another one each time; the
 * student's code is handed neither it nor the pipe, and an exit of any status
 * brings no secret. The results are written when no claim's process is left: a
 * line a claim, between tabs: points got, points to be had, claim, what is
 * wrong. The status is 0 then. */
#include "config.h"

#include "grader.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_OURS = 125 }; /* the fault is the grader's */
enum { MOST_CLAIMS = 10, SECRET_SIZE = 16, SAID_SIZE = 2000, AT_SIZE = 200 };

struct secret {
    char bytes[SECRET_SIZE];
};

/* How a claim's process ended. */
struct ending {
    char said[SAID_SIZE]; /* by way of the pipe; 0 behind it */
    size_t length;
    bool in_time;
    int status; /* of waitpid() */
};

struct result {
    bool holds;
    char wrong[SAID_SIZE + AT_SIZE + 100];
};

const char *graded_file;

/* What the running test is at, in memory shared with its process. */
static char *at;

/* Where a claim's process says how it went. */
static int report;

_Noreturn static void
stop(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(STATUS_OURS);
}

void
doing(const char *text)
{
    snprintf(at, AT_SIZE, "%s", text);
}

/* ---- in the claim's process ---- */

static void
say(const char *bytes, size_t count)
{
    if (write(report, bytes, count) != (ssize_t)count)
        stop("cannot say how it went");
}

_Noreturn void
ck_abort_msg(const char *format, ...)
{
    char text[SAID_SIZE];
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    say(text, length < SAID_SIZE ? (size_t)length : SAID_SIZE - 1);
    exit(EXIT_SUCCESS);
}

/* The secret is on this function's stack alone. */
_Noreturn static void
be_claim(const struct claim *claim, struct secret secret)
{
    /* What the student prints before a crash is not lost. */
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("-- %s\n", claim->text);
    claim->test();
    say(secret.bytes, sizeof secret.bytes);
    /* A sanitizer may have a last word, by its exit status. */
    exit(EXIT_SUCCESS);
}

/* ---- in this process ---- */

static struct secret
new_secret(void)
{
    struct secret secret;
    int random = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

    if (random < 0 || read(random, secret.bytes, sizeof secret.bytes) !=
                          (ssize_t)sizeof secret.bytes)
        stop("/dev/urandom");
    close(random);
    return secret;
}

/* Reads what the process says until it ends or its time is up. */
static void
listen_to(int pipe_end, int seconds, struct ending *ending)
{
    int64_t until = clock_wall_ns() + seconds * INT64_C(1000000000);
    ssize_t got = 1;

    *ending = (struct ending){.in_time = true};
    while (got > 0 && ending->length < SAID_SIZE - 1) {
        struct pollfd in = {.fd = pipe_end, .events = POLLIN};
        int64_t left_ms = (until - clock_wall_ns()) / 1000000;

        if (left_ms <= 0 || poll(&in, 1, (int)left_ms) == 0) {
            ending->in_time = false;
            return;
        }
        got = read(pipe_end, ending->said + ending->length,
                   SAID_SIZE - 1 - ending->length);
        if (got > 0)
            ending->length += (size_t)got;
    }
}

static void
run_test(const struct claim *claim, struct secret secret, int seconds,
         struct ending *ending)
{
    int ends[2];
    pid_t child;

    *at = '\0';
    if (pipe(ends) != 0)
        stop("pipe");
    child = fork();
    if (child < 0)
        stop("fork");
    if (child == 0) {
        close(ends[0]);
        report = ends[1];
        be_claim(claim, secret);
    }
    close(ends[1]);
    listen_to(ends[0], seconds, ending);
    close(ends[0]);
    kill(child, SIGKILL);
    if (waitpid(child, &ending->status, 0) != child)
        stop("waitpid");
}

/* In words; not for a claim that holds. */
static void
explain(const struct ending *ending, char *text, size_t size)
{
    int length;

    if (ending->length > 0) {
        snprintf(text, size, "%s", ending->said);
        return;
    }
    if (!ending->in_time)
        length = snprintf(text, size, "does not end");
    else if (WIFSIGNALED(ending->status))
        length = snprintf(text, size, "crashes: received signal %d (%s)",
                          WTERMSIG(ending->status),
                          strsignal(WTERMSIG(ending->status)));
    else if (WEXITSTATUS(ending->status) == 0)
        length = snprintf(text, size, "ends the program instead of returning");
    else /* memory is at an end, or a sanitizer has found something */
        length = snprintf(text, size,
                          "ends early, with status %d; what it has printed "
                          "says why",
                          WEXITSTATUS(ending->status));
    if (*at)
        snprintf(text + length, size - (size_t)length, "; it was at: %.*s",
                 AT_SIZE, at);
}

static void
run_claim(const struct claim *claim, int seconds, struct result *result)
{
    struct secret secret = new_secret();
    struct ending ending;
    bool returned;

    run_test(claim, secret, seconds, &ending);
    returned = ending.length == sizeof secret.bytes &&
               memcmp(ending.said, secret.bytes, sizeof secret.bytes) == 0;
    result->holds = returned && ending.in_time && ending.status == 0;
    if (result->holds)
        return;
    if (returned)
        ending.length = 0;
    explain(&ending, result->wrong, sizeof result->wrong);
}

/* The message on one line. */
static void
print_message(FILE *out, const char *text)
{
    for (; *text; text++)
        fputc(*text == '\n' || *text == '\t' ? ' ' : *text, out);
}

static bool
write_results(const char *name, const struct result results[])
{
    FILE *out = fopen(name, "w");

    if (!out)
        return false;
    for (int c = 0; claims[c].text; c++) {
        fprintf(out, "%d\t%d\t%s\t", results[c].holds ? claims[c].points : 0,
                claims[c].points, claims[c].text);
        print_message(out, results[c].wrong);
        fputc('\n', out);
    }
    return fclose(out) == 0;
}

/* Our own mistakes. */
static void
must_be_ten_points(void)
{
    int points = 0;
    int count = 0;

    for (; count < MOST_CLAIMS && claims[count].text; count++)
        points += claims[count].points;
    if (points == 10 && !claims[count].text)
        return;
    fprintf(stderr, "the claims must be %d at most, of 10 points\n",
            MOST_CLAIMS);
    exit(STATUS_OURS);
}

int
main(int argc, char **argv)
{
    static struct result results[MOST_CLAIMS];

    if (argc < 3) {
        fputs("Usage: check_NAME RESULTS SECONDS [FILE]\n", stderr);
        return EXIT_FAILURE;
    }
    must_be_ten_points();
    graded_file = argc > 3 ? argv[3] : NULL;
    at = mmap(NULL, AT_SIZE, PROT_READ | PROT_WRITE,
              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        stop("no memory to share with the claims");
    for (int c = 0; claims[c].text; c++)
        run_claim(&claims[c], atoi(argv[2]), &results[c]);
    if (!write_results(argv[1], results))
        stop(argv[1]);
    return EXIT_SUCCESS;
}
