/* cores.c -- finds the cores that the process may use, and binds threads to
 * them. */
#include "config.h"

#include "runtime/cores.h"

#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <unistd.h>

/* Where the system only says how many there are. */
static int
nameless_cores(int cores[CORES_MAX])
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    int count = online < 1 ? 1 : online > CORES_MAX ? CORES_MAX : (int)online;

    for (int i = 0; i < count; i++)
        cores[i] = -1;
    return count;
}

int
cores_allowed(int cores[CORES_MAX])
{
    int count = 0;
#ifdef HAVE_SETAFFINITY
    cpu_set_t set;

    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        for (size_t core = 0; core < CPU_SETSIZE && core < CORES_MAX; core++)
            if (CPU_ISSET(core, &set))
                cores[count++] = (int)core;
#endif
    return count > 0 ? count : nameless_cores(cores);
}

bool
cores_bind_thread(pthread_t thread, int core)
{
#ifdef HAVE_SETAFFINITY
    cpu_set_t set;

    if (core < 0)
        return false;
    CPU_ZERO(&set);
    CPU_SET((size_t)core, &set);
    return pthread_setaffinity_np(thread, sizeof set, &set) == 0;
#else
    (void)thread;
    (void)core;
    return false;
#endif
}

bool
cores_bind(int core)
{
    return cores_bind_thread(pthread_self(), core);
}

void
cores_name_thread(const char *name)
{
#ifdef HAVE_SETNAME
    pthread_setname_np(pthread_self(), name);
#else
    (void)name;
#endif
}
