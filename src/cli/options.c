#include "config.h"

#include "cli/options.h"

#include "sim/sim.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    const char *name;
    const char *argument; /* as --help shows it; NULL for a switch */
    unsigned group;
    const char *text;
};

static const struct entry entries[] = {
    {"schedule", "NAME", TAKES_PLAN, "naive, gpipe or 1f1b (1f1b)"},
    {"load", "FILE", TAKES_PLAN, "a plan as CSV, in place of --schedule"},
    {"stages", "S", TAKES_PLAN, "stages the model is cut into (4)"},
    {"ranks", "P", TAKES_PLAN, "threads that own them (S)"},
    {"microbatches", "M", TAKES_PLAN, "slices of the batch (8)"},
    {"lower", NULL, TAKES_SCHEDULE, "show transfers and optimizer steps too"},
    {"check", NULL, TAKES_SCHEDULE, "print the verdict, not the plan"},
    {"capacity", "K", TAKES_TIME,
     "slots of each link: auto, or 0 for rendezvous (auto)"},
    {"cost", "LIST", TAKES_TIME, "ticks per action (F=1,B=2,I=1,W=1,STEP=0)"},
    {"stage-cost", "LIST", TAKES_TIME, "a factor per stage, as in 1,1,2,1"},
    {"latency", "T", TAKES_TIME, "ticks a message takes (0)"},
    {"layers", "L", TAKES_TRAINING, "hidden layers (16)"},
    {"hidden", "H", TAKES_TRAINING, "width of each (128)"},
    {"batch", "B", TAKES_TRAINING, "examples in a step (32)"},
    {"steps", "N", TAKES_TRAINING, "steps to train (50)"},
    {"epochs", "N", TAKES_TRAINING, "passes over the data, in place of "
                                    "--steps"},
    {"lr", "X", TAKES_TRAINING, "learning rate (1e-3)"},
    {"optimizer", "NAME", TAKES_TRAINING, "adam or sgd (adam)"},
    {"momentum", "X", TAKES_TRAINING, "of sgd (0.9)"},
    {"seed", "N", TAKES_TRAINING, "of weights, data and shuffling (42)"},
    {"data", "SET", TAKES_TRAINING,
     "random, digits, fashion-mnist, or a directory of IDX files (random)"},
    {"split", "LIST", TAKES_TRAINING,
     "layers of each stage, as in 5,4,4,3 (even by parameters)"},
    {"metrics", "FILE", TAKES_TRAINING, "write a JSON line a step"},
    {"lockstep", NULL, TAKES_TRAINING,
     "one rank moves at a time, in virtual-time order"},
    {"bind", "HOW", TAKES_TRAINING, "bind ranks to cores, or none (cores)"},
    {"spans", NULL, TAKES_SPANS, "with --format json: every span"},
    {"repeat", "N", TAKES_BENCH, "repetitions of each measurement (7)"},
    {"format", "FORMAT", ~0u, "text or json; schedule: also list, csv"},
    {"help", NULL, ~0u, "this page"},
};

enum { ENTRIES = sizeof entries / sizeof *entries };

static bool
read_int(const char *name, const char *text, int least, int most, int *value,
         struct cause *cause)
{
    char *end;
    long number;

    errno = 0;
    number = strtol(text, &end, 10);
    if (end == text || *end != '\0' || errno || number < least ||
        number > most)
        return fail(cause, "--%s is %.40s; use a whole number from %d to %d",
                    name, text, least, most);
    *value = (int)number;
    return true;
}

static bool
read_real(const char *name, const char *text, double most, float *value,
          struct cause *cause)
{
    char *end;
    double number = strtod(text, &end);

    if (end == text || *end != '\0' || !(number >= 0 && number <= most))
        return fail(cause, "--%s is %.40s; use a number from 0 to %g", name,
                    text, most);
    *value = (float)number;
    return true;
}

static bool
read_format(const char *text, unsigned takes, enum format *format,
            struct cause *cause)
{
    static const char *const names[] = {
        [FORMAT_TEXT] = "text",
        [FORMAT_LIST] = "list",
        [FORMAT_CSV] = "csv",
        [FORMAT_JSON] = "json",
    };
    bool schedule = takes & TAKES_SCHEDULE;

