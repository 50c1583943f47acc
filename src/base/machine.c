#include "config.h"

#include "base/machine.h"

#include "base/memory.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* Bytes that count against a limit, and the limit itself. */
struct budget {
    const char *owner;
    size_t used;
    size_t most; /* SIZE_MAX: unlimited */
};

enum { BUDGETS = 4 };

/* What this process has of each: nothing, where the system does not say. */
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

static size_t
physical_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES);

    return pages > 0 ? memory_times((size_t)pages, page_size()) : SIZE_MAX;
}

/* Not a number, but "max", where there is no limit. */
static size_t
group_limit(void)
{
    FILE *in = fopen("/sys/fs/cgroup/memory.max", "r");
    size_t most;

    if (!in)
        return SIZE_MAX;
    if (fscanf(in, "%zu", &most) != 1)
        most = SIZE_MAX;
    fclose(in);
    return most;
}

/* Of what getrlimit() returned and filled in. */
static size_t
resource_limit(int failed, const struct rlimit *limit)
{
    if (failed || limit->rlim_cur == RLIM_INFINITY)
        return SIZE_MAX;
    return (size_t)limit->rlim_cur;
}

static size_t
left_of(const struct budget *budget)
{
    if (budget->most == SIZE_MAX)
        return SIZE_MAX;
    return budget->most > budget->used ? budget->most - budget->used : 0;
}

char *
machine_size(size_t bytes, char text[MACHINE_SIZE_MAX])
{
    static const char units[] = "KMGTPE";
    double size = (double)bytes / 1024;
    int unit = 0;

    while (size >= 1024 && units[unit + 1]) {
        size /= 1024;
        unit++;
    }
    snprintf(text, MACHINE_SIZE_MAX, "%.1f %ciB", size, units[unit]);
    return text;
}

bool
machine_has(size_t bytes, const char *what, const char *remedy,
            struct cause *cause)
{
    struct usage usage = usage_now();
    struct rlimit space;
    struct rlimit data;
    const struct budget budgets[BUDGETS] = {
        {"this machine", usage.resident, physical_memory()},
        {"the control group", usage.resident, group_limit()},
        {"ulimit -v", usage.space,
         resource_limit(getrlimit(RLIMIT_AS, &space), &space)},
        {"ulimit -d", usage.data,
         resource_limit(getrlimit(RLIMIT_DATA, &data), &data)},
    };
    const struct budget *least = &budgets[0];
    char sizes[2][MACHINE_SIZE_MAX];

    for (int i = 1; i < BUDGETS; i++)
        if (left_of(&budgets[i]) < left_of(least))
            least = &budgets[i];
    if (bytes <= left_of(least))
        return true;
    return fail(cause,
                "not enough memory for %.200s: %s needed, %s has %s left; %s",
                what, machine_size(bytes, sizes[0]), least->owner,
                machine_size(left_of(least), sizes[1]), remedy);
}
