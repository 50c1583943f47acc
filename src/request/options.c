/* options.c -- the table of all options, and what follows from those that are
 * given. */
#include "config.h"

#include "request/options.h"

#include "request/option_value.h"

#include "base/near.h"
#include "plan/plan.h"
#include "search/schedule.h"
#include "sim/forecast.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

#define FIELD(name) offsetof(struct options, name)
#define INT(name, least, most) option_int, FIELD(name), least, most
#define SETTING option_setting, FIELD(recipe), 0, 0
#define OTHER(reader, name) option_##reader, FIELD(name), 0, 0

/* Times of a machine are also what a schedule is searched for and graded by. */
#define MACHINE (TAKES_MACHINE | TAKES_SCHEDULE | TAKES_GRADE)

static const struct option_entry entries[] = {
    {"schedule", "NAME", TAKES_PLAN, OTHER(schedule, schedule),
     "a schedule of compare's table (1f1b, or "
     "interleaved-1f1b if ranks own several stages)"},
    {"schedule", "NAME", TAKES_BENCH, OTHER(schedule, schedule),
     "only this one"},
    {"schedule", "LIST", TAKES_COMPARE, OTHER(schedules, schedule),
     "only these, as in gpipe,1f1b (all that fit)"},
    {"load", "FILE", TAKES_PLAN, OTHER(text, load),
     "a plan as CSV, in place of --schedule; - is stdin"},
    {"recv", "posted|inline", TAKES_PLAN, OTHER(word, recv_inline),
     "whether a RECV of the file waits at its use or its place (posted)"},
    {"stages", "S", TAKES_PLAN, INT(stages, 1, PLAN_MAX_STAGES),
     "stages the model is cut into (4)"},
    {"ranks", "P", TAKES_PLAN, INT(ranks, 1, PLAN_MAX_STAGES),
     "threads that own them (S)"},
    {"ranks", "P", TAKES_BENCH, INT(ranks, 1, 64), "ranks (2, 4 and 8)"},
    {"microbatches", "M", TAKES_PLAN | TAKES_BENCH, SETTING,
     "slices of the batch (8)"},
    {"group", "N", TAKES_PLAN, INT(group, 1, PLAN_MAX_MBS),
     "microbatches that interleaved schedules run on a stage in a row (P or "
     "more)"},
    {"par", NULL, TAKES_GRADE, OTHER(switch, par),
     "score the file against the shortest schedule known"},
    {"sheet", "blank|filled", TAKES_GRADE, OTHER(sheet, sheet),
     "print the lab's table on paper, to fill (blank) or filled"},
    {"max-activations", "K", TAKES_PLAN | TAKES_GRADE,
     INT(max_activations, 1, INT_MAX),
     "activations in flight that a rank has memory for (any)"},
    {"weight-activations", "X",
     TAKES_SCHEDULE | TAKES_SPANS | TAKES_COMPARE | TAKES_TRAINING |
         TAKES_GRADE,
     OTHER(share, weight_share),
     "share of an activation that stays from its I to its W (1)"},
    {"objective", "period|makespan", TAKES_PLAN, OTHER(word, for_makespan),
     "what greedy makes short: a step of many (period), or one"},
    {"seconds", "T", TAKES_PLAN, INT(seconds, 1, 1 << 20),
     "the most time of a search for a schedule (a fixed number of tries)"},
    {"forward-only", NULL, TAKES_SCHEDULE | TAKES_SPANS | TAKES_COMPARE,
     OTHER(switch, forward_only), "leave the backwards out"},
    {"lower", "[=pytorch]", TAKES_SCHEDULE, OTHER(lower, lower),
     "show transfers and optimizer steps too; pytorch: in an order that "
     "needs no slots"},
    {"check", NULL, TAKES_SCHEDULE, OTHER(switch, check),
     "print the verdict, not the plan"},
    {"capacity", "K|auto", TAKES_TIME, option_capacity, FIELD(capacity), 0,
     1 << 20, "slots of each link, 0 for rendezvous (auto)"},
    {"cost", "LIST|measured", TAKES_TIME | TAKES_GRADE, OTHER(cost, cost),
     "ticks per action (F=1,B=2,I=1,W=1,STEP=0), or measured: by timing "
     "the model's stages here, in nanoseconds"},
    {"stage-cost", "LIST", TAKES_TIME | TAKES_GRADE,
     OTHER(factors, stage_cost), "a factor per stage, as in 1,1,2,1"},
    {"latency", "T", TAKES_TIME | TAKES_GRADE, OTHER(latency, latency),
     "time that a message takes, as 3 or 5us (0)"},
    {"bytes", "LIST", MACHINE, OTHER(bytes, bytes),
     "of each stage, for --bandwidth and --max-memory, as in "
     "activation=64MiB,output=8MiB,parameters=1GiB (0)"},
    {"bandwidth", "SIZE", MACHINE, OTHER(bandwidth, bandwidth),
     "bytes that a link takes in a tick or unit, as 8MiB, or 25GB/s (any)"},
    {"global-batch", "B", TAKES_TUNE, INT(global_batch, 1, INT_MAX),
     "examples of a step, on all devices"},
    {"ranks", "LIST", TAKES_TUNE, OTHER(text, rank_list),
     "numbers of ranks to try (those that divide the cluster's)"},
    {"schedules", "LIST", TAKES_TUNE, OTHER(text, schedule_list),
     "only these, as in 1f1b,zb1p (all rules of compare's table)"},
    {"seconds", "T", TAKES_TUNE, INT(seconds, 1, 1 << 20),
     "stop then, with the best so far (when all are looked at)"},
    {"model", "FILE", MACHINE | TAKES_TUNE, OTHER(text, model),
     "times and bytes of the layers, as JSON, in place of --cost"},
    {"cluster", "FILE", MACHINE | TAKES_TUNE, OTHER(text, cluster),
     "memory, links and replicas of the ranks, as JSON"},
    {"replicas", "R", MACHINE, INT(replicas, 1, 1 << 20),
     "of the pipeline, for the all-reduce (the cluster's)"},
    {"replicas", "R", TAKES_TRAINING, INT(replicas, 1, 1 << 20),
     "pipelines that train one model, with --batch each (1; pipelab-mpi)"},
    {"balance", NULL, MACHINE, OTHER(switch, balance),
     "cut the layers of --model into stages of least period"},
    {"send", "free|blocking", TAKES_MACHINE | TAKES_GRADE,
     OTHER(word, blocking_sends),
     "whether a rank stays at a send until the wire is done (free)"},
    {"recompute", "LIST|none|all",
     MACHINE | TAKES_TRAINING | TAKES_EVAL | TAKES_STEP,
     OTHER(text, recompute),
     "stages that run F again before B, as in 0,2 (none)"},
    {"microbatch-cost", "LIST", MACHINE, OTHER(mbs, mb_cost),
     "a factor per microbatch, as in 1,1,3,1"},
    {"rank-cost", "LIST", MACHINE, OTHER(ranks, rank_cost),
     "a factor per rank, as in 1,1.2,1,1"},
    {"jitter", "X", TAKES_MACHINE, OTHER(share, jitter),
     "each time x 1-X..1+X: medians of 101 draws (0)"},
    {"seed", "N", TAKES_MACHINE, SETTING, "of the draws (42)"},
    {"max-memory", "SIZE", TAKES_MACHINE | TAKES_SCHEDULE | TAKES_TUNE,
     OTHER(size, max_memory),
     "bytes that a rank has, as in 80GiB (the cluster's)"},
    {"barrier", NULL,
     TAKES_MACHINE | TAKES_TRAINING | TAKES_STEP | TAKES_GRADE,
     OTHER(switch, barrier),
     "ranks meet before their first STEP, as for a global norm"},
    {"layers", "L", TAKES_MODEL, SETTING, "hidden layers (16)"},
    {"hidden", "H", TAKES_MODEL, SETTING, "width of each (128)"},
    {"batch", "B", TAKES_MODEL, SETTING, "examples in a step (32)"},
    {"steps", "N", TAKES_TRAINING, SETTING,
     "steps to train in all, with those before --resume (50)"},
    {"steps", "N", TAKES_SPANS, INT(row, 1, 1024),
     "steps in a row that are shown (1)"},
    {"steps", "N", TAKES_STEP, SETTING, "steps that may be gone through (50)"},
    {"epochs", "N", TAKES_TRAINING, INT(epochs, 1, 1 << 20),
     "passes over the data, in place of --steps"},
    {"lr", "X", TAKES_TRAINING | TAKES_STEP, SETTING, "learning rate (1e-3)"},
    {"optimizer", "adam|sgd", TAKES_MODEL, SETTING,
     "what moves the weights (adam)"},
    {"momentum", "X", TAKES_TRAINING | TAKES_STEP, SETTING, "of sgd (0.9)"},
    {"seed", "N", TAKES_TRAINING | TAKES_STEP, SETTING,
     "of weights, data and shuffling (42)"},
    {"data", "random|digits|fashion-mnist|DIR", TAKES_TRAINING | TAKES_STEP,
     SETTING, "the examples; DIR has IDX files (random)"},
    {"resume", "FILE", TAKES_EVAL, OTHER(text, resume),
     "the checkpoint to evaluate"},
    {"batch", "B", TAKES_EVAL, SETTING,
     "examples at a time (the checkpoint's)"},
    {"microbatches", "M", TAKES_EVAL, SETTING,
     "slices of the batch (the checkpoint's)"},
    {"data", "random|digits|fashion-mnist|DIR", TAKES_EVAL, SETTING,
     "the set whose test split it is (the checkpoint's)"},
    {"split", "LIST|measured", TAKES_TRAINING, OTHER(cut, split),
     "layers of each stage, as in 5,4,4,3; measured: cut for the least "
     "period on this machine (even by parameters)"},
    {"split", "LIST",
     TAKES_SPANS | TAKES_COMPARE | TAKES_EVAL | TAKES_STEP | TAKES_SCHEDULE |
         TAKES_GRADE,
     OTHER(split, split),
     "layers of each stage, as in 5,4,4,3 (even by parameters)"},
    {"save", "FILE", TAKES_TRAINING, OTHER(text, save),
     "write a checkpoint at the end, also when interrupted"},
    {"save-every", "N", TAKES_TRAINING, INT(save_every, 1, INT_MAX),
     "and after every N steps"},
    {"resume", "FILE", TAKES_TRAINING, OTHER(text, resume),
     "go on from a checkpoint, which says what options leave open"},
    {"metrics", "FILE", TAKES_TRAINING, OTHER(text, metrics),
     "write a JSON line a step"},
    {"lockstep", NULL, TAKES_TRAINING | TAKES_EVAL, OTHER(switch, lockstep),
     "one rank moves at a time, in virtual-time order"},
    {"break-at", "CELL", TAKES_TRAINING, OTHER(text, break_at),
     "stop a debugger (SIGTRAP) where a cell begins, as in 2F3"},
    {"bind", "none|cores", TAKES_TRAINING | TAKES_EVAL, OTHER(word, bind),
     "what to bind ranks to (cores)"},
    {"nan", "stop|continue", TAKES_TRAINING | TAKES_STEP,
     OTHER(word, recipe.nan_continue),
     "what to do when a number is not finite (stop)"},
    {"svg", "FILE", TAKES_TUNE, OTHER(text, svg),
     "draw period against memory as an SVG picture"},
    {"svg", "FILE", TAKES_SVG, OTHER(text, svg),
     "draw the timeline as an SVG picture"},
    {"arrows", NULL, TAKES_SVG, OTHER(switch, arrows),
     "in the picture, draw the messages too"},
    {"html", "FILE", TAKES_HTML, OTHER(text, html),
     "write the page of pipelab page, with this run in it"},
    {"trace", "FILE", TAKES_PICTURES, OTHER(text, trace),
     "write Chrome trace events, for ui.perfetto.dev"},
    {"sort", "period|makespan|peak|bytes", TAKES_COMPARE, OTHER(text, sort),
     "the column that the rows are in order of (period)"},
    {"sweep", "WHAT=RANGE", TAKES_COMPARE, OTHER(text, sweep),
     "a table a value: microbatches=4..64 (doubling), stages=2,3,4"},
    {"spans", NULL, TAKES_SPANS, OTHER(switch, spans),
     "with --format json: every span"},
    {"repeat", "N", TAKES_BENCH | TAKES_REPEAT, INT(repeat, 1, 1000),
     "repetitions of each measurement (7)"},
    {"scale", NULL, TAKES_BENCH, OTHER(switch, scale),
     "print how the cost of a step grows, instead"},
    {"format", "text|json", TAKES_FORMAT, OTHER(format, format),
     "how to print the results (text)"},
    {"format", "text|csv|json", TAKES_GRADE, OTHER(format, format),
     "how to print the results, csv for a sheet (text)"},
    {"format", "text|csv|json", TAKES_COMPARE | TAKES_TUNE,
     OTHER(format, format), "how to print the table (text)"},
    {"format", "text|list|csv|json", TAKES_SCHEDULE, OTHER(format, format),
     "how to print the plan (text: the grid)"},
    {"open", NULL, TAKES_PAGE, OTHER(switch, open),
     "show a copy of it in the browser"},
    {"output", "FILE", ~0u, OTHER(text, output),
     "print the results there, whole or not at all (standard output)"},
    {"help", NULL, ~0u, OTHER(switch, help), "this page"},
};

