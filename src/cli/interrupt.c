#include "config.h"

#include "cli/interrupt.h"

#include <signal.h>
#include <stddef.h>

atomic_int interrupt_seen;

static void
note_signal(int signal)
{
    (void)signal;
    atomic_store(&interrupt_seen, 1);
}

void
interrupt_catch(void)
{
    struct sigaction action = {.sa_handler = note_signal};

    /* Once only, and without a system call failing for it. */
    action.sa_flags = (int)SA_RESETHAND | SA_RESTART;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}
