/* lines.c -- reads typed lines, with editing and history where there is a
 * terminal. */
#include "config.h"

#include "cli/lines.h"

#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

static volatile sig_atomic_t signalled;

static void
lines_note_signal(int signal)
{
    (void)signal;
    signalled = 1;
}

static void
held_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
}

bool
lines_signal_waits(void)
{
    sigset_t pending;

    sigpending(&pending);
    return sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM);
}

void
lines_take_signal(void)
{
    sigset_t set;
    int taken;

    held_signals(&set);
    sigwait(&set, &taken);
}

/* Waits until there is input; false if a signal came first. */
static bool
wait_for_input(const struct lines *lines)
{
    fd_set in;

    /* pselect() lets no signal in if it need not wait. */
    if (lines_signal_waits())
        return false;
    do {
        FD_ZERO(&in);
        FD_SET(STDIN_FILENO, &in);
    } while (pselect(STDIN_FILENO + 1, &in, NULL, NULL, NULL,
                     &lines->waiting) < 0 &&
             errno == EINTR && !signalled);
    return !signalled;
}

/* -1 at the end of the input or if a signal came. */
static int
next_byte(struct lines *lines)
{
    unsigned char byte;

    lines->interrupted = !wait_for_input(lines);
    if (lines->interrupted || read(STDIN_FILENO, &byte, 1) != 1)
        return -1;
    return byte;
}

static const char *
plain_line(struct lines *lines)
{
    size_t used = 0;
    int byte;

    if (lines->terminal)
        fputs(lines->prompt, stdout);
    fflush(stdout);
    while ((byte = next_byte(lines)) >= 0 && byte != '\n') {
        if (used + 1 >= lines->room)
            memory_grow(&lines->text, &lines->room, used + 1, 1);
        lines->text[used++] = (char)byte;
    }
    lines->text[used] = '\0';
    return byte < 0 && (used == 0 || lines->interrupted) ? NULL : lines->text;
}

#ifdef HAVE_LIBEDIT
#include <histedit.h>
#include <wchar.h>

struct editor {
    EditLine *edit;
    History *history;
    mbstate_t state; /* of a character that is not whole yet */
};

static const char *
prompt_of(EditLine *edit)
{
    struct lines *lines;

    el_get(edit, EL_CLIENTDATA, &lines);
    return lines->prompt;
}

/* libedit's own would go on after the first signal. */
static int
next_character(EditLine *edit, wchar_t *character)
{
    struct lines *lines;
    size_t length;

    el_get(edit, EL_CLIENTDATA, &lines);
    do {
        int byte = next_byte(lines);
        char text = (char)byte;

        if (byte < 0)
            return 0;
        length = mbrtowc(character, &text, 1, &lines->editor->state);
        if (length == (size_t)-1)
            memset(&lines->editor->state, 0, sizeof lines->editor->state);
    } while (length > 1);
    return 1;
}

static void
open_editor(struct lines *lines)
{
    struct editor *editor = memory_new(1, sizeof *editor);
    HistEvent event;

    editor->edit = el_init("pipelab", stdin, stdout, stderr);
    if (!editor->edit) {
        free(editor);
        return;
    }
    editor->history = history_init();
    history(editor->history, &event, H_SETSIZE, 1000);
    history(editor->history, &event, H_SETUNIQUE, 1);
    el_set(editor->edit, EL_CLIENTDATA, lines);
    el_set(editor->edit, EL_PROMPT, prompt_of);
    el_set(editor->edit, EL_EDITOR, "emacs");
    el_set(editor->edit, EL_HIST, history, editor->history);
    el_set(editor->edit, EL_GETCFN, next_character);
    el_source(editor->edit, NULL);
    lines->editor = editor;
}

static void
close_editor(struct lines *lines)
{
    if (!lines->editor)
        return;
    el_end(lines->editor->edit);
    history_end(lines->editor->history);
    free(lines->editor);
}

static const char *
edited_line(struct lines *lines)
{
    struct editor *editor = lines->editor;
    HistEvent event;
    int length = 0;
    const char *line = el_gets(editor->edit, &length);

    if (!line || length <= 0 || lines->interrupted)
        return NULL;
    while ((size_t)length >= lines->room)
        memory_grow(&lines->text, &lines->room, (size_t)length, 1);
    memcpy(lines->text, line, (size_t)length);
    lines->text[length] = '\0';
    lines->text[strcspn(lines->text, "\n")] = '\0';
    if (*lines->text)
        history(editor->history, &event, H_ENTER, lines->text);
    return lines->text;
}
#else
static void
open_editor(struct lines *lines)
{
    (void)lines;
}

static void
close_editor(struct lines *lines)
{
    (void)lines;
}

static const char *
edited_line(struct lines *lines)
{
    return plain_line(lines);
}
#endif

void
lines_open(struct lines *lines, bool terminal)
{
    struct sigaction action = {.sa_handler = lines_note_signal};
    sigset_t held;

    *lines = (struct lines){.terminal = terminal};
    memory_grow(&lines->text, &lines->room, 0, 1);
    held_signals(&held);
    sigprocmask(SIG_BLOCK, &held, &lines->waiting);
    sigdelset(&lines->waiting, SIGINT);
    sigdelset(&lines->waiting, SIGTERM);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (terminal)
        open_editor(lines);
}

void
lines_close(struct lines *lines)
{
    close_editor(lines);
    free(lines->text);
}

const char *
lines_read(struct lines *lines, const char *prompt)
{
    const char *line;

    lines->prompt = prompt;
    line = lines->editor ? edited_line(lines) : plain_line(lines);
    /* At the end of the input no newline was typed. */
    if (!line && lines->terminal)
        putchar('\n');
    return line;
}
