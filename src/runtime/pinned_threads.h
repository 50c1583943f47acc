/* pinned_threads.h -- runs one function on several threads at the same time,
 * each bound to its core; the bench measures with it. */
#ifndef PIPELAB_RUNTIME_PINNED_THREADS_H
#define PIPELAB_RUNTIME_PINNED_THREADS_H

/* Calls work(context, i) for i in 0 .. count-1, each on a thread of its own,
 * bound to cores[i] where that is possible. All start together; returns when
 * all have returned. */
void
pinned_threads_run(int count, const int cores[],
                   void (*work)(void *context, int i), void *context);

#endif
