/* words.c -- reads the words of a call by the table of options that the command
 * line has. */
#include "config.h"

#include "api/words.h"

#include "base/near.h"
#include "plan/plan.h"
#include "request/effect.h"
#include "request/option_value.h"

#include <limits.h>
#include <string.h>

static const struct {
    const char *name;
    const char *command; /* the program's, whose options these are */
    unsigned takes;
} answers[] = {
    [ANSWER_SCHEDULES] = {"schedules", "schedule", TAKES_PLAN},
    [ANSWER_MAKE] = {"make", "schedule",
                     TAKES_PLAN | TAKES_TIME | TAKES_SCHEDULE},
    [ANSWER_LOWER] = {"lower", "schedule",
                      TAKES_PLAN | TAKES_TIME | TAKES_SCHEDULE},
    [ANSWER_CHECK] = {"check", "schedule",
                      TAKES_PLAN | TAKES_TIME | TAKES_SCHEDULE},
    [ANSWER_SEARCH] = {"search", "schedule",
                       TAKES_PLAN | TAKES_TIME | TAKES_SCHEDULE},
    [ANSWER_SIMULATE] = {"simulate", "simulate",
                         TAKES_PLAN | TAKES_TIME | TAKES_MODEL | TAKES_SPANS |
                             TAKES_MACHINE},
    [ANSWER_COMPARE] = {"compare", "compare",
                        TAKES_PLAN | TAKES_TIME | TAKES_MODEL | TAKES_COMPARE |
                            TAKES_MACHINE},
    [ANSWER_DRAW] = {"draw", "simulate",
                     TAKES_PLAN | TAKES_TIME | TAKES_MODEL | TAKES_SPANS |
                         TAKES_MACHINE},
    [ANSWER_WHY] = {"why", "simulate",
                    TAKES_PLAN | TAKES_TIME | TAKES_MODEL | TAKES_SPANS |
                        TAKES_MACHINE},
};

/* What says where and how the program prints. */
static bool
is_of_the_program(const char *name)
{
    static const char *const names[] = {"output", "help",  "format", "svg",
                                        "arrows", "sweep", "check",  "lower"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* The line of the table for a name of that length, or -1. */
static int
line_of(enum answer answer, const char *name, size_t length)
{
    const struct option_entry *entry;

    for (int i = 0; (entry = option_entry_at(i)); i++)
        if (strlen(entry->name) == length &&
            strncmp(entry->name, name, length) == 0 &&
            option_entry_taken(i, answers[answer].takes) &&
            !is_of_the_program(entry->name))
            return i;
    return -1;
}

/* The option that a misspelt name of that length may have meant, or NULL. */
static const char *
option_meant(enum answer answer, const char *name, size_t length)
{
    const struct option_entry *entry;
    struct near near;

    near_begin(&near, name, length);
    for (int i = 0; (entry = option_entry_at(i)); i++)
        if (option_entry_taken(i, answers[answer].takes) &&
            !is_of_the_program(entry->name))
            near_try(&near, entry->name);
    return near.name;
}

static bool
find_answer(struct words *words, const char *name, struct cause *cause)
{
    for (int a = 0; a < ANSWERS; a++)
        if (strcmp(answers[a].name, name) == 0) {
            words->answer = (enum answer)a;
            return true;
        }
    return fail(cause,
                "%.60s is no call; use schedules, make, lower, check, search, "
                "simulate, compare, why or draw",
                name);
}

/* --rows and --part of simulate; only the library has them. The picture of the
 * same words is as without. True if the word is one of them. */
static bool
read_flag(struct words *words, const char *name)
{
    bool *flag = strcmp(name, "rows") == 0   ? &words->rows
                 : strcmp(name, "part") == 0 ? &words->part
                                             : NULL;

    if (!flag ||
        (words->answer != ANSWER_SIMULATE && words->answer != ANSWER_DRAW))
        return false;
    *flag = true;
    return true;
}

/* The options that only why has, by their names. True if the word is one of
 * them. */
static bool
read_why(struct words *words, const char *name, size_t length,
         const char *value, bool *good, struct cause *cause)
{
    static const struct option_entry rank = {
        .name = "rank", .least = 0, .most = PLAN_MAX_STAGES - 1};
    bool at = length == 2 && strncmp(name, "at", length) == 0;

    *good = true;
    if (words->answer != ANSWER_WHY ||
        !(at || (length == 4 && strncmp(name, rank.name, length) == 0)))
        return false;
    if (!value)
        *good = fail(cause, "--%.*s needs a value", (int)length, name);
    else if (at)
        words->at = value;
    else
        *good = option_int(&rank, value, &words->rank, cause);
    return true;
}

/* One option; its value may be the next word. */
static bool
read_option(struct words *words, const char *text, const char *next,
            bool *took_next, struct cause *cause)
{
    const char *command = answers[words->answer].command;
    const char *name = text + 2;
    size_t length = strcspn(name, "=");
    const char *value = name[length] ? name + length + 1 : NULL;
    const struct option_entry *entry;
    bool good;
    int line;

    *took_next = false;
    if (strncmp(text, "--", 2) != 0)
        return options_refuse_alone(
            text, command,
            option_meant(words->answer, text, strcspn(text, "=")), cause);
    if (read_flag(words, name))
        return true;
    if (read_why(words, name, length, value ? value : next, &good, cause)) {
        *took_next = !value;
        return good;
    }
    line = line_of(words->answer, name, length);
    if (line < 0)
        return options_refuse(
            text, command, option_meant(words->answer, name, length), cause);
    entry = option_entry_at(line);
    if (!entry->argument && value)
        return fail(cause, "%s: --%s takes no value; see pipelab %s --help",
                    text, entry->name, command);
    /* A value in brackets may be left out. */
    if (entry->argument && *entry->argument != '[' && !value) {
        value = next;
        *took_next = true;
    }
    if (entry->argument && *entry->argument != '[' && !value)
        return fail(cause, "%s needs a value; see pipelab %s --help", text,
                    command);
    return options_set(&words->options, line, value, cause);
}

bool
words_read(struct words *words, int count, const char *const texts[],
           bool has_csv, struct cause *cause)
{
    struct options *options = &words->options;
    bool took_next;
    unsigned takes;

    *words = (struct words){.rank = -1};
    options_begin(options);
    if (!find_answer(words, count > 0 ? texts[0] : "", cause))
        return false;
    takes = answers[words->answer].takes;
    options->format = FORMAT_JSON;
    options->spans = true;
    for (int i = 1; i < count; i += 1 + took_next)
        if (!read_option(words, texts[i], i + 1 < count ? texts[i + 1] : NULL,
                         &took_next, cause))
            return false;
    if (options->load && !has_csv)
        return fail(cause, "%s: no files are read here; give its text",
                    options->load);
    if (has_csv && !options->load &&
        !options_set(options, line_of(words->answer, "load", 4), "table",
                     cause))
        return false;
    if (words->answer == ANSWER_SEARCH &&
        !options_given(options, "schedule") &&
        !options_set(options, line_of(words->answer, "schedule", 8), "greedy",
                     cause))
        return false;
    options_settle(options, takes);
    return effect_check(options, takes, &(struct means){.open = NULL}, cause);
}
