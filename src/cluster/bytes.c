/* bytes.c -- reads sizes. */
#include "config.h"

#include "cluster/bytes.h"

#include <stdlib.h>
#include <string.h>

bool
bytes_parse(const char *text, double *bytes)
{
    static const struct {
        const char *name;
        double bytes;
    } units[] = {{"", 1.0},       {"B", 1.0},         {"kB", 1e3},
                 {"MB", 1e6},     {"GB", 1e9},        {"TB", 1e12},
                 {"KiB", 1024.0}, {"MiB", 1048576.0}, {"GiB", 0x1p30},
                 {"TiB", 0x1p40}};
    char *end;

    *bytes = strtod(text, &end);
    if (end == text || !(*bytes >= 0.0))
        return false;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++)
        if (strcmp(end, units[u].name) == 0) {
            *bytes *= units[u].bytes;
            return *bytes <= 1e18;
        }
    return false;
}
