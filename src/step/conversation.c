/* conversation.c -- reads what is typed at step and carries it out. */
#include "config.h"

#include "step/conversation.h"

#include "base/list.h"
#include "base/memory.h"
#include "base/plural.h"
#include "plan/why.h"
#include "step/inspect.h"

#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- arguments ---- */

/* Says why a command is refused. */
static void __attribute__((format(printf, 2, 3)))
conversation_refuse(const struct conversation *talk, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(talk->out, format, arguments);
    va_end(arguments);
    fputc('\n', talk->out);
}

/* A rank; -1 where there is no argument. */
static bool
read_rank(const struct conversation *talk, const char *argument,
          long long *rank)
{
    int ranks = talk->stepper.options.run.plan->ranks;

    *rank = -1;
    if (*argument == '\0' || list_one_whole(argument, 0, ranks - 1, rank))
        return true;
    if (ranks == 1)
        conversation_refuse(talk, "%s is no rank; there is rank 0 alone",
                            argument);
    else
        conversation_refuse(talk, "%s is no rank; ranks are 0 to %d", argument,
                            ranks - 1);
    return false;
}

/* How many; 1 where there is no argument. */
static bool
read_count(const struct conversation *talk, const char *argument,
           long long *count)
{
    *count = 1;
    if (*argument == '\0' || list_one_whole(argument, 1, INT_MAX, count))
        return true;
    conversation_refuse(talk, "%s is no count; use a whole number from 1",
                        argument);
    return false;
}

/* A cell of the plan, in capital letters or small. */
static bool
read_cell(const struct conversation *talk, const char *argument,
          struct action *action, struct stepper_action *found)
{
    const struct plan *plan = talk->stepper.options.run.plan;
    char cell[ACTION_CELL_MAX];

