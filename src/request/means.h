/* means.h -- what the program can do for a request and a library can not, or
 * may not: it measures, reads files, knows the machine, prints remarks.
 *
 * Each member may be NULL. */
#ifndef PIPELAB_REQUEST_MEANS_H
#define PIPELAB_REQUEST_MEANS_H

#include "base/machine.h"
#include "cluster/cluster.h"
#include "cluster/model.h"
#include "nn/mlp.h"
#include "plan/cost.h"
#include "plan/plan.h"
#include "request/status.h"

#include <stdarg.h>
#include <stdio.h>

struct plan_request;
struct setup;

struct means {
    /* machine_has(); NULL: there is as much memory as is asked for. */
    bool (*has)(struct machine_need need, const char *what, const char *remedy,
                struct cause *cause);
    /* text_remark(); NULL: remarks are not wanted. */
    void (*remark)(const char *format, va_list args);
    /* Times the stages of the model on this machine, into the setup's cost. */
    enum status (*measure)(struct setup *setup,
                           const struct plan_request *request,
                           const struct mlp *mlp, const struct plan *shape,
                           struct cause *cause);
    /* model_read() and cluster_read(). */
    struct model *(*model)(FILE *in, const char *file, struct cause *cause);
    struct cluster *(*cluster)(FILE *in, const char *file,
                               struct cause *cause);
    /* fopen() to read; NULL: there are no files, but texts in their place. */
    FILE *(*open)(const char *file);
    /* Asked now and then during a search: whether it goes on. best and bound
     * are of what it is for, in ticks. NULL: it does. */
    bool (*searching)(double best, int64_t bound, struct time_unit unit);
    /* When it has ended. */
    void (*searched)(void);
};

/* What an option names or is: a file, or in place of it the text of one, which
 * begins with "{". Opens it; NULL with the cause. */
FILE *
means_open(const struct means *means, const char *option, const char *value,
           struct cause *cause);

/* What to call it in a message: the file's name, or the option's. */
const char *
means_file(const char *option, const char *value);

/* Makes a remark, if remarks are wanted. */
void
means_remark(const struct means *means, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
