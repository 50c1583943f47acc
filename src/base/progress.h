/* progress.h -- how much one thread has computed. Only that thread writes;
 * every thread and every signal handler may read. */
#ifndef PIPELAB_BASE_PROGRESS_H
#define PIPELAB_BASE_PROGRESS_H

#include <stdatomic.h>
#include <stdint.h>

struct progress {
    _Atomic int64_t done;       /* computations */
    _Atomic int64_t longest_ns; /* wall time of the longest of them */
};

static inline int64_t
progress_done(const struct progress *progress)
{
    return atomic_load_explicit(&progress->done, memory_order_relaxed);
}

static inline int64_t
progress_longest_ns(const struct progress *progress)
{
    return atomic_load_explicit(&progress->longest_ns, memory_order_relaxed);
}

/* Adds one computation, which took ns nanoseconds. */
static inline void
progress_add(struct progress *progress, int64_t ns)
{
    atomic_store_explicit(&progress->done, progress_done(progress) + 1,
                          memory_order_relaxed);
    if (ns > progress_longest_ns(progress))
        atomic_store_explicit(&progress->longest_ns, ns, memory_order_relaxed);
}

#endif
