/* cmd_step.c -- sets a conversation up, reads it line by line, and shows the
 * answers: one after the other, or on a screen under the grid. */
#include "config.h"

#include "base/text.h"
#include "cli/commands.h"
#include "step/conversation.h"
#include "step/inspect.h"
#include "cli/lines.h"
#include "cli/tick.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ---- setting up ---- */

static enum status
start_stepper(struct conversation *talk, struct cause *cause)
{
    const struct options *options = &talk->session.options;
    struct trainer_options trainer = session_trainer_options(&talk->session);
    enum status status;

    trainer.steps = options->steps;
    trainer.shuffle = strcmp(options->data, "random") != 0;
    /* Of ranks that take turns none needs a core of its own. */
    trainer.bind = false;
    status = session_room(&talk->session, &trainer, cause);
    if (status == STATUS_DONE)
        stepper_init(&talk->stepper, &trainer);
    return status;
}

static enum status
begin(struct conversation *talk, struct cause *cause)
{
    struct session *session = &talk->session;
    struct options *options = &session->options;
    enum status status;

    if (options->load && strcmp(options->load, "-") == 0) {
        fail(cause, "step reads its commands from stdin; give --load a file");
        return STATUS_USAGE;
    }
    status = setup_data(&session->train, &session->test, options, cause);
    session->data = &session->train;
    options->lockstep = true;
    if (status == STATUS_DONE)
        status = setup_batch(options, &session->train, cause);
    if (status == STATUS_DONE && strcmp(options->schedule, "none") == 0 &&
        !options->load) {
        fail(cause, "--schedule none is one thread, which has nobody to take "
                    "turns with; name a schedule");
        status = STATUS_USAGE;
    }
    if (status == STATUS_DONE)
        status = session_plan(session, cause);
    return status == STATUS_DONE ? start_stepper(talk, cause) : status;
}

static void
end(struct conversation *talk)
{
    if (talk->stepper.trainer)
        stepper_fini(&talk->stepper);
    free(talk->breaks);
    session_end(&talk->session);
}

/* ---- on a screen ---- */

static void
print_title(const struct conversation *talk)
{
    const struct stepper *stepper = &talk->stepper;
    const struct session *session = &talk->session;

    text_line(stdout, "%s, capacity %d: step %d of %d, turn %zu of %zu",
              session->setup.plan->name, session->forecast.capacity, stepper->step,
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
redraw(const struct conversation *talk, const char *reply)
{
    int taken = talk->session.setup.plan->ranks + 5;
    struct winsize window;

    fputs("\033[H\033[2J", stdout);
    print_title(talk);
    inspect_grid(stdout, &talk->stepper, &talk->session.forecast.trace);
    if (talk->moved && ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 &&
        window.ws_col > 0 && window.ws_row > taken)
        reply = tail(reply, window.ws_row - taken, window.ws_col);
    fputs(reply, stdout);
}

/* The grid redrawn, and what comes of a line beneath it. */
static void
answer_on_screen(struct conversation *talk, const char *line)
{
    char *reply = NULL;
    size_t size;

    talk->out = open_memstream(&reply, &size);
    if (!talk->out)
        die("out of memory");
    conversation_obey(talk, line);
    fclose(talk->out);
    redraw(talk, reply);
    free(reply);
}

/* ---- answers ---- */

/* Runs a line and shows what comes of it. */
static void
answer(struct conversation *talk, const char *line)
{
    if (talk->screen)
        answer_on_screen(talk, line);
    else
        conversation_obey(talk, line);
    fflush(stdout);
}

/* ---- from the beginning to the end ---- */

/* Until the end of the input; false if a signal was it. */
static bool
converse(struct conversation *talk)
{
    const struct stepper *stepper = &talk->stepper;
    struct lines lines;
    const char *line;
    char prompt[48];

    lines_open(&lines, talk->terminal);
    do {
        snprintf(prompt, sizeof prompt, "step %d, t=%lld> ", stepper->step,
                 (long long)stepper->now);
        line = lines_read(&lines, prompt);
        if (line)
            answer(talk, line);
    } while (line && !talk->over);
    lines_close(&lines);
    return !lines.interrupted;
}

/* What the session ends with, in words if that is an error. */
static enum status
conclude(const struct conversation *talk)
{
    const struct stepper *stepper = &talk->stepper;

    if (stepper->status == RUN_FAILED)
        return (enum status)complain(STATUS_FAILED, &stepper->trainer->cause);
    return stepper->status == RUN_DONE ? STATUS_DONE
                                       : session_deadlock(&talk->session);
}

static int
cmd_step(const struct options *options)
{
    struct conversation talk = {.session.options = *options, .out = stdout};
    struct cause cause;
    enum status status = begin(&talk, &cause);

    talk.terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    talk.screen = talk.terminal && can_redraw();
    if (status == STATUS_DONE) {
        tick_remark(&talk.session.setup, options);
        print_title(&talk);
        tick_print(stdout, &talk.session.setup);
        if (talk.terminal)
            inspect_grid(stdout, &talk.stepper, &talk.session.forecast.trace);
        status = converse(&talk) ? conclude(&talk) : STATUS_INTERRUPTED;
    } else {
        complain(status, &cause);
    }
    end(&talk);
    return (int)status;
}

const struct command command_step = {
    .name = "step",
    .summary = "Step through a training action by action, forwards and back.",
    .takes = TAKES_PLAN | TAKES_TIME | TAKES_MODEL | TAKES_STEP,
    .examples =
        "  pipelab step --microbatches 4\n"
        "  printf 'u 3B0\\nw\\n' | pipelab step --schedule gpipe\n",
    .run = cmd_step,
};
