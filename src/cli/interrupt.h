/* interrupt.h -- SIGINT and SIGTERM: the first asks the run to end after its
 * step, the second, of either, ends the process at once. */
#ifndef PIPELAB_CLI_INTERRUPT_H
#define PIPELAB_CLI_INTERRUPT_H

#include <stdatomic.h>

/* Not 0 once the first has come. */
extern atomic_int interrupt_seen;

void
interrupt_catch(void);

/* Not 0 once a SIGTRAP has come that no debugger took; it also asks the run to
 * end. */
extern atomic_int interrupt_untaken_trap;

void
interrupt_catch_trap(void);

#endif
