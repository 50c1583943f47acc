/* lab_shard.c -- the sharded model: who holds which layers, and the wall that
 * makes anybody cut a model at all: the memory of one device. */
#include "config.h"

#include "course/course.h"

#include "base/memory.h"

#include <stdlib.h>

/* Bytes that training takes on one rank. */
struct holding {
    int first; /* layer */
    int count;
    size_t params;
    double weights;   /* and as much again for the gradients... */
    double optimizer; /* ...and twice that for Adam's two moments */
    double stash;     /* activations of the microbatches in flight */
};

static double
total(const struct holding *holding)
{
    return 2.0 * holding->weights + holding->optimizer + holding->stash;
}

/* What each rank of a 1F1B pipeline holds of a model. */
static struct holding *
shard(const struct mlp *mlp, int ranks, int mbs, int rows)
{
    struct holding *holdings = memory_new((size_t)ranks, sizeof *holdings);
    int *split = memory_new((size_t)ranks, sizeof *split);
    struct course_plan plan;
    struct cause cause;
    int first = 0;

    if (!mlp_split(mlp, ranks, split, &cause))
        die("%s", cause.text);
    course_plan_init(&plan, "1f1b", ranks, mbs);
    for (int r = 0; r < ranks; r++) {
        struct holding *h = &holdings[r];

        h->first = first;
        h->count = split[r];
        h->params = mlp_parameters(mlp, first, split[r]);
        h->weights = (double)(h->params * sizeof(float));
        h->optimizer =
            h->weights * optimizer_state_floats(OPTIMIZER_ADAM);
        h->stash = plan.program->peak_activations[r] *
                   (double)mlp_stash_bytes(mlp, first, split[r], rows);
        first += split[r];
    }
    course_plan_fini(&plan);
    free(split);
    return holdings;
}

static void
show_shards(struct lab *lab)
{
    struct holding *holdings = shard(&course_mlp, COURSE_RANKS, COURSE_MBS,
                                     COURSE_BATCH / COURSE_MBS);
    size_t whole = mlp_parameters(&course_mlp, 0, COURSE_LAYERS);
    FILE *out = lab_show(lab);
    size_t params = 0;
    int layers = 0;
    bool contiguous = true;

    fprintf(out, "%-6s %-14s %10s %10s %10s %10s %10s\n", "rank", "layers",
            "params", "weights", "gradients", "optimizer", "stash");
    for (int r = 0; r < COURSE_RANKS; r++) {
        const struct holding *h = &holdings[r];
        bool last = r == COURSE_RANKS - 1;

        fprintf(out,
                "%-6d %2d-%-2d%-9s %10zu %8.1f K %8.1f K %8.1f K %8.1f K\n", r,
                h->first, h->first + h->count - 1, last ? " + head" : "",
                h->params, h->weights / 1024, h->weights / 1024,
                h->optimizer / 1024, h->stash / 1024);
        contiguous &= h->first == layers;
        layers += h->count;
        params += h->params;
    }
    lab_claim(lab, contiguous && layers == COURSE_LAYERS,
              "every layer has one owner, and each rank's layers are "
              "neighbours",
              "%d layers on %d ranks", layers, COURSE_RANKS);
    lab_claim(lab, params == whole,
              "the shares add up to the model: nothing is held twice",
              "%zu parameters on the ranks, %zu in the monolith", params,
              whole);
    free(holdings);
}

/* A model that needs more than one device; nobody allocates it here. */
static const struct mlp large = {
    .inputs = 12288, .hidden = 12288, .layers = 96, .classes = 2};

enum { LARGE_ROWS = 4096 };

static const double GB = 1e9;
static const double DEVICE = 80e9;

/* What the fullest of so many ranks holds of it. */
static struct holding
fullest(int ranks)
{
    struct holding *holdings = shard(&large, ranks, COURSE_MBS, LARGE_ROWS);
    struct holding most = holdings[0];

    for (int r = 1; r < ranks; r++)
        if (total(&holdings[r]) > total(&most))
            most = holdings[r];
    free(holdings);
    return most;
}

static void
climb_the_wall(struct lab *lab)
{
    static const int ranks[] = {1, 2, 3, 4, 6, 8};
    enum { TRIED = sizeof ranks / sizeof *ranks };
    double in_all[TRIED];
    double stash[TRIED];
    int first = 0; /* that fits */
    int shrinks = 0;
    FILE *out = lab_show(lab);

    fprintf(out, "%-6s %10s %22s %10s %10s   in GB\n", "ranks", "weights",
            "gradients, optimizer", "stash", "in all");
    for (int i = 0; i < TRIED; i++) {
        struct holding h = fullest(ranks[i]);

        in_all[i] = total(&h);
        stash[i] = h.stash;
        fprintf(out, "%-6d %10.1f %22.1f %10.1f %10.1f%s\n", ranks[i],
                h.weights / GB, (h.weights + h.optimizer) / GB, h.stash / GB,
                in_all[i] / GB, in_all[i] <= DEVICE ? "   fits" : "");
        if (first == 0 && in_all[i] <= DEVICE)
            first = i;
        shrinks += i > 0 && stash[i] < stash[i - 1];
    }
    lab_claim(lab, in_all[0] > DEVICE, "one device does not hold the model",
              "%.1f GB to hold, %.0f GB to hold it in", in_all[0] / GB,
              DEVICE / GB);
    lab_claim(lab, first > 0, "cut into enough stages, it fits",
              "%d ranks: %.1f GB on the fullest; %d are too few: %.1f GB",
              ranks[first], in_all[first] / GB, ranks[first - (first > 0)],
              in_all[first - (first > 0)] / GB);
    lab_claim(lab, shrinks == 0,
              "the stash of the fullest rank does not shrink: half the layers, "
              "twice the microbatches in flight",
              "%.1f GB on 1 rank, %.1f GB on %d", stash[0] / GB,
              stash[TRIED - 1] / GB, ranks[TRIED - 1]);
}

static void
run(struct lab *lab)
{
    lab_say(lab,
            "Each rank owns neighbouring layers, with their weights, gradients "
            "and Adam's state, and stashes the activations of the microbatches "
            "that are in flight through it. The course's model on %d ranks, "
            "1F1B, %d microbatches:",
            COURSE_RANKS, COURSE_MBS);
    show_shards(lab);
    lab_say(lab,
            "Now a model worth cutting: %d layers of %d, %.1f billion "
            "parameters, microbatches of %d rows, and devices of %.0f GB. "
            "Training keeps 4 floats a parameter. By the same arithmetic the "
            "fullest rank holds:",
            large.layers, large.hidden,
            (double)mlp_parameters(&large, 0, large.layers) * 1e-9, LARGE_ROWS,
            DEVICE / GB);
    climb_the_wall(lab);
}

const struct lab_page lab_shard = {
    .name = "shard",
    .summary = "who holds which layers, and the memory wall",
    .run = run,
    .shell = {"pipelab train --stages 4 --layers 8 --steps 1",
              "pipelab train --stages 4 --layers 8 --split 1,1,3,3 --steps 1",
              "pipelab compare --schedule gpipe,1f1b --sort bytes"},
    .gdb = {"gdb --args pipelab train --lockstep --steps 1",
            "break slice_step", "run", "pipelab memory", "print *slice",
            "continue", "print *slice"},
};
