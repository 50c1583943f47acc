/* looped.h -- the order in which interleaved schedules go through a rank's
 * stages: rank r owns r, r+P, ..., and runs G microbatches on one of them
 * before it goes on to the next.
 *
 *   P = 2, V = 2, G = 2, rank 0:  0F0 0F1  2F0 2F1  0F2 0F3  2F2 2F3
 *
 * Narayanan et al., "Efficient large-scale language model training on GPU
 * clusters using Megatron-LM" (SC 2021), section 2.2; rounds of
 * G = M / max(1, M/P) microbatches as torch.distributed.pipelining counts
 * them, so that M need not be a multiple of P. Or G is plan->group, as
 * Megatron-Core's microbatch group size: then the last group may be smaller. */
#ifndef PIPELAB_POLICY_LOOPED_H
#define PIPELAB_POLICY_LOOPED_H

#include "plan/plan.h"

#include <stdbool.h>

/* Whether M is a whole number of rounds: a policy's suits(). */
bool
looped_suits(const char *schedule, int ranks, int mbs, struct cause *cause);

/* Whether G is a group size of Megatron-Core's: P <= G <= M, and the last group
 * is whole or has P microbatches at least. */
bool
looped_group_suits(const char *schedule, int ranks, int mbs, int group,
                   struct cause *cause);

/* G, the microbatches of a round, and V, the stages of a rank. */
int
looped_group(const struct plan *plan);
int
looped_chunks(const struct plan *plan);

/* A rank's forward number n, 0 .. V*M-1. */
struct action
looped_forward(const struct plan *plan, int rank, int n);

/* A rank's backward number n of a kind (B, I or W): from its last stage to its
 * first. */
struct action
looped_backward(const struct plan *plan, enum action_kind kind, int rank,
                int n);

#endif
