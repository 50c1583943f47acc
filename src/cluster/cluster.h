/* cluster.h -- the machine that a plan is to run on: ranks, their memory, the
 * links between them and the replicas beside them. */
#ifndef PIPELAB_CLUSTER_CLUSTER_H
#define PIPELAB_CLUSTER_CLUSTER_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { CLUSTER_RANKS = 4096 };

struct cluster_link {
    double latency;   /* seconds */
    double bandwidth; /* bytes a second; 0 where messages hold no wire */
    bool named;       /* the file has it */
};

struct cluster {
    int ranks;                 /* 0: any number */
    int64_t memory;            /* bytes of a rank; 0 where the file has none */
    double flops;              /* a second, with the efficiency; 0 likewise */
    double optimizer_bytes;    /* of each parameter */
    struct cluster_link link;  /* between any two, unless named is false */
    struct cluster_link *ring; /* ranks: from r to r+1, the last to 0; NULL */
    int node;                  /* ranks of a node, or 0 */
    struct cluster_link inside;  /* a node */
    struct cluster_link between; /* nodes */
    int replicas;                /* of the pipeline, 1 or more */
    struct cluster_link reduce;  /* among replicas, unless named is false */
};

/* Reads
 *
 *   { "ranks": 8, "memory": "80GiB", "flops": 312e12, "efficiency": 0.5,
 *     "optimizer_bytes_per_parameter": 12,
 *     "link": { "latency": "5us", "bandwidth": "25GB/s" },
 *     "replicas": 4, "reduce": { "latency": "20us", "bandwidth": "40GB/s" } }
 *
 * where "links": [ one for each neighbouring pair of ranks, and the one that
 * closes the ring ] or "node": { "size": 4, "inside": {...}, "between": {...} }
 * may stand in place of "link". All keys may be left out.
 *
 * NULL with the cause: file, key and remedy. The caller frees it. */
struct cluster *
cluster_read(FILE *in, const char *file, struct cause *cause);

/* Accepts NULL. */
void
cluster_free(struct cluster *cluster);

/* The link from one of its ranks to another; named is false where there is
 * none. */
struct cluster_link
cluster_link(const struct cluster *cluster, int from, int to);

/* Seconds of a ring all-reduce of bytes among the replicas, 2(R-1) latency +
 * 2(R-1)/R bytes/bandwidth; 0 for one replica or without "reduce". An
 * all-gather or a reduce-scatter takes half of it (Thakur, Rabenseifner and
 * Gropp, Optimization of Collective Communication Operations in MPICH,
 * 2005). */
double
cluster_all_reduce(const struct cluster *cluster, double bytes);

#endif