    snprintf(cell, sizeof cell, "%s", argument);
    for (char *c = cell; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    if (action_parse(cell, action) &&
        stepper_find(&talk->stepper, action, found))
        return true;
    conversation_refuse(
        talk,
        "%s is no action of this plan; use one like 0F0, 0SEND_F0 or "
        "0STEP, with stages 0 to %d and microbatches 0 to %d",
        *cell ? cell : "nothing", plan->stages - 1, plan->mbs - 1);
    return false;
}

/* ---- moving ---- */

/* When a move ends; breakpoints, errors and the last step end every move. */
struct goal {
    enum { GOAL_TURN, GOAL_RANK, GOAL_ACTION, GOAL_STEPS } kind;
    long long rank;       /* that moves */
    struct action action; /* that is done */
    long long steps;      /* that end */
    bool quiet;           /* show these ends alone */
};

static bool
reached(const struct conversation *talk, struct goal *goal)
{
    struct stepper_action last[2];
    int count = stepper_last(&talk->stepper, last);

    if (goal->kind == GOAL_TURN)
        return true;
    if (goal->kind == GOAL_STEPS)
        return stepper_at_end(&talk->stepper) && --goal->steps == 0;
    for (int i = 0; i < count; i++)
        if (goal->kind == GOAL_RANK
                ? last[i].rank == goal->rank
                : action_has(last[i].action, &goal->action))
            return true;
    return false;
}

/* Whether a breakpoint comes next; says so. */
static bool
at_break(const struct conversation *talk)
{
    struct stepper_action next[2];
    int count = stepper_next(&talk->stepper, next);

    for (int i = 0; i < count; i++)
        for (size_t b = 0; b < talk->break_count; b++)
            if (action_has(next[i].action, &talk->breaks[b])) {
                char cell[ACTION_CELL_MAX];

                fprintf(talk->out, "breakpoint: rank %d comes to %s\n",
                        next[i].rank, action_cell(next[i].action, cell));
                return true;
            }
    return false;
}

/* Says why there was no turn to take. */
static void
explain_stop(const struct conversation *talk)
{
    const struct stepper *stepper = &talk->stepper;

    if (stepper->status == RUN_FAILED) {
        fprintf(talk->out, "failed: %s\n", stepper->trainer->cause.text);
    } else if (stepper->status == RUN_DEADLOCK) {
        fputs("deadlock: every rank waits\n", talk->out);
        why_print_stuck(talk->out, stepper->options.run.plan,
                        stepper->position,
                        stepper->options.run.timing.capacity);
    } else {
        const int steps = stepper->options.task.recipe.steps;

        fprintf(talk->out, "%d of %d step%s done; start with more to go on\n",
                steps, steps, plural(steps));
    }
}

/* Takes turns and shows them. */
static void
take_turns(struct conversation *talk, struct goal *goal)
{
    do {
        if (stepper_take(&talk->stepper, 1) == 0) {
            explain_stop(talk);
            return;
        }
        if (!goal->quiet)
            inspect_turn(talk->out, &talk->stepper);
        if (stepper_at_end(&talk->stepper))
            inspect_step(talk->out, &talk->stepper);
        if (talk->interrupted(talk->context)) {
            fputs("interrupted\n", talk->out);
            return;
        }
    } while (!at_break(talk) && !reached(talk, goal));
}

static void
conversation_move(struct conversation *talk, struct goal goal)
{
    talk->moved = true;
    take_turns(talk, &goal);
}

static void
do_next(struct conversation *talk, const char *argument)
{
    struct goal goal = {.kind = *argument ? GOAL_RANK : GOAL_TURN};

    if (read_rank(talk, argument, &goal.rank))
        conversation_move(talk, goal);
}

static void
do_until(struct conversation *talk, const char *argument)
{
    const struct stepper *stepper = &talk->stepper;
    struct goal goal = {.kind = GOAL_ACTION};
    struct stepper_action found;

    if (!read_cell(talk, argument, &goal.action, &found))
        return;
    if (found.index < stepper->position[found.rank] &&
        !stepper_at_end(stepper))
        conversation_refuse(
            talk,
            "%s is done already in this step; c goes to its end, back "
            "goes back",
            argument);
    else
        conversation_move(talk, goal);
}

static void
do_continue(struct conversation *talk, const char *argument)
{
    (void)argument;
    conversation_move(talk, (struct goal){.kind = GOAL_STEPS, .steps = 1});
}

static void
do_steps(struct conversation *talk, const char *argument)
{
    struct goal goal = {.kind = GOAL_STEPS, .quiet = true};

    if (read_count(talk, argument, &goal.steps))
        conversation_move(talk, goal);
}

static void
do_back(struct conversation *talk, const char *argument)
{
    struct stepper *stepper = &talk->stepper;
    long long turns;

    if (!read_count(talk, argument, &turns))
        return;
    stepper_back(stepper, (size_t)turns);
    talk->moved = true;
    if (stepper->turn == 0)
        fputs("back at the beginning\n", talk->out);
    else
        inspect_turn(talk->out, stepper);
}

/* ---- breakpoints ---- */

static void
list_breaks(const struct conversation *talk)
{
    char cell[ACTION_CELL_MAX];

    fputs(talk->break_count ? "breakpoints:" : "no breakpoints", talk->out);
    for (size_t b = 0; b < talk->break_count; b++)
        fprintf(talk->out, " %s", action_cell(&talk->breaks[b], cell));
    fputc('\n', talk->out);
}

/* Removes one breakpoint, or all for NULL. */
static void
remove_breaks(struct conversation *talk, const struct action *action)
{
    size_t kept = 0;

    for (size_t b = 0; action && b < talk->break_count; b++)
        if (!action_equal(&talk->breaks[b], action))
            talk->breaks[kept++] = talk->breaks[b];
    talk->break_count = kept;
}

static void
do_break(struct conversation *talk, const char *argument)
{
    struct action action;
    struct stepper_action found;

    if (*argument && !read_cell(talk, argument, &action, &found))
        return;
    if (*argument) {
        remove_breaks(talk, &action);
        memory_grow(&talk->breaks, &talk->break_room, talk->break_count,
                    sizeof *talk->breaks);
        talk->breaks[talk->break_count++] = action;
    }
    list_breaks(talk);
}

static void
do_delete(struct conversation *talk, const char *argument)
{
    struct action action;
    struct stepper_action found;

    if (*argument && !read_cell(talk, argument, &action, &found))
        return;
    remove_breaks(talk, *argument ? &action : NULL);
    list_breaks(talk);
}

/* ---- looking ---- */

static void
do_tensors(struct conversation *talk, const char *argument)
{
    struct stepper_action found[2];
    struct action actions[2];
    int count = 1;

    if (*argument) {
        if (!read_cell(talk, argument, &actions[0], found))
            return;
    } else {
        count = stepper_last(&talk->stepper, found);
        for (int i = 0; i < count; i++)
            actions[i] = *found[i].action;
    }
    if (count == 0)
        conversation_refuse(
            talk, "nothing has been done yet; t CELL shows what a cell "
                  "works on");
    else
        inspect_tensors(talk->out, &talk->stepper, actions, count);
}

static void
do_links(struct conversation *talk, const char *argument)
{
    (void)argument;
    inspect_links(talk->out, &talk->stepper);
}

static void
do_memory(struct conversation *talk, const char *argument)
{
    (void)argument;
    inspect_memory(talk->out, &talk->stepper);
}

static void
do_why(struct conversation *talk, const char *argument)
{
    long long rank;

    if (read_rank(talk, argument, &rank))
        inspect_why(talk->out, &talk->stepper, (int)rank);
}

static void
do_grid(struct conversation *talk, const char *argument)
{
    (void)argument;
    if (!talk->screen) /* on a screen it is there anyway */
        inspect_grid(talk->out, &talk->stepper, talk->whole);
}

/* ---- commands ---- */

static void
do_quit(struct conversation *talk, const char *argument)
{
    (void)argument;
    talk->over = true;
}

static void
do_help(struct conversation *talk, const char *argument);

/* A word stands for the first command that begins with it. */
static const struct {
    const char *name;
    const char *usage;
    const char *text;
    bool argument; /* it may have one */
    void (*run)(struct conversation *talk, const char *argument);
} commands[] = {
    {"next", "n, Enter",
     "do the next action; n RANK: go on until RANK has moved", true, do_next},
    {"until", "u CELL", "go on until an action is done, as in u 2F3", true,
     do_until},
    {"continue", "c", "go on to a breakpoint or the end of the step", false,
     do_continue},
    {"steps", "s, s N",
     "go on to the end of the step, or of N steps; shows losses", true,
     do_steps},
    {"break", "b CELL",
     "stop before an action; without CELL: list the breakpoints", true,
     do_break},
    {"delete", "d CELL", "remove a breakpoint; without CELL: all", true,
     do_delete},
    {"back", "back N", "undo N actions; without N: one", true, do_back},
    {"why", "w, w RANK", "why the waiting ranks, or RANK, wait", true, do_why},
    {"tensors", "t, t CELL", "the tensors of the last action, or of CELL",
     true, do_tensors},
    {"links", "l", "the messages on the links, and the ranks that wait there",
     false, do_links},
    {"memory", "m", "microbatches in flight and bytes of each rank", false,
     do_memory},
    {"grid", "g", "the grid; actions to come in small letters", false,
     do_grid},
    {"help", "h, ?", "this list", false, do_help},
    {"quit", "q", "leave, as at the end of the input", false, do_quit},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static void
do_help(struct conversation *talk, const char *argument)
{
    (void)argument;
    for (int i = 0; i < COMMANDS; i++)
        fprintf(talk->out, "%-10s %s\n", commands[i].usage, commands[i].text);
}

/* The index of the command that a word stands for, or -1. */
static int
find_command(const char *word, size_t length)
{
    if (length == 0)
        return 0;
    if (length == 1 && *word == '?')
        word = "h";
    for (int i = 0; i < COMMANDS; i++)
        if (strncmp(commands[i].name, word, length) == 0)
            return i;
    return -1;
}

void
conversation_obey(struct conversation *talk, const char *line)
{
    static const char blanks[] = " \t\r";
    const char *word = line + strspn(line, blanks);
    size_t length = strcspn(word, blanks);
    const char *rest = word + length + strspn(word + length, blanks);
    char argument[ACTION_CELL_MAX];
    int i = find_command(word, length);

    snprintf(argument, sizeof argument, "%.*s", (int)strcspn(rest, blanks),
             rest);
    talk->moved = false;
    if (*word == '#')
        return;
    if (i < 0)
        conversation_refuse(
            talk,
            "%.*s is no command; n, u, c, s and back move, w, t, l, m and "
            "g look, q leaves, h lists all",
            (int)(length < 40 ? length : 40), word);
    else if (*argument && !commands[i].argument)
        conversation_refuse(talk, "%s takes nothing after it",
                            commands[i].name);
    else
        commands[i].run(talk, argument);
}

void
conversation_fini(struct conversation *talk)
{
    free(talk->breaks);
}
