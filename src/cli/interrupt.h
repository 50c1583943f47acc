/* interrupt.h -- the signals that ask a training to end.
 *
 * SIGINT and SIGTERM come from the user, SIGHUP from a terminal that closes,
 * SIGPIPE from a pipe whose reader has gone, SIGXFSZ from a file that may not
 * grow. The first signal asks the run to end after its step: it then saves,
 * reports and ends with 128 + the signal.
 *
 * A second SIGINT or SIGTERM ends the process at once. The first does so too
 * if the training computes nothing: see interrupt_watch(). */
#ifndef PIPELAB_CLI_INTERRUPT_H
#define PIPELAB_CLI_INTERRUPT_H

#include "train/trainer.h"

#include <stdatomic.h>
#include <stdbool.h>

/* The number of the first signal received, or 0. */
extern atomic_int interrupt_seen;

/* Signals that the program was started to ignore stay ignored. trainer is
 * borrowed until the process ends or interrupt_watch(false) is called. */
void
interrupt_catch(const struct trainer *trainer);

/* While on, a received signal ends the process if the trainer computes nothing
 * for two seconds and for twice its longest computation. Off while a
 * checkpoint is written, and after the training. */
void
interrupt_watch(bool on);

/* Without a debugger, SIGTRAP also asks the run to end. */
void
interrupt_catch_trap(void);

#endif
