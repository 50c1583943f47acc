/* machine.c -- asks the system how much memory is left under each limit. */
#include "config.h"

#include "base/machine.h"
#include "base/text.h"

#include "base/control_group.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* What one limit leaves. Some limits are on memory that is used, some on the
 * address space, also where no page of it is ever used. */
struct budget {
    const char *owner;
    bool counts_space;
    size_t left; /* SIZE_MAX: unlimited */
};

enum { BUDGETS = 5 };

/* What this process has of each, or nothing where the system does not say. */
struct usage {
    size_t space;
    size_t resident;
    size_t data;
};

static size_t
page_size(void)
{
    long size = sysconf(_SC_PAGESIZE);

    return size > 0 ? (size_t)size : 1;
}

static struct usage
usage_now(void)
{
    struct usage usage = {0};
    FILE *in = fopen("/proc/self/statm", "r");

    if (!in)
        return usage;
    if (fscanf(in, "%zu %zu %*u %*u %*u %zu", &usage.space, &usage.resident,
               &usage.data) != 3)
        usage = (struct usage){0};
    fclose(in);
    usage.space *= page_size();
    usage.resident *= page_size();
    usage.data *= page_size();
    return usage;
}

/* What is left of most. */
static size_t
minus(size_t most, size_t used)
{
    if (most == SIZE_MAX)
        return SIZE_MAX;
    return most > used ? most - used : 0;
}

/* Bytes of an entry of /proc/meminfo, or `missing`. */
static size_t
meminfo(const char *name, size_t missing)
{
    FILE *in = fopen("/proc/meminfo", "r");
    char line[128];
    size_t length = strlen(name);
    size_t bytes = missing;

    while (in && fgets(line, sizeof line, in))
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            bytes = memory_times(strtoull(line + length + 1, NULL, 10), 1024);
    if (in)
        fclose(in);
    return bytes;
}

/* What other processes hold counts; where that is unknown, only what this one
 * does. */
static size_t
machine_left(const struct usage *usage)
{
    size_t available = meminfo("MemAvailable", SIZE_MAX);
    long pages = sysconf(_SC_PHYS_PAGES);

    if (available < SIZE_MAX)
        return memory_plus(available, meminfo("SwapFree", 0));
    return minus(pages > 0 ? memory_times((size_t)pages, page_size())
                           : SIZE_MAX,
                 usage->resident);
}

/* Where the system promises no more memory than it has. */
static size_t
promises_left(void)
{
    FILE *in = fopen("/proc/sys/vm/overcommit_memory", "r");
    int mode = 0;

    if (in) {
        if (fscanf(in, "%d", &mode) != 1)
            mode = 0;
        fclose(in);
    }
    return mode == 2 ? minus(meminfo("CommitLimit", SIZE_MAX),
                             meminfo("Committed_AS", 0))
                     : SIZE_MAX;
}

/* Of what getrlimit() returned and filled in. */
static size_t
resource_limit(int failed, const struct rlimit *limit)
{
    if (failed || limit->rlim_cur == RLIM_INFINITY)
        return SIZE_MAX;
    return (size_t)limit->rlim_cur;
}

size_t
machine_stack_space(void)
{
    enum { USUAL = 8 << 20 };
    struct rlimit stack;
    size_t most = resource_limit(getrlimit(RLIMIT_STACK, &stack), &stack);

    return most < SIZE_MAX ? most + page_size() : USUAL;
}

static size_t
needed_of(struct machine_need need, const struct budget *budget)
{
    return budget->counts_space ? memory_plus(need.bytes, need.space)
                                : need.bytes;
}

bool
machine_has(struct machine_need need, const char *what, const char *remedy,
            struct cause *cause)
{
    struct usage usage = usage_now();
    struct rlimit space;
    struct rlimit data;
    const struct budget budgets[BUDGETS] = {
        {"this machine", false, machine_left(&usage)},
        {"the control group", false,
         control_group_left("/proc/self/cgroup", "/sys/fs/cgroup")},
        {"the machine's commit limit", true, promises_left()},
        {"ulimit -v", true,
         minus(resource_limit(getrlimit(RLIMIT_AS, &space), &space),
               usage.space)},
        {"ulimit -d", true,
         minus(resource_limit(getrlimit(RLIMIT_DATA, &data), &data),
               usage.data)},
    };
    const struct budget *least = NULL;
    char sizes[2][TEXT_SIZE_MAX];

    for (int i = 0; i < BUDGETS; i++)
        if (needed_of(need, &budgets[i]) > budgets[i].left &&
            (!least || budgets[i].left < least->left))
            least = &budgets[i];
    if (!least)
        return true;
    return fail(cause,
                "not enough memory for %.200s: %s needed, %s has %s left; %s",
                what, text_size(needed_of(need, least), sizes[0]),
                least->owner, text_size(least->left, sizes[1]), remedy);
}
