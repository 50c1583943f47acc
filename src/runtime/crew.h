/* crew.h -- threads that do one thing at once, each on its core: what the
 * bench measures with. */
#ifndef PIPELAB_RUNTIME_CREW_H
#define PIPELAB_RUNTIME_CREW_H

/* Calls work(context, i) for i in 0 .. count-1, each on a thread of its own
 * that is bound to cores[i] where that is possible. None starts before all are
 * there; returns when all have returned. */
void
crew_run(int count, const int cores[], void (*work)(void *context, int i),
         void *context);

#endif
