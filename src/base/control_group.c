/* control_group.c -- reads the memory limits of nested control groups.
 *
 *   membership, version 2: "0::/outer/inner"        under MOUNT
 *   membership, version 1: "4:memory:/outer/inner"  under MOUNT/memory
 *
 * In a container the path may be the one outside, of which only the end or
 * nothing is there; files that are not there have no limit. */
#include "config.h"

#include "base/control_group.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct version {
    const char *controllers; /* in the line of membership */
    const char *below;       /* the mount */
    const char *limit;
    const char *used;
    const char *inactive; /* file pages, in memory.stat */
    const char *active;
};

static const struct version versions[] = {
    {"", "", "memory.max", "memory.current", "inactive_file", "active_file"},
    {"memory", "/memory", "memory.limit_in_bytes", "memory.usage_in_bytes",
     "total_inactive_file", "total_active_file"},
};

/* The number in a file; `missing` where there is none ("max", no file). */
static size_t
control_group_read_number(const char *group, const char *name, size_t missing)
{
    char path[PATH_MAX];
    size_t number;
    FILE *in;

    if ((size_t)snprintf(path, sizeof path, "%s/%s", group, name) >=
            sizeof path ||
        !(in = fopen(path, "re")))
        return missing;
    if (fscanf(in, "%zu", &number) != 1)
        number = missing;
    fclose(in);
    return number;
}

static size_t
file_pages(const char *group, const struct version *version)
{
    char path[PATH_MAX];
    char key[64];
    size_t number;
    size_t pages = 0;
    FILE *in;

    if ((size_t)snprintf(path, sizeof path, "%s/memory.stat", group) >=
            sizeof path ||
        !(in = fopen(path, "re")))
        return 0;
    while (fscanf(in, "%63s %zu", key, &number) == 2)
        if (strcmp(key, version->inactive) == 0 ||
            strcmp(key, version->active) == 0)
            pages += number;
    fclose(in);
    return pages;
}

static size_t
group_left(const char *group, const struct version *version)
{
    size_t limit = control_group_read_number(group, version->limit, SIZE_MAX);
    size_t used = control_group_read_number(group, version->used, 0);
    size_t pages;

    if (limit == SIZE_MAX)
        return SIZE_MAX;
    pages = file_pages(group, version);
    used = used > pages ? used - pages : 0;
    return limit > used ? limit - used : 0;
}

/* Of the group at the path and all around it, up to the mount. */
static size_t
least_left(const char *mount, const struct version *version, const char *path)
{
    char group[PATH_MAX];
    size_t root = strlen(mount) + strlen(version->below);
    size_t least = SIZE_MAX;

    if ((size_t)snprintf(group, sizeof group, "%s%s%s", mount, version->below,
                         path) >= sizeof group)
        return SIZE_MAX;
    for (;;) {
        size_t left = group_left(group, version);
        char *slash = strrchr(group, '/');

        if (left < least)
            least = left;
        if (strlen(group) <= root || !slash)
            return least;
        *slash = '\0';
    }
}

/* Whether a line names the controllers: "N:CONTROLLERS:PATH". */
static const char *
path_of(char *line, const char *controllers)
{
    char *names = strchr(line, ':');
    char *path = names ? strchr(names + 1, ':') : NULL;

    if (!path)
        return NULL;
    *path++ = '\0';
    path[strcspn(path, "\n")] = '\0';
    return strcmp(names + 1, controllers) == 0 ? path : NULL;
}

size_t
control_group_left(const char *membership, const char *mount)
{
    size_t least = SIZE_MAX;

    for (size_t v = 0; v < sizeof versions / sizeof *versions; v++) {
        char line[PATH_MAX];
        FILE *in = fopen(membership, "re");

        while (in && fgets(line, sizeof line, in)) {
            const char *path = path_of(line, versions[v].controllers);
            size_t left =
                path ? least_left(mount, &versions[v], path) : SIZE_MAX;

            if (left < least)
                least = left;
        }
        if (in)
            fclose(in);
    }
    return least;
}
