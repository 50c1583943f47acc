/* Exercise: async. Sends that return at once.
 *
 *   memory [0]  F0 |--- is being sent --->| F2 |--- is being sent --->| F4
 *   memory [1]       F1 |--- is being sent --->| F3 |--- is being sent --->|
 *                                         ^    ^
 *                      wait for F0's request   wait for F1's request
 *                      before F2 is computed   before F3 is computed
 *
 * isend_forward() and isend_backward() only begin to send. They return a
 * request, and the rank computes on while the tensor is on its way; that is how
 * 1F1B runs without slots and without a special order. In return there are two
 * rules:
 *
 *   - The tensor's memory belongs to the send until wait_for(request) has
 *     returned. A rank has memory for BUFFERS outputs and as many gradients:
 *     forward(mb) writes over the result of forward(mb - BUFFERS),
 *     backward(mb) over that of backward(mb - BUFFERS).
 *   - Each request is waited for, once. A rank that drops one cannot know
 *     whether the tensor has arrived (in PyTorch it may even be freed while it
 *     is sent). So the step ends only when all sends have.
 *
 * Write one step of 1F1B for one rank as in 1f1b_comms.c, in the plain order,
 * receive, compute, send, but with isends. The links have no slots.
 *
 * Hints, one at a time:
 *   1. To wait right after the isend is a blocking send again.
 *   2. Keep the requests: step->up[mb] and step->down[mb] are yours to write.
 *   3. Before forward(mb): which send may still read the memory that it
 *      writes? For which mb is there none?
 *   4. At the end: which requests has no forward or backward waited for? Their
 *      number depends on mbs, and on the rank. */
#include "exercises.h"

void
exercise_async_step(struct step *step)
{
    /* Your code here. */
    (void)step;
}
