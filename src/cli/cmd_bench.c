#include "config.h"

#include "cli/commands.h"

int
cmd_bench(const struct options *options)
{
    (void)options;
    return 0;
}
