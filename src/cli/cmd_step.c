/* cmd_step.c -- sets a conversation up, reads it line by line, and shows the
 * answers: one after the other, or on a screen under the grid. */
#include "config.h"

#include "base/text.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "cli/lines.h"
#include "request/tick.h"
#include "step/conversation.h"
#include "step/inspect.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A conversation and the training that it is about. */
struct stepping {
    struct session session;   /* without its trainer: the stepper has one */
    struct conversation talk; /* its stepper is there once there is a plan */
    bool terminal;            /* commands are typed and answers read there */
};

/* ---- setting up ---- */

static enum status
start_stepper(struct stepping *stepping, struct cause *cause)
{
    struct session *session = &stepping->session;
    struct trainer_options trainer = session_trainer_options(session);
    enum status status;

    /* Of ranks that take turns none needs a core of its own. */
    trainer.run.bind = false;
    status = session_room(session, &trainer, cause);
    if (status == STATUS_DONE)
        stepper_init(&stepping->talk.stepper, &trainer);
    return status;
}

static enum status
step_begin(struct stepping *stepping, struct cause *cause)
{
    struct session *session = &stepping->session;
    const struct options *options = session->request.options;
    enum status status;

    if (options->load && strcmp(options->load, "-") == 0) {
        fail(cause, "step reads its commands from stdin; give --load a file");
        return STATUS_USAGE;
    }
    session->lockstep = true;
    status = session_training_data(session, cause);
    if (status == STATUS_DONE && session->monolith) {
        fail(cause, "--schedule none is one thread, and takes no turns; "
                    "name a schedule");
        status = STATUS_USAGE;
    }
    if (status == STATUS_DONE)
        status = session_plan(session, cause);
    return status == STATUS_DONE ? start_stepper(stepping, cause) : status;
}

static void
step_end(struct stepping *stepping)
{
    if (stepping->talk.stepper.trainer)
        stepper_fini(&stepping->talk.stepper);
    conversation_fini(&stepping->talk);
    session_end(&stepping->session);
}

/* A signal ends a move after its turn. On a terminal that is all it does;
 * elsewhere it goes on to end the input. */
static bool
signal_ends_move(void *context)
{
    const struct stepping *stepping = context;

    if (!lines_signal_waits())
        return false;
    if (stepping->terminal)
        lines_take_signal();
    return true;
}

/* ---- on a screen ---- */

static void
print_title(const struct stepping *stepping)
{
    const struct stepper *stepper = &stepping->talk.stepper;
    const struct session *session = &stepping->session;

    text_line(stdout, "%s, capacity %d: step %d of %d, turn %zu of %zu",
              session->setup.plan->name, session->forecast.capacity,
              stepper->step, stepper->options.task.recipe.steps, stepper->turn,
              session->forecast.turn_count);
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

/* The terminal knows how to go back to its first line. */
static bool
can_redraw(void)
{
    const char *term = getenv("TERM");

    return term && strcmp(term, "dumb") != 0;
}

/* The grid where it was before, and the reply beneath; of a long move its
 * end. */
static void
redraw(const struct stepping *stepping, const char *reply)
{
    const struct conversation *talk = &stepping->talk;
    int taken = stepping->session.setup.plan->ranks + 6;
    struct winsize window;

    fputs("\033[H\033[2J", stdout);
    print_title(stepping);
    inspect_grid(stdout, &talk->stepper, talk->whole);
    if (talk->moved && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 &&
        window.ws_col > 0 && window.ws_row > taken)
        reply = tail(reply, window.ws_row - taken, window.ws_col);
    fputs(reply, stdout);
}

/* The grid redrawn, and what comes of a line beneath it. */
static void
answer_on_screen(struct stepping *stepping, const char *line)
{
    struct conversation *talk = &stepping->talk;
    char *reply = NULL;
    size_t size;

    talk->out = open_memstream(&reply, &size);
    if (!talk->out)
        die("out of memory");
    conversation_obey(talk, line);
    fclose(talk->out);
    redraw(stepping, reply);
    free(reply);
}

/* ---- answers ---- */

/* Runs a line and shows what comes of it. */
static void
answer(struct stepping *stepping, const char *line)
{
    if (stepping->talk.screen)
        answer_on_screen(stepping, line);
    else
        conversation_obey(&stepping->talk, line);
    fflush(stdout);
}

/* ---- from the beginning to the end ---- */

/* Until the end of the input; false if a signal was it. */
static bool
converse(struct stepping *stepping)
{
    const struct stepper *stepper = &stepping->talk.stepper;
    struct lines lines;
    const char *line;
    char now[COST_TEXT];
    char prompt[64];

    lines_open(&lines, stepping->terminal);
    do {
        snprintf(prompt, sizeof prompt, "step %d, t=%s> ", stepper->step,
                 cost_text(stepper->now,
                           cost_unit(stepper->options.run.timing.cost), now));
        line = lines_read(&lines, prompt);
        if (line)
            answer(stepping, line);
    } while (line && !stepping->talk.over);
    lines_close(&lines);
    return !lines.interrupted;
}

/* What the session ends with, in words if that is an error. */
static enum status
conclude(const struct stepping *stepping)
{
    const struct stepper *stepper = &stepping->talk.stepper;

    if (stepper->status == RUN_FAILED)
        return session_not_finite(stepper->trainer);
    return stepper->status == RUN_DONE ? STATUS_DONE
                                       : session_deadlock(&stepping->session);
}

static int
cmd_step(const struct options *options)
{
    struct stepping stepping = {.session = session_of(options)};
    struct conversation *talk = &stepping.talk;
    struct cause cause;
    enum status status = step_begin(&stepping, &cause);

    stepping.terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    talk->whole = &stepping.session.forecast.trace;
    talk->screen = stepping.terminal && can_redraw();
    talk->interrupted = signal_ends_move;
    talk->context = &stepping;
    talk->out = stdout;
    if (status == STATUS_DONE) {
        text_release();
        tick_remark(&stepping.session.setup, options);
        print_title(&stepping);
        tick_print(stdout, &stepping.session.setup);
        text_line(stdout,
                  "a turn is one action of one rank%s; h lists what "
                  "can be typed",
                  stepping.session.forecast.capacity == 0
                      ? ", or both ends of a transfer"
                      : "");
        if (stepping.terminal)
            inspect_grid(stdout, &talk->stepper, talk->whole);
        status =
            converse(&stepping) ? conclude(&stepping) : STATUS_INTERRUPTED;
    } else {
        complain(status, &cause);
    }
    step_end(&stepping);
    return (int)status;
}

const struct command command_step = {
    .name = "step",
    .summary = "Step through a training action by action, forwards and back.",
    .takes = TAKES_PLAN | TAKES_TIME | TAKES_MODEL | TAKES_STEP,
    .examples = "  pipelab step --microbatches 4\n"
                "  printf 'u 3B0\\nw\\n' | pipelab step --schedule gpipe\n",
    .run = cmd_step,
};
