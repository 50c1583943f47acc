/* options.h -- the command line: one table of options, of which each command
 * takes some. */
#ifndef PIPELAB_CLI_OPTIONS_H
#define PIPELAB_CLI_OPTIONS_H

#include "base/error.h"
#include "nn/optimizer.h"
#include "plan/cost.h"

#include <stdbool.h>
#include <stdint.h>

enum { OPTIONS_LAYERS = 16 }; /* unless given */

enum format { FORMAT_TEXT, FORMAT_LIST, FORMAT_CSV, FORMAT_JSON };

struct options {
    /* the plan */
    int stages;
    int ranks;       /* 0: as many as stages */
    bool ranks_given;
    int mbs;
    bool mbs_given;
    bool stages_given;
    const char *schedule;
    bool schedule_given;
    const char *load;        /* CSV file instead of schedule, or NULL */
    bool lower;              /* schedule: print the lowered plan */
    bool check;              /* schedule: print the verdict instead */
    bool forward_only;       /* without backwards */
    /* virtual time */
    int capacity;            /* CAPACITY_AUTO or >= 0 */
    bool capacity_given;
    const char *cost;        /* "measured", a list, or NULL */
    const char *stage_cost;  /* or NULL */
    int64_t latency;
    bool latency_given;
    /* the output */
    enum format format;
    bool spans;              /* simulate: also the spans */
    const char *output;      /* for the results, or NULL: standard output */
    const char *svg;         /* file, or NULL */
    const char *trace;       /* likewise */
    bool arrows;             /* in the svg */
    const char *sort;        /* compare: by which column */
    int max_activations;     /* on a rank; 0 for any number */
    bool par;                /* lab grade: score against the best known */
    const char *sweep;       /* compare: "microbatches=4..64", or NULL */
    /* the model and its training */
    int layers;
    bool layers_given;
    int hidden;
    bool hidden_given;
    int batch;
    bool batch_given;
    int steps;               /* 0: by epochs */
    int epochs;              /* 0: by steps */
    bool steps_given;        /* or epochs */
    const char *split;       /* or NULL */
    const char *data;
    bool data_given;
    struct optimizer_options optimizer;
    bool optimizer_given;
    bool lr_given;
    bool momentum_given;
    uint64_t seed;
    bool seed_given;
    const char *save;        /* file, or NULL, as are the next two */
    const char *resume;
    const char *metrics;
    int save_every;          /* steps; 0: at the end only */
    bool lockstep;
    const char *break_at;    /* cell, or NULL */
    bool bind;
    bool nan_continue;
    /* the bench */
    int repeat;
    bool scale;              /* how cost grows, instead */
    bool help;
    uint64_t given;          /* bits of all that were; see options_given() */
    char **words;            /* operands; borrowed from argv */
    int word_count;
    /* set by compare for its tables */
    bool quiet;                    /* no remarks on the plan */
    int tick_layers;               /* F is of so many in all; or 0 */
    const struct cost *known_cost; /* measured before, or NULL; borrowed */
};

struct command {
    const char *name;
    const char *summary;
    unsigned takes; /* bits of enum option_group */
    const char *examples;
    int (*run)(const struct options *options);
};

enum option_group {
    TAKES_PLAN = 1,
    TAKES_TIME = 2,
    TAKES_TRAINING = 4,
    TAKES_SCHEDULE = 8,
    TAKES_SPANS = 16,
    TAKES_BENCH = 32,
    TAKES_MODEL = 64,
    TAKES_PICTURES = 128, /* of a timeline */
    TAKES_SVG = 256,
    TAKES_COMPARE = 512,
    TAKES_STEP = 1024,
    TAKES_WORDS = 2048, /* operands, whose number and meaning are the
                         * command's affair */
    TAKES_EVAL = 4096,
    TAKES_GRADE = 8192,  /* of a schedule file */
    TAKES_FORMAT = 16384 /* results that are printed for programs, too */
};

/* Reads argv (argv[0] is the command's name) into options. False with the
 * cause if it is wrong. After --help nothing further is read. */
bool
options_parse(struct options *options, const struct command *command, int argc,
              char **argv, struct cause *cause);

/* Where the command line leaves the stages open and the model has too few layers
 * for them, takes as many as it has; of ranks that were given each owns equally
 * many. Ranks and schedule follow where they are open too. True if that changed
 * the plan. */
bool
options_fit_stages(struct options *options, int layers);

/* Sets an option by its name, as the command line would but for what says that
 * it was given. */
bool
options_set(struct options *options, const char *name, const char *text,
            struct cause *cause);

/* The bit in given of an option by its name, or 0 if it was not given. */
uint64_t
options_given(const struct options *options, const char *name);

/* The command's page for --help, on stdout. */
void
options_help(const struct command *command);

#endif
