/* search_watch.c -- shows how a search comes on, and lets Ctrl-C end it. */
#include "config.h"

#include "cli/search_watch.h"

#include "base/clock.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* Of the search that is under way; a process runs one at a time. */
static struct {
    bool watching;
    bool shown;
    int64_t began_ns;
    int64_t shown_ns;
    struct sigaction before; /* what SIGINT did */
} watch;

static volatile sig_atomic_t interrupted;

/* A search that is over at once shows no line; later it changes often enough
 * to be seen moving. */
enum { SHOWN_FROM_NS = 500 * 1000 * 1000, SHOWN_EVERY_NS = 200 * 1000 * 1000 };

static void
note_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

static void
catch_interrupt(void)
{
    /* The second one ends the process, as ever. */
    struct sigaction action = {.sa_handler = note_interrupt,
                               .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};

    if (sigaction(SIGINT, NULL, &watch.before) == 0 &&
        watch.before.sa_handler != SIG_IGN)
        sigaction(SIGINT, &action, NULL);
}

static void
show_search(double best, int64_t bound, struct time_unit unit, int64_t now)
{
    char least[COST_TEXT];

    if (now - watch.began_ns < SHOWN_FROM_NS ||
        now - watch.shown_ns < SHOWN_EVERY_NS || !isatty(STDERR_FILENO))
        return;
    watch.shown_ns = now;
    watch.shown = true;
    fprintf(stderr,
            "\r\033[Ksearching %.0f s: %.6g, lower bound %s; Ctrl-C takes the "
            "best",
            (double)(now - watch.began_ns) / 1e9, cost_in_units(best, unit),
            cost_text(bound, unit, least));
}

bool
search_watch_goes_on(double best, int64_t bound, struct time_unit unit)
{
    int64_t now = clock_wall_ns();

    if (!watch.watching) {
        watch.watching = true;
        watch.shown = false;
        watch.began_ns = now;
        interrupted = 0;
        catch_interrupt();
    }
    show_search(best, bound, unit, now);
    return !interrupted;
}

void
search_watch_end(void)
{
    if (!watch.watching)
        return;
    sigaction(SIGINT, &watch.before, NULL);
    if (watch.shown)
        fputs("\r\033[K", stderr);
    watch.watching = false;
}
