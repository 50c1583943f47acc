/* effect.c -- says which of the options that were given have no effect. */
#include "config.h"

#include "request/effect.h"

#include "search/schedule.h"

#include <stdio.h>
#include <string.h>

/* In a command that takes one of these groups, while the rule holds, the
 * options of these names change nothing. */
struct rule {
    unsigned takes;
    bool (*holds)(const struct options *options); /* or NULL: */
    const char *beside; /* holds if this option was given; "!svg": if not */
    const char *names;  /* a blank between two */
    bool wrong;         /* they ask for what there is not: that is an error */
    const char *why;
};

/* Only a plan that is searched for depends on costs and on a limit to
 * memory. */
static bool
is_not_searched(const struct options *options)
{
    return options->load || !schedule_is_searched(options->schedule);
}

/* Nor is it read with a cluster, which keeps its sharding. */
static bool
is_not_timed(const struct options *options)
{
    return is_not_searched(options) && !(options->load && options->cluster);
}

/* The same for a table without such a row. */
static bool
rows_are_not_searched(const struct options *options)
{
    return options_given(options, "schedule") &&
           !strstr(options->schedule, "greedy") &&
           !strstr(options->schedule, "optimal");
}

static bool
is_optimal_period(const struct options *options)
{
    return !options->load && !options->for_makespan &&
           strcmp(options->schedule, "optimal") == 0;
}

static bool
has_one_stage_a_rank(const struct options *options)
{
    return options_ranks(options, options->stages) == options->stages;
}

static bool
has_no_groups(const struct options *options)
{
    struct cause cause;
    const struct policy *schedule = schedule_find(options->schedule, &cause);

    return !schedule || !schedule->groups;
}

static bool
keeps_nothing(const struct options *options)
{
    return options->forward_only && is_not_searched(options);
}

static bool
rows_keep_nothing(const struct options *options)
{
    return options->forward_only && rows_are_not_searched(options);
}

static bool
has_no_bytes(const struct options *options)
{
    return !options->model && !options->bytes;
}

static bool
has_no_wires(const struct options *options)
{
    return !options->cluster && !options->bandwidth;
}

static bool
has_no_use_of_bytes(const struct options *options)
{
    return has_no_wires(options) && options->max_memory == 0;
}

/* Where transfers are placed for rendezvous, the verdict is of that. */
static bool
is_checked_as_it_is(const struct options *options)
{
    return options->check && options->lower != LOWER_PYTORCH;
}

static bool
shows_no_peak(const struct options *options)
{
    return !options->check && options->format != FORMAT_JSON &&
           options->max_activations == 0;
}

static bool
is_checked_in_cells(const struct options *options)
{
    return options->check &&
           (options->format == FORMAT_LIST || options->format == FORMAT_CSV);
}

static bool
is_not_json(const struct options *options)
{
    return options->format != FORMAT_JSON;
}

static bool
sweeps(const struct options *options, const char *what)
{
    return options->sweep && strncmp(options->sweep, what, strlen(what)) == 0;
}

static bool
sweeps_stages(const struct options *options)
{
    return sweeps(options, "stages=");
}

static bool
sweeps_microbatches(const struct options *options)
{
    return sweeps(options, "microbatches=");
}

/* Of a training that goes on, the optimizer may be the file's. */
static bool
is_adam(const struct options *options)
{
    return options->recipe.optimizer.kind == OPTIMIZER_ADAM &&
           (options_given(options, "optimizer") || !options->resume);
}

static bool
is_not_graded(const struct options *options)
{
    return options->word_count == 0 || strcmp(options->words[0], "grade") != 0;
}

static bool
is_no_lab(const struct options *options)
{
    return options->word_count == 0 || strcmp(options->words[0], "grade") == 0;
}

static bool
is_csv_of_no_sheet(const struct options *options)
{
    return options->format == FORMAT_CSV && options->sheet == SHEET_NONE;
}

/* Who takes the times of a machine. */
#define MACHINE (TAKES_MACHINE | TAKES_SCHEDULE | TAKES_GRADE)

#define NO_TIME                                                               \
    "no plan but one that is searched for depends on time; pipelab simulate " \
    "shows plans in time"

