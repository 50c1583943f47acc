/* Exercise: async. Sends that return at once.
 *
 *             isend F0             forward F2 writes over F0:
 *                |                        |
 *   rank 0   F0 [0]--- still on its way --|-- F1 [1] ..
 *                                         |
 *                      wait_for(request)  before it
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
 *   - Each request is waited for, once. A request that is dropped is a send of
 *     which nobody knows whether it has arrived (in PyTorch its tensor may be
 *     freed meanwhile), so the step ends only when all have.
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
