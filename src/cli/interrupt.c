#include "config.h"

#include "cli/interrupt.h"

#include "cli/status.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

atomic_int interrupt_seen;

static void
note_signal(int signal)
{
    (void)signal;
    if (atomic_exchange(&interrupt_seen, 1) != 0)
        _exit(STATUS_INTERRUPTED);
}

void
interrupt_catch(void)
{
    /* No system call is to fail for it. */
    struct sigaction action = {.sa_handler = note_signal,
                               .sa_flags = SA_RESTART};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

atomic_int interrupt_untaken_trap;

static void
note_trap(int signal)
{
    (void)signal;
    atomic_store(&interrupt_untaken_trap, 1);
    atomic_store(&interrupt_seen, 1);
}

void
interrupt_catch_trap(void)
{
    struct sigaction action = {.sa_handler = note_trap};

    sigaction(SIGTRAP, &action, NULL);
}