static const struct rule rules[] = {
    {TAKES_TRAINING | TAKES_EVAL, options_is_monolith, NULL,
     "stages ranks max-activations weight-activations capacity cost "
     "stage-cost latency split recompute barrier lockstep bind",
     false, "--schedule none is one thread with the whole model"},
    {TAKES_TRAINING | TAKES_EVAL, options_is_monolith, NULL,
     "svg html trace break-at", true,
     "--schedule none runs no plan; name a schedule"},
    {TAKES_TRAINING | TAKES_EVAL | TAKES_SCHEDULE | TAKES_SPANS | TAKES_STEP,
     NULL, "load", "schedule", true,
     "--load and --schedule exclude each other; give one"},
    {TAKES_PLAN, NULL, "load", "group", true,
     "the order is the file's; leave it out"},
    {TAKES_PLAN, has_one_stage_a_rank, NULL, "group", false,
     "a rank goes on to its next stage, and each has one here"},
    {TAKES_SCHEDULE | TAKES_SPANS | TAKES_TRAINING | TAKES_EVAL | TAKES_STEP,
     has_no_groups, NULL, "group", true,
     "only interleaved-1f1b and combined-1f1b run in groups; leave it "
     "out"},
    {TAKES_PLAN, NULL, "!load", "recv", false,
     "only the file of --load may have RECVs of its own"},
    {TAKES_SCHEDULE | TAKES_SPANS | TAKES_TRAINING | TAKES_EVAL | TAKES_STEP,
     is_not_searched, NULL, "objective seconds", false,
     "only greedy and optimal search for a plan"},
    {TAKES_COMPARE, rows_are_not_searched, NULL, "objective seconds", false,
     "only greedy and optimal search for a plan"},
    {TAKES_SCHEDULE | TAKES_SPANS | TAKES_TRAINING | TAKES_EVAL | TAKES_STEP,
     is_optimal_period, NULL, "objective", true,
     "optimal searches for the shortest makespan; leave it out"},
    {TAKES_SCHEDULE, is_not_searched, NULL,
     "cost stage-cost latency bytes bandwidth replicas balance recompute "
     "microbatch-cost rank-cost split max-memory",
     false, NO_TIME},
    {TAKES_SCHEDULE, is_not_timed, NULL, "model cluster", false, NO_TIME},
    {TAKES_SCHEDULE, shows_no_peak, NULL, "weight-activations", false,
     "it counts for peaks, which --check and --format json show"},
    {TAKES_SCHEDULE, is_checked_as_it_is, NULL, "lower", false,
     "the verdict of --check is the same with and without the transfers"},
    {TAKES_SCHEDULE, is_checked_in_cells, NULL, "format", true,
     "the verdict of --check is no plan; use --format text or json, or leave "
     "out --check"},
    {TAKES_SPANS | TAKES_COMPARE, NULL, "forward-only", "optimizer", false,
     "forwards alone need none"},
    {TAKES_SCHEDULE | TAKES_SPANS, keeps_nothing, NULL, "max-activations",
     false, "forwards alone keep no activations"},
    {TAKES_COMPARE, rows_keep_nothing, NULL, "max-activations", false,
     "forwards alone keep no activations"},
    {TAKES_EVAL, is_not_searched, NULL, "max-activations", false,
     "forwards alone keep no activations"},
    {MACHINE, NULL, "forward-only", "barrier", false,
     "forwards alone have no STEP"},
    {MACHINE, NULL, "forward-only", "recompute", false,
     "forwards alone keep nothing"},
    {TAKES_EVAL, NULL, "resume", "recompute", false,
     "forwards alone keep nothing"},
    {MACHINE, NULL, "model", "layers hidden cost stage-cost", true,
     "the file of --model has layers and times; leave them out"},
    {MACHINE, NULL, "model", "weight-activations", true,
     "the file of --model has the bytes that stay until W; leave it out"},
    {MACHINE, NULL, "model", "batch optimizer", false,
     "the files of --model and --cluster say what they take"},
    {MACHINE, NULL, "model", "bytes", true,
     "the file of --model has the bytes; leave it out"},
    {MACHINE, NULL, "bytes", "layers hidden split batch optimizer", true,
     "--bytes says what a stage holds; leave them out"},
    {MACHINE, options_measure_costs, NULL, "bytes bandwidth max-memory", true,
     "--cost measured takes no bytes; give its times in its place, as in "
     "--cost F=20us,B=40us, and --bytes"},
    {MACHINE, has_no_bytes, NULL, "max-memory", true,
     "it is held against bytes; give --model FILE or --bytes LIST"},
    {MACHINE, has_no_bytes, NULL, "bandwidth", true,
     "messages have no size; give --bytes output=SIZE, or --model FILE"},
    {TAKES_SCHEDULE | TAKES_GRADE, NULL, "!model", "split", true,
     "it cuts the layers of a model; give --model FILE"},
    {MACHINE, NULL, "!model", "balance", true,
     "it cuts the layers of a model; give --model FILE"},
    {MACHINE, NULL, "split", "balance", true,
     "--split says where to cut; give one of them"},
    {TAKES_SCHEDULE | TAKES_GRADE, has_no_use_of_bytes, NULL, "bytes", false,
     "they count for messages with --bandwidth, and for --max-memory"},
    {MACHINE, NULL, "cluster", "latency bandwidth", true,
     "the file of --cluster has the links; leave it out"},
    {MACHINE, has_no_wires, NULL, "send", false,
     "without --bandwidth or a --cluster file a send takes no time"},
    {MACHINE, NULL, "!cluster", "replicas", true,
     "they share their gradients over a cluster's links; give --cluster FILE"},
    {MACHINE, NULL, "!jitter", "seed", false,
     "nothing is drawn without --jitter"},
    {TAKES_SVG, NULL, "!svg", "arrows", false,
     "they are drawn in the picture of --svg FILE"},
    {TAKES_SPANS, is_not_json, NULL, "spans", false, "--format json has them"},
    {TAKES_COMPARE, is_not_json, NULL, "optimizer", false,
     "the table has the bytes of activations alone; --format json has all"},
    {TAKES_COMPARE, sweeps_stages, NULL, "stages", false,
     "--sweep says how many"},
    {TAKES_COMPARE, sweeps_microbatches, NULL, "microbatches", false,
     "--sweep says how many"},
    {TAKES_COMPARE, NULL, "sweep", "svg html load", true,
     "that is for one table; leave out --sweep"},
    {TAKES_TRAINING | TAKES_STEP, is_adam, NULL, "momentum", false,
     "it is of --optimizer sgd"},
    {TAKES_TRAINING, NULL, "!save", "save-every", true,
     "it says when to save, but not where; give --save FILE"},
    {TAKES_TRAINING, NULL, "steps", "epochs", true,
     "--steps and --epochs exclude each other; give one"},
    {TAKES_BENCH, NULL, "scale",
     "schedule ranks microbatches layers hidden batch repeat", false,
     "--scale goes through shapes of its own"},
    {TAKES_GRADE, is_no_lab, NULL, "sheet", true,
     "a sheet is of one lab, as in pipelab lab gpipe"},
    {TAKES_GRADE, is_csv_of_no_sheet, NULL, "format", true,
     "csv is of a sheet; add --sheet blank or filled"},
    {TAKES_GRADE, is_not_graded, NULL,
     "par max-activations weight-activations cost stage-cost latency bytes "
     "bandwidth model cluster replicas balance send recompute microbatch-cost "
     "rank-cost "
     "barrier split",
     true, "labs are not scored, that is for grade; see pipelab lab --help"},
};