enum { ENTRIES = sizeof entries / sizeof *entries };
_Static_assert(ENTRIES <= 8 * (int)sizeof(option_set),
               "each has a bit in given");

const struct option_entry *
option_entry_at(int i)
{
    return i < ENTRIES ? &entries[i] : NULL;
}

/* Later lines of one name stand in for earlier ones. */
bool
option_entry_taken(int i, unsigned takes)
{
    if (!(entries[i].group & takes))
        return false;
    for (int j = i + 1; j < ENTRIES; j++)
        if (entries[j].group & takes &&
            strcmp(entries[i].name, entries[j].name) == 0)
            return false;
    return true;
}

bool
options_set(struct options *options, int i, const char *text,
            struct cause *cause)
{
    char *base = (char *)options;

    options->given |= (option_set)1 << i;
    if (text && *text == '\0')
        return fail(cause, "--%s is empty; give it a value, or leave it out",
                    entries[i].name);
    return entries[i].read(&entries[i], text, base + entries[i].field, cause);
}

bool
options_refuse(const char *word, const char *command, const char *meant,
               struct cause *cause)
{
    char see[NEAR_TEXT];

    return fail(cause, "%s is no option of %s%s; %s pipelab %s --help", word,
                command, meant ? "" : ", or short for several",
                near_see(meant, "--", see), command);
}