    for (int f = FORMAT_TEXT; f <= FORMAT_JSON; f++)
        if (strcmp(names[f], text) == 0 &&
            (schedule || f == FORMAT_TEXT || f == FORMAT_JSON)) {
            *format = (enum format)f;
            return true;
        }
    return fail(cause, "--format is %.40s; use %s", text,
                schedule ? "text, list, csv or json" : "text or json");
}

static bool
read_capacity(const char *text, int *capacity, struct cause *cause)
{
    if (strcmp(text, "auto") == 0) {
        *capacity = CAPACITY_AUTO;
        return true;
    }
    if (!read_int("capacity", text, 0, 1 << 20, capacity, cause))
        return fail(cause,
                    "--capacity is %.40s; use auto or a number of slots, 0 "
                    "for rendezvous",
                    text);
    return true;
}

static bool
read_seed(const char *text, uint64_t *seed, struct cause *cause)
{
    char *end;

    errno = 0;
    *seed = strtoull(text, &end, 10);
    if (end == text || *end != '\0' || errno || *text == '-')
        return fail(cause, "--seed is %.40s; use a whole number from 0 to "
                           "2^64-1",
                    text);
    return true;
}

static bool
read_latency(const char *text, int64_t *latency, struct cause *cause)
{
    char *end;

    errno = 0;
    *latency = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno || *latency < 0 ||
        *latency > COST_MAX)
        return fail(cause, "--latency is %.40s; use ticks from 0 to %lld",
                    text, (long long)COST_MAX);
    return true;
}

static bool
set_plan(struct options *o, const char *name, const char *text,
         struct cause *cause)
{
    if (strcmp(name, "schedule") == 0)
        o->schedule = text;
    else if (strcmp(name, "load") == 0)
        o->load = text;
    else if (strcmp(name, "lower") == 0)
        o->lower = true;
    else if (strcmp(name, "check") == 0)
        o->check = true;
    else if (strcmp(name, "stages") == 0)
        return o->stages_given = true,
               read_int(name, text, 1, PLAN_MAX_STAGES, &o->stages, cause);
    else if (strcmp(name, "ranks") == 0)
        return read_int(name, text, 1, PLAN_MAX_STAGES, &o->ranks, cause);
    else
        return o->mbs_given = true,
               read_int(name, text, 1, PLAN_MAX_MBS, &o->mbs, cause);
    return true;
}

static bool
set_time(struct options *o, const char *name, const char *text,
         struct cause *cause)
{
    if (strcmp(name, "capacity") == 0)
        return o->capacity_given = true,
               read_capacity(text, &o->capacity, cause);
    if (strcmp(name, "latency") == 0)
        return read_latency(text, &o->latency, cause);
    if (strcmp(name, "cost") == 0)
        o->cost = text;
    else
        o->stage_cost = text;
    return true;
}

static bool
set_bind(struct options *o, const char *text, struct cause *cause)
{
    o->bind = strcmp(text, "cores") == 0;
    if (o->bind || strcmp(text, "none") == 0)
        return true;
    return fail(cause, "--bind is %.40s; use cores or none", text);
}

static bool
set_optimizer(struct options *o, const char *text, struct cause *cause)
{
    if (optimizer_kind_parse(text, &o->optimizer.kind))
        return true;
    return fail(cause, "--optimizer is %.40s; use adam or sgd", text);
}

static bool
set_training(struct options *o, const char *name, const char *text,
             struct cause *cause)
{
    if (strcmp(name, "layers") == 0)
        return read_int(name, text, 1, 65535, &o->layers, cause);
    if (strcmp(name, "hidden") == 0)
        return o->hidden_given = true,
               read_int(name, text, 1, 65536, &o->hidden, cause);
    if (strcmp(name, "batch") == 0)
        return o->batch_given = true,
               read_int(name, text, 1, 1 << 24, &o->batch, cause);
    if (strcmp(name, "steps") == 0)
        return read_int(name, text, 1, INT_MAX, &o->steps, cause);
    if (strcmp(name, "epochs") == 0)
        return read_int(name, text, 1, 1 << 20, &o->epochs, cause);
    if (strcmp(name, "lr") == 0)
        return read_real(name, text, 1e6, &o->optimizer.lr, cause);
    if (strcmp(name, "momentum") == 0)
        return read_real(name, text, 1.0, &o->optimizer.momentum, cause);
    if (strcmp(name, "seed") == 0)
        return read_seed(text, &o->seed, cause);
    if (strcmp(name, "optimizer") == 0)
        return set_optimizer(o, text, cause);
    if (strcmp(name, "bind") == 0)
        return set_bind(o, text, cause);
    if (strcmp(name, "lockstep") == 0)
        o->lockstep = true;
    else if (strcmp(name, "data") == 0)
        o->data = text;
    else if (strcmp(name, "split") == 0)
        o->split = text;
    else
        o->metrics = text;
    return true;
}

