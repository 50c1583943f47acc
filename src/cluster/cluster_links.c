/* cluster_links.c -- finds the link between two ranks, and what an all-reduce
 * takes. */
#include "config.h"

#include "cluster/cluster.h"

#include <stdlib.h>

void
cluster_free(struct cluster *cluster)
{
    if (!cluster)
        return;
    free(cluster->ring);
    free(cluster);
}

struct cluster_link
cluster_link(const struct cluster *cluster, int from, int to)
{
    static const struct cluster_link none;

    if (cluster->node > 0)
        return from / cluster->node == to / cluster->node ? cluster->inside
                                                          : cluster->between;
    if (!cluster->ring)
        return cluster->link;
    if (to == (from + 1) % cluster->ranks)
        return cluster->ring[from];
    if (from == (to + 1) % cluster->ranks)
        return cluster->ring[to];
    return none;
}

double
cluster_all_reduce(const struct cluster *cluster, double bytes)
{
    double others = cluster->replicas - 1;
    double wire = cluster->reduce.bandwidth > 0.0
                      ? bytes / cluster->reduce.bandwidth
                      : 0.0;

    if (!cluster->reduce.named)
        return 0.0;
    return 2.0 * others * cluster->reduce.latency +
           2.0 * others / cluster->replicas * wire;
}
