/* bench_shape.h -- one shape of model and batch on this machine: what a step
 * takes its matrix products alone, the monolith, and schedules on their ranks.
 *
 *   row        a real step: of the monolith, or of a schedule on some ranks
 *   products   of a step, in the monolith's order; on as many cores at once as
 *              the row keeps busy, which slow each other down: the monolith
 *              and naive one, other schedules as many as their ranks have.
 *              Once as the library's sgemm does them, a call each, and once
 *              with the weights laid out beforehand, as training does
 *
 * Disturbances of a machine change within seconds. So each row is measured
 * right after its products, for as many steps, and ratios are formed within
 * such a pair. Medians over all repetitions are shown.
 *
 * If a step had nothing but products to do, it would take the time of its
 * products spread over those cores, or of the longest path through its plan:
 *
 *   bound      = products x max(1 / cores, critical)
 *   efficiency = bound / step
 *
 * With sgemm's products an efficiency can be above 1. With the packed ones it
 * is almost their share of the step: a rank has fewer weights than the
 * monolith and finds more of them in its caches.
 *
 * The step of a schedule is also predicted: simulated on these cores with the
 * costs of its stages, measured just before. */
#ifndef PIPELAB_BENCH_BENCH_SHAPE_H
#define PIPELAB_BENCH_BENCH_SHAPE_H

#include "base/json.h"
#include "bench/bench_floor.h"
#include "bench/bench_subject.h"
#include "runtime/cores.h"
#include "train/recipe.h"

/* What to measure. */
struct bench_request {
    struct recipe recipe; /* on random examples as wide as the layers; its
                           * data and steps are not looked at */
    int ranks;            /* of each schedule; 0 for 2, 4, 8 and 16, as far as
                           * there are layers */
    const char *schedule; /* beside the monolith; borrowed. NULL for some
                           * that are usual */
    int repeat;           /* measurements of each row */
    bool predict;         /* schedules' steps */
};

struct bench_row {
    struct bench_subject subject;
    int64_t *sgemm_ns;     /* repeat: the products of a step, by sgemm... */
    int64_t *packed_ns;    /* ...and with weights laid out */
    int64_t *ns;           /* repeat: a step */
    int64_t *predicted_ns; /* repeat: a schedule's step as predicted */
};

struct bench_shape {
    struct bench_request request;
    struct mlp mlp;
    int steps; /* in one measurement */
    int cores;
    int core[CORES_MAX]; /* their numbers */
    struct dataset data;
    struct bench_floor *floors;   /* cores: each its own tensors */
    enum bench_products products; /* which of them it does */
    int64_t *core_ns;             /* cores: what a step took on each, last */
    struct bench_row *rows;       /* the monolith, then schedules */
    int count;                    /* of them */
};

/* Row 0 is the monolith, the others are schedules. False if the model does not
 * suit them or there is not the memory. Whatever it returns, bench_shape_fini()
 * releases all that is there. */
bool
bench_shape_init(struct bench_shape *shape,
                 const struct bench_request *request, struct cause *cause);
void
bench_shape_fini(struct bench_shape *shape);

/* The head of the table: what is going to be measured. */
void
bench_shape_print_head(const struct bench_shape *shape);

/* Runs everything, once to warm up and then as often as requested. */
void
bench_shape_measure(struct bench_shape *shape);

/* What was measured: the rows of the table on stdout or, if json is not NULL,
 * an object in its open array. */
void
bench_shape_show(const struct bench_shape *shape, struct json *json);

/* A step of row i, in milliseconds. */
double
bench_shape_step_ms(const struct bench_shape *shape, int i);

#endif
