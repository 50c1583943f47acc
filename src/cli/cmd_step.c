#include "config.h"

#include "base/memory.h"
#include "cli/commands.h"
#include "cli/inspect.h"
#include "cli/lines.h"
#include "cli/setup.h"
#include "report/timeline.h"
#include "schedule/stuck.h"
#include "sim/sim.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A stepping session, from the options to the last command. */
struct session {
    const struct options *options;
    struct dataset train;
    struct dataset test; /* not used */
    struct setup setup;
    struct trace whole;  /* of a step, as predicted */
    struct sim sim;
    struct turn *turns;
    size_t turn_count;
    int *split;
    struct stepper stepper;
    struct action *breaks;
    size_t break_count;
    size_t break_room;
    bool terminal;       /* somebody sits there */
    bool screen;         /* and it is redrawn after each command */
    FILE *out;           /* where the present command answers */
    bool moved;          /* by the present command */
    bool over;
};

/* ---- setting up ---- */

static void
start_stepper(struct session *session, const struct mlp *mlp)
{
    const struct options *options = session->options;
    struct setup *setup = &session->setup;
    struct trainer_options trainer = {
        .mlp = *mlp,
        .optimizer = options->optimizer,
        .seed = options->seed,
        .batch = options->batch,
        .mbs = setup->plan->mbs,
        .steps = options->steps,
        .shuffle = strcmp(options->data, "random") != 0,
        .data = &session->train,
        .split = session->split,
        .plan = setup->lowered,
        .cost = &setup->cost,
        .nan_continue = options->nan_continue,
    };

    trace_init(&session->whole, setup->lowered);
    sim_run(&session->sim, setup->lowered, &setup->cost, options->capacity,
            &session->whole);
    session->turns = sim_turns(setup->lowered, &session->whole,
                               session->sim.capacity, &session->turn_count);
    trainer.capacity = session->sim.capacity;
    trainer.turns = session->turns;
    trainer.turn_count = session->turn_count;
    trainer.turns_complete = session->sim.complete;
    stepper_init(&session->stepper, &trainer);
}

static enum status
begin(struct session *session, struct cause *cause)
{
    const struct options *options = session->options;
    struct mlp mlp;
    enum status status =
        setup_data(&session->train, &session->test, options, cause);

    if (status != STATUS_DONE)
        return status;
    mlp = setup_mlp(options, &session->train);
    status = setup_plan(&session->setup, options, &session->train, cause);
    if (status != STATUS_DONE)
        return status;
    status = setup_batch(options, &session->train, cause);
    if (status == STATUS_DONE)
        status = setup_fits(options, session->setup.plan->mbs, cause);
    if (status == STATUS_DONE)
        status = setup_split(&session->split, options, &mlp,
                             session->setup.plan->stages, cause);
    if (status == STATUS_DONE)
        start_stepper(session, &mlp);
    return status;
}

static void
end(struct session *session)
{
    if (session->turns) {
        stepper_fini(&session->stepper);
        sim_fini(&session->sim);
        trace_fini(&session->whole);
    }
    free(session->turns);
    free(session->split);
    free(session->breaks);
    if (session->setup.plan)
        setup_fini(&session->setup);
    dataset_fini(&session->train);
    dataset_fini(&session->test);
}

/* ---- arguments ---- */

/* A whole number from least to most. */
static bool
read_number(const char *argument, long least, long most, long *number)
{
    char *end;

    errno = 0;
    *number = strtol(argument, &end, 10);
    return *argument && *end == '\0' && errno == 0 && *number >= least &&
           *number <= most;
}

/* A rank; -1 where there is no argument. */
static bool
read_rank(const struct session *session, const char *argument, long *rank)
{
    int ranks = session->setup.plan->ranks;

    *rank = -1;
    if (*argument == '\0' || read_number(argument, 0, ranks - 1, rank))
        return true;
    fprintf(session->out, "%s is no rank; ranks are 0 to %d\n", argument,
            ranks - 1);
    return false;
}

/* How many; 1 where there is no argument. */
static bool
read_count(const struct session *session, const char *argument, long *count)
{
    *count = 1;
    if (*argument == '\0' || read_number(argument, 1, INT_MAX, count))
        return true;
    fprintf(session->out, "%s is no count; use a whole number from 1\n",
            argument);
    return false;
}

/* A cell of the plan, in capital letters or small. */
static bool
read_cell(const struct session *session, const char *argument,
          struct action *action, struct stepper_action *found)
{
    const struct plan *plan = session->setup.plan;
    char cell[ACTION_CELL_MAX];

