/* neighbour.c -- a child process that keeps all cores busy until told to
 * end. */
#include "config.h"

#include "bench/neighbour.h"

#include "base/error.h"
#include "runtime/cores.h"
#include "runtime/pinned_threads.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the threads of the child share. */
struct burning {
    int cores;
    int line;
    atomic_bool over;
};

static ssize_t
read_byte(int line)
{
    char byte;
    ssize_t got;

    do
        got = read(line, &byte, 1);
    while (got < 0 && errno == EINTR);
    return got;
}

/* One thread a core computes; the last waits for the end. */
static void
burn(void *context, int i)
{
    struct burning *burning = context;
    volatile double x = 1.0;

    if (i < burning->cores) {
        while (!atomic_load_explicit(&burning->over, memory_order_relaxed))
            x = x * 0.5 + 1.0;
        return;
    }
    if (write(burning->line, "", 1) == 1)
        read_byte(burning->line);
    atomic_store(&burning->over, true);
}

static void
keep_cores_busy(int line)
{
    struct burning burning = {.line = line};
    int cores[CORES_MAX + 1];

    burning.cores = cores_allowed(cores);
    cores[burning.cores] = cores[0];
    pinned_threads_run(burning.cores + 1, cores, burn, &burning);
}

void
neighbour_start(struct neighbour *neighbour)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        die("cannot connect to another process");
    /* The child would have a copy of what is not written yet. */
    fflush(NULL);
    neighbour->pid = fork();
    if (neighbour->pid < 0)
        die("cannot start another process");
    if (neighbour->pid == 0) {
        close(ends[0]);
        keep_cores_busy(ends[1]);
        _exit(0);
    }
    close(ends[1]);
    neighbour->line = ends[0];
    if (read_byte(neighbour->line) != 1)
        die("the other process did not start");
}

void
neighbour_stop(struct neighbour *neighbour)
{
    close(neighbour->line);
    while (waitpid(neighbour->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}
