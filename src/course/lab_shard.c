/* lab_shard.c -- the sharded model: which rank holds which layers, and why a
 * model must be cut: the memory of one device. */
#include "config.h"

#include "course/course.h"

#include "base/memory.h"
#include "report/summary.h"
#include "train/rank_memory.h"

#include <stdlib.h>

/* What each rank of a 1F1B pipeline with Adam holds of a model, and the layers
 * that it owns; the caller frees both. */
static struct memory_summary *
shard(const struct mlp *mlp, int ranks, int mbs, int rows, int **split)
{
    struct memory_summary *memory;
    struct course_plan plan;
    struct cause cause;

    *split = memory_new((size_t)ranks, sizeof **split);
    if (!mlp_split(mlp, ranks, *split, &cause))
        die("%s", cause.text);
    course_plan_init(&plan, "1f1b", ranks, mbs);
    memory =
        rank_memory(plan.plan, mlp, *split, mbs * rows, OPTIMIZER_ADAM, NULL);
    course_plan_fini(&plan);
    return memory;
}

static void
show_shards(struct lab *lab)
{
    int *split;
    struct memory_summary *memory =
        shard(&course_mlp, COURSE_RANKS, COURSE_MBS, COURSE_BATCH / COURSE_MBS,
              &split);
    size_t whole = mlp_parameters(&course_mlp, 0, COURSE_LAYERS);
    FILE *out = lab_show(lab);
    size_t params = 0;
    int layers = 0;

    fprintf(out, "%-6s %-14s %10s\n", "rank", "layers", "params");
    for (int r = 0; r < COURSE_RANKS; r++) {
        size_t own = mlp_parameters(&course_mlp, layers, split[r]);
        bool last = r == COURSE_RANKS - 1;

        fprintf(out, "%-6d %2d-%-2d%-9s %10zu\n", r, layers,
                layers + split[r] - 1, last ? " + head" : "", own);
        layers += split[r];
        params += own;
    }
    summary_memory(out, memory, NULL, COURSE_RANKS);
    lab_claim(lab, layers == COURSE_LAYERS,
              "every layer has one owner, and each rank's layers are "
              "neighbours",
              "%d layers on %d ranks", layers, COURSE_RANKS);
    lab_claim(lab, params == whole,
              "the shares add up to the model: nothing is held twice",
              "%zu parameters on the ranks, %zu in the monolith", params,
              whole);
    free(memory);
    free(split);
}

/* A model that needs more than one device; it is never allocated here. */
static const struct mlp large = {
    .inputs = 12288, .hidden = 12288, .layers = 96, .classes = 2};

enum { LARGE_ROWS = 4096 };

static const double GB = 1e9;
static const double DEVICE = 80e9;

static int64_t
total(const struct memory_summary *memory)
{
    int64_t bytes = 0;

    for (int k = 0; k <= MEMORY_ACTIVATIONS; k++)
        bytes += memory->bytes[k];
    return bytes;
}

/* What the fullest of so many ranks holds of it. */
static struct memory_summary
fullest(int ranks)
{
    int *split;
    struct memory_summary *memory =
        shard(&large, ranks, COURSE_MBS, LARGE_ROWS, &split);
    struct memory_summary most = memory[0];

    for (int r = 1; r < ranks; r++)
        if (total(&memory[r]) > total(&most))
            most = memory[r];
    free(memory);
    free(split);
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

    fprintf(out, "%-6s %10s %22s %12s %10s   in GB\n", "ranks", "weights",
            "gradients, optimizer", "activations", "in all");
    for (int i = 0; i < TRIED; i++) {
        struct memory_summary most = fullest(ranks[i]);
        const int64_t *bytes = most.bytes;

        in_all[i] = (double)total(&most);
        stash[i] = (double)bytes[MEMORY_ACTIVATIONS];
        fprintf(out, "%-6d %10.1f %22.1f %12.1f %10.1f%s\n", ranks[i],
                (double)bytes[MEMORY_WEIGHTS] / GB,
                (double)(bytes[MEMORY_GRADIENTS] + bytes[MEMORY_OPTIMIZER]) /
                    GB,
                stash[i] / GB, in_all[i] / GB,
                in_all[i] <= DEVICE ? "   fits" : "");
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
    lab_claim(
        lab, shrinks == 0,
        "the activations of the fullest rank do not shrink: half the layers, "
        "twice the microbatches in flight",
        "%.1f GB on 1 rank, %.1f GB on %d", stash[0] / GB,
        stash[TRIED - 1] / GB, ranks[TRIED - 1]);
}

static void
lab_shard_run(struct lab *lab)
{
    lab_say(
        lab,
        "Each rank owns neighbouring layers, with their weights, gradients "
        "and Adam's state, and keeps the activations of the microbatches "
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

static void
lab_shard_sheet(struct sheet *sheet)
{
    int *split;
    struct memory_summary *memory =
        shard(&course_mlp, COURSE_RANKS, COURSE_MBS, COURSE_BATCH / COURSE_MBS,
              &split);
    int first = 0;

    sheet_task(
        sheet,
        "The course's model, %d layers of %d wide and a head of 2, on %d "
        "ranks; 1F1B, %d microbatches of %d rows; Adam. Which layers has "
        "each rank, how many parameters, how many KiB of weights, "
        "gradients and optimizer state? A parameter is 4 bytes; Adam keeps "
        "two more floats for each. Rank r holds the activations of P-r "
        "microbatches: each layer's outputs and the input of the first, 4 "
        "rows each.",
        COURSE_LAYERS, COURSE_HIDDEN, COURSE_RANKS, COURSE_MBS,
        COURSE_BATCH / COURSE_MBS);
    sheet_head(sheet, "rank");
    sheet_head(sheet, "layers");
    sheet_head(sheet, "parameters");
    sheet_head(sheet, "weights");
    sheet_head(sheet, "gradients");
    sheet_head(sheet, "Adam");
    sheet_head(sheet, "activations");
    for (int r = 0; r < COURSE_RANKS; r++) {
        sheet_add(sheet, "%d", r);
        sheet_add(sheet, "%d-%d", first, first + split[r] - 1);
        sheet_add(sheet, "%zu", mlp_parameters(&course_mlp, first, split[r]));
        for (int k = 0; k <= MEMORY_ACTIVATIONS; k++)
            sheet_add(sheet, "%.1f", (double)memory[r].bytes[k] / 1024);
        first += split[r];
    }
    free(memory);
    free(split);
}

const struct lab_page lab_shard = {
    .name = "shard",
    .summary = "who holds which layers, and the memory wall",
    .run = lab_shard_run,
    .sheet = lab_shard_sheet,
    .shell = {"pipelab train --stages 4 --layers 8 --steps 1",
              "pipelab train --stages 4 --layers 8 --split 1,1,3,3 --steps 1",
              "pipelab compare --schedule gpipe,1f1b --sort bytes"},
    .gdb = {"gdb --args pipelab train --lockstep --steps 1",
            "break slice_step", "run", "pipelab memory", "print *slice",
            "continue", "print *slice"},
};
