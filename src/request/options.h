/* options.h -- all options by one table; each command takes some of them. */
#ifndef PIPELAB_REQUEST_OPTIONS_H
#define PIPELAB_REQUEST_OPTIONS_H

#include "base/error.h"
#include "plan/cost.h"
#include "train/recipe.h"

#include <stdbool.h>
#include <stdint.h>

/* A bit for each line of the table of options. */
__extension__ typedef unsigned __int128 option_set;

/* A lab's sheet, if it is asked for. */
enum sheet_kind { SHEET_NONE, SHEET_BLANK, SHEET_FILLED };

/* How transfers are added to a plan, if they are. */
enum lowering { LOWER_NOT, LOWER_PLAIN, LOWER_PYTORCH };

enum format { FORMAT_TEXT, FORMAT_LIST, FORMAT_CSV, FORMAT_JSON };

struct options {
    /* the plan */
    int stages;
    int ranks; /* 0: as many as stages */
    const char *schedule;
    const char *load;    /* CSV file instead of schedule, or NULL */
    int group;           /* of interleaved-1f1b; 0: as it likes */
    bool recv_inline;    /* its RECVs wait where they stand */
    enum lowering lower; /* schedule: print the lowered plan */
    bool check;          /* schedule: print the verdict instead */
    bool forward_only;   /* without backwards */
    /* virtual time */
    int row;                /* steps in a row */
    bool barrier;           /* ranks meet before their first STEP */
    bool blocking_sends;    /* a rank stays at a SEND until its wire is done */
    const char *model;      /* file, or NULL */
    const char *cluster;    /* file, or NULL */
    int replicas;           /* of the pipeline; 0: the cluster's, or one */
    bool balance;           /* cut the model so that the period is least */
    const char *recompute;  /* none, all or stages, or NULL */
    const char *mb_cost;    /* a factor per microbatch, or NULL */
    const char *rank_cost;  /* a factor per rank, or NULL */
    double jitter;          /* of every action's time, 0 to 1 */
    int64_t max_memory;     /* bytes of a rank; 0: the cluster's */
    int capacity;           /* CAPACITY_AUTO or >= 0 */
    const char *cost;       /* "measured", a list, or NULL */
    const char *stage_cost; /* or NULL */
    const char *latency;    /* or NULL */
    const char *bytes;      /* of a stage, or NULL */
    const char *bandwidth;  /* of a link, or NULL */
    /* the output */
    enum format format;
    bool spans;            /* simulate: also the spans */
    const char *output;    /* for the results, or NULL: standard output */
    const char *svg;       /* file, or NULL */
    const char *trace;     /* file, or NULL */
    const char *html;      /* file, or NULL */
    bool arrows;           /* in the svg */
    const char *sort;      /* compare: by which column */
    int max_activations;   /* the most on a rank; 0: no limit */
    bool for_makespan;     /* what a search is for; else the period */
    int seconds;           /* that a search may take; 0: no matter */
    double weight_share;   /* a_W / a_F; see plan/footprint.h */
    bool par;              /* lab grade: score against the best known */
    enum sheet_kind sheet; /* lab: on paper */
    const char *sweep;     /* compare: "microbatches=4..64", or NULL */
    /* the search of tune */
    int global_batch;          /* examples of a step; 0: not given */
    const char *rank_list;     /* or NULL */
    const char *schedule_list; /* or NULL */
    /* the model and its training */
    struct recipe recipe;
    int epochs;          /* in place of recipe.steps; 0: by steps */
    const char *split;   /* or NULL */
    const char *save;    /* file, or NULL */
    const char *resume;  /* file, or NULL */
    const char *metrics; /* file, or NULL */
    int save_every;      /* steps; 0: at the end only */
    bool lockstep;
    const char *break_at; /* cell, or NULL */
    bool bind;
    /* the bench */
    int repeat;
    bool scale; /* how cost grows, instead */
    /* the page */
    bool open; /* in a browser */
    bool help;
    option_set given; /* a bit for each option given; see
                              * options_given() */
    char **words;     /* operands; borrowed from argv */
    int word_count;
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
    TAKES_WORDS = 2048, /* operands; the command checks them */
    TAKES_EVAL = 4096,
    TAKES_GRADE = 8192,    /* of a schedule file */
    TAKES_FORMAT = 16384,  /* results in JSON and other formats */
    TAKES_MACHINE = 32768, /* what only virtual time knows */
    TAKES_PAGE = 65536,
    TAKES_HTML = 131072, /* the page with the run in it */
    TAKES_TUNE = 262144,
    TAKES_REPEAT = 524288 /* of TAKES_BENCH, this alone */
};

/* Nothing is given yet. */
void
options_begin(struct options *options);

/* Reads the value of line i of the table of options; text is NULL for a switch.
 * False with the cause if it is wrong. */
bool
options_set(struct options *options, int i, const char *text,
            struct cause *cause);

/* Refuses a word that is no option of the command, or one that stands alone,
 * and offers the option that may be meant, if not NULL. Returns false. */
bool
options_refuse(const char *word, const char *command, const char *meant,
               struct cause *cause);
bool
options_refuse_alone(const char *word, const char *command, const char *meant,
                     struct cause *cause);

/* Whether --cost is "measured". */
bool
options_measure_costs(const struct options *options);

/* Fills in what follows from the options that were given. takes: bits of enum
 * option_group. */
void
options_settle(struct options *options, unsigned takes);

/* The bit in given of an option by its name, or 0 if it was not given. */
option_set
options_given(const struct options *options, const char *name);

/* The ranks and the schedule for this number of stages, if they are not given:
 * a rank for each stage; 1f1b, or interleaved-1f1b if ranks own several
 * stages. */
int
options_ranks(const struct options *options, int stages);
const char *
options_schedule(const struct options *options, int ranks, int stages);

/* Whether --schedule none asks for one thread with the whole model. */
bool
options_is_monolith(const struct options *options);

#endif