bool
options_refuse_alone(const char *word, const char *command, const char *meant,
                     struct cause *cause)
{
    char see[NEAR_TEXT];

    return fail(cause, "%.60s: %s takes options only; %s pipelab %s --help",
                word, command, near_see(meant, "--", see), command);
}

bool
options_measure_costs(const struct options *options)
{
    return options->cost && strcmp(options->cost, "measured") == 0;
}

option_set
options_given(const struct options *options, const char *name)
{
    for (int i = 0; i < ENTRIES; i++)
        if (options->given & (option_set)1 << i &&
            strcmp(entries[i].name, name) == 0)
            return (option_set)1 << i;
    return 0;
}

void
options_begin(struct options *options)
{
    *options = (struct options){
        .stages = 4,
        .schedule = "1f1b",
        .capacity = CAPACITY_AUTO,
        .weight_share = 1.0,
        .recipe = recipe_defaults(),
        .bind = true,
        .row = 1,
        .sort = "period",
        .repeat = 7,
    };
}

int
options_ranks(const struct options *options, int stages)
{
    return options_given(options, "ranks") ? options->ranks : stages;
}

const char *
options_schedule(const struct options *options, int ranks, int stages)
{
    if (options_given(options, "schedule"))
        return options->schedule;
    return ranks == stages ? "1f1b" : "interleaved-1f1b";
}

bool
options_is_monolith(const struct options *options)
{
    return !options->load && strcmp(options->schedule, "none") == 0;
}

void
options_settle(struct options *options, unsigned takes)
{
    if (!options->recipe.steps && !options->epochs)
        options->recipe.steps = 50;
    if (takes & TAKES_PLAN) {
        options->ranks = options_ranks(options, options->stages);
        options->schedule =
            options_schedule(options, options->ranks, options->stages);
    }
}
