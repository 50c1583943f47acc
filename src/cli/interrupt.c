/* interrupt.c -- turns signals into a request to end, and ends what does not
 * listen. */
#include "config.h"

#include "cli/interrupt.h"

#include "request/status.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

enum { QUIET_SECONDS = 2 };

atomic_int interrupt_seen;

static const struct trainer *watched;    /* set before any handler is */
static atomic_bool watching;             /* else it may be gone */
static _Atomic int64_t done_before = -1; /* computations, a second ago */
static atomic_int quiet;                 /* seconds without a computation */

/* Returns whether it is the first signal. */
static bool
interrupt_note_signal(int signal)
{
    int none = 0;

    return atomic_compare_exchange_strong(&interrupt_seen, &none, signal);
}

static void
note_and_watch(int signal)
{
    if (interrupt_note_signal(signal))
        alarm(1);
}

/* The user's signal: a second one means it. */
static void
note_request(int signal)
{
    if (atomic_load(&interrupt_seen) != 0)
        _exit(STATUS_SIGNAL + signal);
    note_and_watch(signal);
}

static _Noreturn void
end_standstill(void)
{
    static const char line[] =
        "pipelab: interrupted while nothing moves; ends without saving\n";

    (void)!write(STDERR_FILENO, line, sizeof line - 1);
    _exit(STATUS_SIGNAL + atomic_load(&interrupt_seen));
}

/* Once a second after the first signal. */
static void
interrupt_look(int signal)
{
    struct progress now = {0};

    (void)signal;
    if (atomic_load(&watching))
        now = trainer_progress(watched);
    if (!atomic_load(&watching) || now.done != atomic_load(&done_before)) {
        atomic_store(&done_before, now.done);
        atomic_store(&quiet, 0);
    } else if (atomic_fetch_add(&quiet, 1) + 1 >=
               QUIET_SECONDS + 2 * (now.longest_ns / 1000000000)) {
        end_standstill();
    }
    alarm(1);
}

static void
catch_signal(int signal, void (*handler)(int))
{
    /* No system call is to fail for it. */
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

    sigaction(signal, &action, NULL);
}

static void
catch_unless_ignored(int signal, void (*handler)(int))
{
    struct sigaction inherited;

    if (sigaction(signal, NULL, &inherited) == 0 &&
        inherited.sa_handler != SIG_IGN)
        catch_signal(signal, handler);
}

void
interrupt_catch(const struct trainer *trainer)
{
    watched = trainer;
    catch_signal(SIGALRM, interrupt_look);
    catch_unless_ignored(SIGINT, note_request);
    catch_unless_ignored(SIGTERM, note_request);
    catch_unless_ignored(SIGHUP, note_and_watch);
    catch_unless_ignored(SIGPIPE, note_and_watch);
    catch_unless_ignored(SIGXFSZ, note_and_watch);
}

void
interrupt_watch(bool on)
{
    atomic_store(&watching, on);
}

static void
note_trap(int signal)
{
    interrupt_note_signal(signal);
}

void
interrupt_catch_trap(void)
{
    struct sigaction action = {.sa_handler = note_trap};

    sigaction(SIGTRAP, &action, NULL);
}
