/* optimizer.c -- updates a flat array of weights by SGD or Adam. */
#include "config.h"

#include "nn/optimizer.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct optimizer_options
optimizer_defaults(enum optimizer_kind kind)
{
    return (struct optimizer_options){
        .kind = kind,
        .lr = 1e-3f,
        .momentum = 0.9f,
        .beta1 = 0.9f,
        .beta2 = 0.999f,
        .epsilon = 1e-8f,
    };
}

const char *
optimizer_kind_name(enum optimizer_kind kind)
{
    return kind == OPTIMIZER_ADAM ? "adam" : "sgd";
}

bool
optimizer_kind_parse(const char *name, enum optimizer_kind *kind)
{
    *kind = strcmp(name, "adam") == 0 ? OPTIMIZER_ADAM : OPTIMIZER_SGD;
    return strcmp(name, optimizer_kind_name(*kind)) == 0;
}

int
optimizer_state_floats(enum optimizer_kind kind)
{
    return kind == OPTIMIZER_ADAM ? 2 : 1;
}

void
optimizer_init(struct optimizer *opt, const struct optimizer_options *options,
               size_t count)
{
    *opt = (struct optimizer){.options = *options, .count = count};
    opt->first = memory_new_floats(count);
    if (optimizer_state_floats(options->kind) == 2)
        opt->second = memory_new_floats(count);
}

void
optimizer_fini(struct optimizer *opt)
{
    free(opt->first);
    free(opt->second);
    *opt = (struct optimizer){0};
}

/* Elementwise, so every vector width gives the same bits. */
VECTOR_CLONES static void
step_sgd(const struct optimizer *opt, float *restrict weights,
         float *restrict gradients, size_t first, size_t end)
{
    float *restrict momentum = opt->first;
    float keep = opt->options.momentum;
    float lr = opt->options.lr;

    for (size_t i = first; i < end; i++) {
        momentum[i] = keep * momentum[i] + gradients[i];
        weights[i] -= lr * momentum[i];
        gradients[i] = 0.0f;
    }
}

/* weight -= lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps) */
VECTOR_CLONES static void
step_adam(const struct optimizer *opt, float *restrict weights,
          float *restrict gradients, size_t first, size_t end)
{
    float *restrict mean = opt->first;
    float *restrict square = opt->second;
    float rate = opt->rate;
    float root = opt->root;
    float beta1 = opt->options.beta1;
    float beta2 = opt->options.beta2;
    float epsilon = opt->options.epsilon;

    for (size_t i = first; i < end; i++) {
        float g = gradients[i];
        float m = beta1 * mean[i] + (1.0f - beta1) * g;
        float v = beta2 * square[i] + (1.0f - beta2) * (g * g);

        mean[i] = m;
        square[i] = v;
        weights[i] -= rate * m / (sqrtf(v) * root + epsilon);
        gradients[i] = 0.0f;
    }
}

void
optimizer_begin(struct optimizer *opt)
{
    const struct optimizer_options *o = &opt->options;
    double t = ++opt->steps;

    opt->rate = (float)((double)o->lr / (1.0 - pow((double)o->beta1, t)));
    opt->root = (float)(1.0 / sqrt(1.0 - pow((double)o->beta2, t)));
}

void
optimizer_update(const struct optimizer *opt, float *weights, float *gradients,
                 size_t first, size_t count)
{
    if (opt->options.kind == OPTIMIZER_ADAM)
        step_adam(opt, weights, gradients, first, first + count);
    else
        step_sgd(opt, weights, gradients, first, first + count);
}
