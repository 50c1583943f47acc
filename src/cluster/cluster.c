/* cluster.c -- reads cluster files and looks up links. */
#include "config.h"

#include "cluster/cluster.h"

#include "base/memory.h"
#include "base/plural.h"
#include "cluster/reader.h"

#include <stdlib.h>

static bool
read_link(struct reader *reader, struct cluster_link *link,
          struct cause *cause)
{
    *link = (struct cluster_link){.named = true};
    return reader_time(reader, "latency", &link->latency, cause) &&
           reader_speed(reader, "bandwidth", &link->bandwidth, cause) &&
           reader_end(reader, cause);
}

static bool
read_member(struct reader *reader, const char *key, struct cluster_link *link,
            struct cause *cause)
{
    struct reader member;

    return reader_object(&member, reader, key, cause) &&
           read_link(&member, link, cause);
}

/* One for each of ranks 0..n-1 to its neighbour; the last closes the ring. */
static bool
read_ring(struct reader *reader, struct cluster *cluster, struct cause *cause)
{
    json_t *array = reader_take(reader, "links");
    size_t count = json_array_size(array);

    if (cluster->ranks == 0)
        return reader_fail(reader, "links", cause, "needs \"ranks\"; give it");
    if (!json_is_array(array) || count != (size_t)cluster->ranks)
        return reader_fail(reader, "links", cause,
                           "is no list of %d link%s; give one for each "
                           "neighbouring pair of ranks, and the one that "
                           "closes the ring",
                           cluster->ranks, plural(cluster->ranks));
    cluster->ring = memory_new(count, sizeof *cluster->ring);
    for (size_t i = 0; i < count; i++) {
        struct reader one;

        if (!reader_element(&one, reader, "links", array, i, cause) ||
            !read_link(&one, &cluster->ring[i], cause))
            return false;
    }
    return true;
}

static bool
read_node(struct reader *reader, struct cluster *cluster, struct cause *cause)
{
    struct reader node;
    int64_t size = -1;

    if (!reader_object(&node, reader, "node", cause) ||
        !reader_whole(&node, "size", CLUSTER_RANKS, &size, cause) ||
        !read_member(&node, "inside", &cluster->inside, cause) ||
        !read_member(&node, "between", &cluster->between, cause))
        return false;
    cluster->node = (int)size;
    return reader_end(&node, cause);
}

static bool
read_links(struct reader *reader, struct cluster *cluster, struct cause *cause)
{
    int kinds = reader_has(reader, "link") + reader_has(reader, "links") +
                reader_has(reader, "node");

    if (kinds > 1)
        return fail(cause,
                    "%s: link, links and node exclude each other; give one",
                    reader->file);
    if (reader_has(reader, "link"))
        return read_member(reader, "link", &cluster->link, cause);
    if (reader_has(reader, "links"))
        return read_ring(reader, cluster, cause);
    if (reader_has(reader, "node"))
        return read_node(reader, cluster, cause);
    /* A file without links: messages take no time. */
    cluster->link.named = true;
    return true;
}

static bool
read_cluster(struct reader *reader, struct cluster *cluster,
             struct cause *cause)
{
    int64_t ranks = 0;
    int64_t replicas = 1;
    double efficiency = 1.0;

    *cluster = (struct cluster){.optimizer_bytes = 12.0};
    if (!reader_whole(reader, "ranks", CLUSTER_RANKS, &ranks, cause) ||
        !reader_bytes(reader, "memory", &cluster->memory, cause) ||
        !reader_number(reader, "flops", 0, 1e21, &cluster->flops, cause) ||
        !reader_number(reader, "efficiency", 1e-6, 1, &efficiency, cause) ||
        !reader_number(reader, "optimizer_bytes_per_parameter", 0, 1024,
                       &cluster->optimizer_bytes, cause) ||
        !reader_whole(reader, "replicas", 1 << 20, &replicas, cause))
        return false;
    cluster->ranks = (int)ranks;
    cluster->replicas = (int)replicas;
    cluster->flops *= efficiency;
    return read_links(reader, cluster, cause) &&
           (!reader_has(reader, "reduce") ||
            read_member(reader, "reduce", &cluster->reduce, cause)) &&
           reader_end(reader, cause);
}

struct cluster *
cluster_read(FILE *in, const char *file, struct cause *cause)
{
    struct cluster *cluster = memory_new(1, sizeof *cluster);
    json_t *root = NULL;
    struct reader reader;
    bool good = reader_open(&reader, in, file, &root, cause) &&
                read_cluster(&reader, cluster, cause);

    json_decref(root);
    if (good)
        return cluster;
    cluster_free(cluster);
    return NULL;
}
