/* commands.h -- one function a command; each returns the exit status. */
#ifndef PIPELAB_CLI_COMMANDS_H
#define PIPELAB_CLI_COMMANDS_H

#include "cli/options.h"

int
cmd_train(const struct options *options);
int
cmd_eval(const struct options *options);
int
cmd_schedule(const struct options *options);
int
cmd_simulate(const struct options *options);
int
cmd_compare(const struct options *options);
int
cmd_lab(const struct options *options);
int
cmd_step(const struct options *options);
int
cmd_bench(const struct options *options);

#endif