enum { RULES = sizeof rules / sizeof *rules };

static bool
rule_holds(const struct rule *rule, const struct options *options)
{
    const char *beside = rule->beside;

    if (rule->holds)
        return rule->holds(options);
    return *beside == '!' ? !options_given(options, beside + 1)
                          : options_given(options, beside) != 0;
}

/* Takes the options of a rule off the bits that are left of those given and
 * writes their names into line, as in "--svg, --trace". False if there are
 * none. */
static bool
take_given(const struct rule *rule, const struct options *options,
           option_set *left, char line[], size_t size)
{
    const char *name = rule->names;
    size_t used = 0;

    while (*name) {
        char one[32];
        size_t length = strcspn(name, " ");
        option_set bit;

        snprintf(one, sizeof one, "%.*s", (int)length, name);
        bit = options_given(options, one) & *left;
        *left &= ~bit;
        if (bit && used < size)
            used += (size_t)snprintf(line + used, size - used, "%s--%s",
                                     used ? ", " : "", one);
        name += length + strspn(name + length, " ");
    }
    return used > 0;
}

/* Goes through the rules that are errors, or those that are not. */
static bool
apply_rules(const struct options *options, unsigned takes, bool wrong,
            const struct means *means, option_set *left, struct cause *cause)
{
    char given[256];

    for (int i = 0; i < RULES; i++) {
        const struct rule *rule = &rules[i];

        if (rule->wrong != wrong || !(rule->takes & takes) ||
            !rule_holds(rule, options) ||
            !take_given(rule, options, left, given, sizeof given))
            continue;
        if (wrong)
            return fail(cause, "%s: %s", given, rule->why);
        means_remark(means, "no effect: %s; %s", given, rule->why);
    }
    return true;
}

/* What follows from a list of costs that leaves some out. */
static void
remark_on_costs(const struct options *options, const struct means *means)
{
    char rest[128];

    if (options_measure_costs(options))
        return;
    cost_describe_rest(options->cost, rest, sizeof rest);
    if (*rest)
        means_remark(means, "--cost %s: the rest is %s", options->cost, rest);
}

bool
effect_check(const struct options *options, unsigned takes,
             const struct means *means, struct cause *cause)
{
    option_set left = options->given;

    if (!apply_rules(options, takes, true, means, &left, cause) ||
        !apply_rules(options, takes, false, means, &left, cause))
        return false;
    if (options_given(options, "cost") & left)
        remark_on_costs(options, means);
    return true;
}