static bool
set(struct options *o, const struct command *command,
    const struct entry *entry, const char *text, struct cause *cause)
{
    if (entry->group & TAKES_BENCH && entry->group != ~0u)
        return read_int("repeat", text, 1, 1000, &o->repeat, cause);
    if (strcmp(entry->name, "format") == 0)
        return read_format(text, command->takes, &o->format, cause);
    if (entry->group == TAKES_TIME)
        return set_time(o, entry->name, text, cause);
    if (entry->group == TAKES_TRAINING)
        return set_training(o, entry->name, text, cause);
    if (entry->group == TAKES_SPANS)
        return o->spans = true;
    return set_plan(o, entry->name, text, cause);
}

static void
set_defaults(struct options *o)
{
    *o = (struct options){
        .stages = 4,
        .mbs = 8,
        .schedule = "1f1b",
        .capacity = CAPACITY_AUTO,
        .layers = 16,
        .hidden = 128,
        .batch = 32,
        .steps = 0,
        .data = "random",
        .optimizer = optimizer_defaults(OPTIMIZER_ADAM),
        .seed = 42,
        .bind = true,
        .repeat = 7,
    };
}

/* getopt's table for a command; map[i] is the entry behind its line i. */
static void
long_options(const struct command *command, struct option table[ENTRIES + 1],
             int map[ENTRIES])
{
    int count = 0;

    for (int i = 0; i < ENTRIES; i++) {
        if (!(entries[i].group & command->takes))
            continue;
        map[count] = i;
        table[count++] = (struct option){
            entries[i].name,
            entries[i].argument ? required_argument : no_argument, NULL, 0};
    }
    table[count] = (struct option){0};
}

bool
options_parse(struct options *options, const struct command *command, int argc,
              char **argv, bool *help, struct cause *cause)
{
    struct option table[ENTRIES + 1];
    int map[ENTRIES];
    int found;
    int index = 0;

    set_defaults(options);
    *help = false;
    long_options(command, table, map);
    opterr = 0;
    while ((found = getopt_long(argc, argv, ":h", table, &index)) != -1) {
        if (found == 'h' ||
            (found == 0 && strcmp(table[index].name, "help") == 0)) {
            *help = true;
            return true;
        }
        if (found == ':')
            return fail(cause, "%s needs a value; see pipelab %s --help",
                        argv[optind - 1], command->name);
        if (found == '?')
            return fail(cause,
                        "%s is no option of %s, or not one that takes a "
                        "value; see pipelab %s --help",
                        argv[optind - 1], command->name, command->name);
        if (!set(options, command, &entries[map[index]], optarg, cause))
            return false;
    }
    if (optind < argc)
        return fail(cause, "%.60s: %s takes options only; see pipelab %s "
                           "--help",
                    argv[optind], command->name, command->name);
    if (options->steps && options->epochs)
        return fail(cause, "--steps and --epochs exclude each other; give "
                           "one");
    if (!options->steps && !options->epochs)
        options->steps = 50;
    if (!options->ranks)
        options->ranks = options->stages;
    return true;
}

void
options_help(const struct command *command)
{
    printf("Usage: pipelab %s [OPTION]...\n%s\n\n", command->name,
           command->summary);
    for (int i = 0; i < ENTRIES; i++) {
        char name[40];

        if (!(entries[i].group & command->takes))
            continue;
        snprintf(name, sizeof name, "--%s%s%s", entries[i].name,
                 entries[i].argument ? "=" : "",
                 entries[i].argument ? entries[i].argument : "");
        printf("  %-20s %s\n", name, entries[i].text);
    }
    printf("\nExamples:\n%s", command->examples);
}