    snprintf(cell, sizeof cell, "%s", argument);
    for (char *c = cell; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    if (action_parse(cell, action) &&
        stepper_find(&session->stepper, action, found))
        return true;
    fprintf(session->out,
            "%s is no action of this plan; use one like 0F0, 0SEND_F0 or "
            "0STEP, with stages 0 to %d and microbatches 0 to %d\n",
            *cell ? cell : "nothing", plan->stages - 1, plan->mbs - 1);
    return false;
}

/* ---- moving ---- */

/* When a move is over, apart from what stops every move. */
struct goal {
    enum { GOAL_TURN, GOAL_RANK, GOAL_ACTION, GOAL_STEPS } kind;
    long rank;            /* that moves */
    struct action action; /* that is done */
    long steps;           /* that end */
    bool quiet;           /* show these ends alone */
};

static bool
reached(const struct session *session, struct goal *goal)
{
    struct stepper_action last[2];
    int count = stepper_last(&session->stepper, last);

    if (goal->kind == GOAL_TURN)
        return true;
    if (goal->kind == GOAL_STEPS)
        return stepper_at_end(&session->stepper) && --goal->steps == 0;
    for (int i = 0; i < count; i++)
        if (goal->kind == GOAL_RANK
                ? last[i].rank == goal->rank
                : action_has(last[i].action, &goal->action))
            return true;
    return false;
}

/* Whether a breakpoint comes next, which is said. */
static bool
at_break(const struct session *session)
{
    struct stepper_action next[2];
    int count = stepper_next(&session->stepper, next);

    for (int i = 0; i < count; i++)
        for (size_t b = 0; b < session->break_count; b++)
            if (action_has(next[i].action, &session->breaks[b])) {
                char cell[ACTION_CELL_MAX];

                fprintf(session->out, "breakpoint: rank %d comes to %s\n",
                        next[i].rank, action_cell(next[i].action, cell));
                return true;
            }
    return false;
}

/* Why there was no turn to take. */
static void
explain_stop(const struct session *session)
{
    const struct stepper *stepper = &session->stepper;

    if (stepper->status == RUN_FAILED) {
        fprintf(session->out, "failed: %s\n", stepper->trainer->cause.text);
    } else if (stepper->status == RUN_DEADLOCK) {
        fputs("deadlock: every rank waits\n", session->out);
        stuck_print(session->out, session->setup.lowered, stepper->position,
                    session->sim.capacity);
    } else {
        fprintf(session->out,
                "all %d steps are done; --steps N gives more\n",
                stepper->options.steps);
    }
}

/* Takes turns and shows them. */
static void
move(struct session *session, struct goal goal)
{
    struct stepper *stepper = &session->stepper;

    session->moved = true;
    do {
        if (stepper_take(stepper, 1) == 0) {
            explain_stop(session);
            return;
        }
        if (!goal.quiet)
            inspect_turn(session->out, stepper);
        if (stepper_at_end(stepper))
            inspect_step(session->out, stepper);
        if (lines_signal_waits()) {
            fputs("interrupted\n", session->out);
            if (session->terminal)
                lines_take_signal();
            return;
        }
    } while (!at_break(session) && !reached(session, &goal));
}

static void
do_next(struct session *session, const char *argument)
{
    struct goal goal = {.kind = *argument ? GOAL_RANK : GOAL_TURN};

    if (read_rank(session, argument, &goal.rank))
        move(session, goal);
}

static void
do_until(struct session *session, const char *argument)
{
    const struct stepper *stepper = &session->stepper;
    struct goal goal = {.kind = GOAL_ACTION};
    struct stepper_action found;

    if (!read_cell(session, argument, &goal.action, &found))
        return;
    if (found.index < stepper->position[found.rank] &&
        !stepper_at_end(stepper))
        fprintf(session->out,
                "%s is done already in this step; c goes to its end, back "
                "goes back\n",
                argument);
    else
        move(session, goal);
}

static void
do_continue(struct session *session, const char *argument)
{
    (void)argument;
    move(session, (struct goal){.kind = GOAL_STEPS, .steps = 1});
}

static void
do_steps(struct session *session, const char *argument)
{
    struct goal goal = {.kind = GOAL_STEPS, .quiet = true};

    if (read_count(session, argument, &goal.steps))
        move(session, goal);
}

static void
do_back(struct session *session, const char *argument)
{
    struct stepper *stepper = &session->stepper;
    long turns;

    if (!read_count(session, argument, &turns))
        return;
    stepper_back(stepper, (size_t)turns);
    session->moved = true;
    if (stepper->turn == 0)
        fputs("back at the beginning\n", session->out);
    else
        inspect_turn(session->out, stepper);
}

/* ---- breakpoints ---- */

static void
list_breaks(const struct session *session)
{
    char cell[ACTION_CELL_MAX];

    fputs(session->break_count ? "breakpoints:" : "no breakpoints",
          session->out);
    for (size_t b = 0; b < session->break_count; b++)
        fprintf(session->out, " %s", action_cell(&session->breaks[b], cell));
    fputc('\n', session->out);
}

/* Takes one breakpoint, or with NULL all, off the list. */
static void
remove_breaks(struct session *session, const struct action *action)
{
    size_t kept = 0;

    for (size_t b = 0; action && b < session->break_count; b++)
        if (!action_equal(&session->breaks[b], action))
            session->breaks[kept++] = session->breaks[b];
    session->break_count = kept;
}

static void
do_break(struct session *session, const char *argument)
{
    struct action action;
    struct stepper_action found;

    if (*argument && !read_cell(session, argument, &action, &found))
        return;
    if (*argument) {
        remove_breaks(session, &action);
        memory_grow(&session->breaks, &session->break_room,
                    session->break_count, sizeof *session->breaks);
        session->breaks[session->break_count++] = action;
    }
    list_breaks(session);
}

static void
do_delete(struct session *session, const char *argument)
{
    struct action action;
    struct stepper_action found;

    if (*argument && !read_cell(session, argument, &action, &found))
        return;
    remove_breaks(session, *argument ? &action : NULL);
    list_breaks(session);
}

/* ---- looking ---- */

static void
do_tensors(struct session *session, const char *argument)
{
    struct action action;
    struct stepper_action found[2];
    int count;

    if (*argument) {
        if (read_cell(session, argument, &action, found))
            inspect_tensors(session->out, &session->stepper, &action);
        return;
    }
    count = stepper_last(&session->stepper, found);
    if (count == 0)
        fputs("nothing has been done yet; t CELL shows what a cell works on\n",
              session->out);
    for (int i = 0; i < count; i++)
        inspect_tensors(session->out, &session->stepper, found[i].action);
}

static void
do_links(struct session *session, const char *argument)
{
    (void)argument;
    inspect_links(session->out, &session->stepper);
}

static void
do_memory(struct session *session, const char *argument)
{
    (void)argument;
    inspect_memory(session->out, &session->stepper);
}

static void
do_why(struct session *session, const char *argument)
{
    long rank;

    if (read_rank(session, argument, &rank))
        inspect_why(session->out, &session->stepper, (int)rank);
}

static void
do_grid(struct session *session, const char *argument)
{
    (void)argument;
    /* On a screen it is there anyway. */
    if (!session->screen)
        inspect_grid(session->out, &session->stepper, &session->whole);
}

static void
do_quit(struct session *session, const char *argument)
{
    (void)argument;
    session->over = true;
}

static void
do_help(struct session *session, const char *argument);

/* ---- commands ---- */

/* A word is short for the first command that begins with it. */
static const struct {
    const char *name;
    const char *usage;
    const char *text;
    bool argument; /* it may have one */
    void (*run)(struct session *session, const char *argument);
} commands[] = {
    {"next", "n, Enter", "the next action; n RANK: on until RANK has moved",
     true, do_next},
    {"until", "u CELL", "on until an action is done, as in u 2F3", true,
     do_until},
    {"continue", "c", "on to a breakpoint or the end of the step", false,
     do_continue},
    {"steps", "s, s N", "on to the end of the step, or the N-th; shows losses",
     true, do_steps},
    {"break", "b CELL", "a breakpoint before an action; b alone: which",
     true, do_break},
    {"delete", "d CELL", "a breakpoint less; d alone: all", true, do_delete},
    {"back", "back N", "N actions back; back alone: one", true, do_back},
    {"why", "w, w RANK", "what the ranks that wait, or one, wait for, to the "
                         "root", true, do_why},
    {"tensors", "t, t CELL", "what the last action, or CELL, works on", true,
     do_tensors},
    {"links", "l", "what is on the links, and who waits there", false,
     do_links},
    {"memory", "m", "live activations and bytes of each rank", false,
     do_memory},
    {"grid", "g", "what is done, and in small letters what is to come", false,
     do_grid},
    {"help", "h, ?", "this list", false, do_help},
    {"quit", "q", "leave, as at the end of the input", false, do_quit},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static void
do_help(struct session *session, const char *argument)
{
    (void)argument;
    for (int i = 0; i < COMMANDS; i++)
        fprintf(session->out, "%-10s %s\n", commands[i].usage,
                commands[i].text);
}

/* The command that a word is short for, or -1. */
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

/* Runs a line: a command, blanks, and what it is about. */
static void
obey(struct session *session, const char *line)
{
    static const char blanks[] = " \t\r";
    const char *word = line + strspn(line, blanks);
    size_t length = strcspn(word, blanks);
    const char *rest = word + length + strspn(word + length, blanks);
    char argument[ACTION_CELL_MAX];
    int i = find_command(word, length);

    snprintf(argument, sizeof argument, "%.*s", (int)strcspn(rest, blanks),
             rest);
    if (*word == '#')
        return;
    if (i < 0)
        fprintf(session->out,
                "%.*s is no command; n, u, c, s and back move, w, t, l, m and "
                "g look, q leaves, h lists all\n",
                (int)(length < 40 ? length : 40), word);
    else if (*argument && !commands[i].argument)
        fprintf(session->out, "%s takes nothing after it\n",
                commands[i].name);
    else
        commands[i].run(session, argument);
}

/* ---- the screen ---- */

static void
print_title(const struct session *session)
{
    const struct stepper *stepper = &session->stepper;

    printf("%s, capacity %d: step %d of %d, turn %zu of %zu\n",
           session->setup.plan->name, session->sim.capacity, stepper->step,
           stepper->options.steps, stepper->turn, session->turn_count);
}

/* The end of a text that a window has so many rows for. */
static const char *
tail(const char *text, int rows, int columns)
{
    const char *begin = text + strlen(text);

    while (begin > text) {
        const char *line = begin - 1;

        while (line > text && line[-1] != '\n')
            line--;
        rows -= (int)(begin - line + columns - 2) / columns;
        if (rows < 0)
            break;
        begin = line;
    }
    return begin;
}

/* The grid where it was before, and the reply beneath; of a long move its
 * end. */
static void
redraw(const struct session *session, const char *reply)
{
    int taken = session->setup.plan->ranks + 5;
    struct winsize window;

    fputs("\033[H\033[2J", stdout);
    print_title(session);
    inspect_grid(stdout, &session->stepper, &session->whole);
    if (session->moved && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 &&
        window.ws_col > 0 && window.ws_row > taken)
        reply = tail(reply, window.ws_row - taken, window.ws_col);
    fputs(reply, stdout);
}

/* Runs a line and shows what comes of it. */
static void
answer(struct session *session, const char *line)
{
    char *reply = NULL;
    size_t size;

    session->moved = false;
    if (!session->screen) {
        obey(session, line);
        fflush(stdout);
        return;
    }
    session->out = open_memstream(&reply, &size);
    if (!session->out)
        die("out of memory");
    obey(session, line);
    fclose(session->out);
    redraw(session, reply);
    free(reply);
}

/* Until the end of the input; false if a signal was it. */
static bool
converse(struct session *session)
{
    const struct stepper *stepper = &session->stepper;
    struct lines lines;
    const char *line;
    char prompt[48];

    lines_open(&lines, session->terminal);
    do {
        snprintf(prompt, sizeof prompt, "step %d, t=%lld> ", stepper->step,
                 (long long)stepper->now);
        line = lines_read(&lines, prompt);
        if (line)
            answer(session, line);
    } while (line && !session->over);
    lines_close(&lines);
    return !lines.interrupted;
}

/* What the session ends with, in words if that is an error. */
static enum status
conclude(const struct session *session, struct cause *cause)
{
    const struct stepper *stepper = &session->stepper;

    if (stepper->status == RUN_FAILED)
        return (enum status)complain(STATUS_FAILED, &stepper->trainer->cause);
    if (stepper->status == RUN_DONE)
        return STATUS_DONE;
    fail(cause,
         "deadlock: every rank of %s waits at --capacity %d; use --capacity "
         "%d or more",
         session->setup.plan->name, session->sim.capacity,
         session->setup.check.smallest_capacity);
    return (enum status)complain(STATUS_DEADLOCK, cause);
}

int
cmd_step(const struct options *options)
{
    struct session session = {.options = options, .out = stdout};
    struct cause cause;
    enum status status = begin(&session, &cause);

    session.terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    session.screen =
        session.terminal && timeline_style_for(stdout).colour;
    if (status == STATUS_DONE) {
        print_title(&session);
        if (session.terminal)
            inspect_grid(stdout, &session.stepper, &session.whole);
        status = converse(&session) ? conclude(&session, &cause)
                                    : STATUS_INTERRUPTED;
    } else {
        complain(status, &cause);
    }
    end(&session);
    return (int)status;
}
