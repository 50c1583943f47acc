/* sizes.h -- the bytes of a stage and the speed of a link that options give,
 * where there is no file of a model or of a cluster. */
#ifndef PIPELAB_REQUEST_SIZES_H
#define PIPELAB_REQUEST_SIZES_H

#include "cluster/model.h"

#include <stdint.h>

/* Of every stage, for one microbatch. */
struct sizes {
    int64_t activation; /* kept from F to B */
    int64_t output;     /* a message */
    int64_t parameters;
};

/* Reads "activation=64MiB,output=8MiB,parameters=1GiB"; what is left out is
 * 0. */
bool
sizes_parse(struct sizes *sizes, const char *text, struct cause *cause);

/* A model of as many layers as stages, all of these sizes, without times, its
 * parameters of two bytes each. kept: the share of an activation that stays
 * until W. The caller frees it. */
struct model *
sizes_model(const struct sizes *sizes, int stages, double kept);

/* Reads "64MB", which is bytes in a unit of time, or "25GB/s". unit: the
 * seconds of a unit, 0 for ticks, of which no second is known; or less than 0:
 * the text is only checked. */
bool
sizes_bandwidth(const char *text, double unit, double *bytes,
                struct cause *cause);

#endif
