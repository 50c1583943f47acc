/* cli_main.c -- finds the command and runs it. */
#include "config.h"

#include "base/called.h"
#include "base/columns.h"
#include "base/near.h"
#include "base/output.h"
#include "base/text.h"
#include "cli/cli_main.h"
#include "cli/program_means.h"
#include "request/effect.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/manual.h"
#include "cli/processes.h"
#include "request/status.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef HAVE_GETAUXVAL
#include <sys/auxv.h>
#endif
#ifdef __GLIBC__
#include <malloc.h>
#endif

static void
print_command(const struct command *command)
{
    char line[256];

    snprintf(line, sizeof line, "  %-10s %s", command->name, command->summary);
    columns_print(stdout, line, columns_of(stdout), 13);
}

static void
print_help(const struct cli *cli)
{
    called_print(stdout, "Usage: pipelab COMMAND [OPTION]...\n");
    printf("%s\n\n", cli->summary);
    for (int i = 0; cli->commands[i]; i++)
        print_command(cli->commands[i]);
    called_print(
        stdout, "\npipelab COMMAND --help lists a command's options.\n"
                "Exit status: 0 done, 1 failed, 2 wrong usage, 3 invalid plan "
                "or input file,\n4 deadlock, 128 + the signal that ended it "
                "(130 interrupted).\n");
}

/* A file that is opened must not become a standard stream by its number.
 * Writing to one that was closed fails, as it did. */
static void
open_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", O_RDONLY);
}

/* Whether an interpreter was loaded beside the program. If not, it was the
 * interpreter itself that was started, with this program as its argument. Where
 * the system does not say, there is no /proc/self/exe either. */
static bool
is_what_was_started(void)
{
#ifdef HAVE_GETAUXVAL
    return getauxval(AT_BASE) != 0;
#else
    return false;
#endif
}

/* Two libraries listen only to the environment at exec, so set it and start
 * again. OpenBLAS starts its worker threads when it is loaded, and they spin
 * for a tenth of a second even if they get no work; glibc puts large arrays on
 * huge pages, which halves the time of a large simulation. */
static void
restart_with_environment(char **argv)
{
    char self[PATH_MAX];
    ssize_t length;

    if (getenv("OPENBLAS_NUM_THREADS") || !is_what_was_started())
        return;
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 0);
    length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0)
        return;
    self[length] = '\0';
    execv(self, argv); /* if it fails, gemm_one_thread() still holds */
}

/* Results go to --output by way of descriptor 1, so that what is printed there
 * is printed as ever. */
static bool
redirect(struct output *output, const struct options *options,
         struct cause *cause)
{
    if (!output_open(output, "--output", options->output, false, cause))
        return false;
    if (dup2(fileno(output->out), STDOUT_FILENO) >= 0)
        return true;
    fail(cause, "--output %s: %s", options->output, strerror(errno));
    output_discard(output);
    return false;
}

/* What was printed, if it was all, to where it belongs. A command that failed
 * has no results; one that was interrupted or found a deadlock has. */
static int
main_deliver(struct output *output, int status)
{
    struct cause cause;
    bool printed;

    if (!output->out)
        return status;
    printed = fflush(stdout) == 0 && !ferror(stdout);
    if (!printed) {
        output->error = errno ? errno : EIO;
        /* It is said here, so finish() is not to find it. */
        (void)!freopen("/dev/null", "w", stdout);
    }
    if (printed && status != STATUS_DONE && status < STATUS_DEADLOCK) {
        output_discard(output);
        return status;
    }
    return output_close(output, &cause) ? status
                                        : complain(STATUS_FAILED, &cause);
}

/* Reads the command line; nothing has been opened yet. */
static enum status
prepare(struct options *options, const struct command *command, int argc,
        char **argv, struct cause *cause)
{
    enum status status;

    if (!command_line_parse(options, command, argc, argv, cause))
        return STATUS_USAGE;
    if (options->help)
        return STATUS_DONE;
    status = processes_check(options, argc, argv, cause);
    if (status == STATUS_DONE && !files_suit(options, cause))
        status = STATUS_USAGE;
    status = processes_agree(status, cause);
    if (status == STATUS_DONE &&
        !effect_check(options, command->takes, &program_means, cause))
        status = STATUS_USAGE;
    return status;
}

static int
run_command(const struct command *command, int argc, char **argv)
{
    struct options options;
    struct output output = {.out = NULL};
    struct cause cause;
    enum status status;
    int ended;

    text_hold();
    status = prepare(&options, command, argc, argv, &cause);
    if (status == STATUS_DONE && options.help) {
        command_line_help(command);
        return STATUS_DONE;
    }
    if (status == STATUS_DONE) {
        if (options.output && !redirect(&output, &options, &cause))
            status = STATUS_FAILED;
        status = processes_agree(status, &cause);
    }
    if (status != STATUS_DONE)
        return complain(status, &cause);
    ended = command->run(&options);
    text_release();
    return main_deliver(&output, ended);
}

static const struct command *
main_command(const struct cli *cli, const char *name, struct cause *cause)
{
    struct near near;
    char see[NEAR_TEXT];

    near_begin(&near, name, strlen(name));
    for (int i = 0; cli->commands[i]; i++) {
        if (strcmp(cli->commands[i]->name, name) == 0)
            return cli->commands[i];
        near_try(&near, cli->commands[i]->name);
    }
    near_try(&near, "help");
    near_try(&near, "--help");
    near_try(&near, "--version");
    fail(cause, "%.60s is no command; %s pipelab --help", name,
         near_see(near.name, "", see));
    return NULL;
}

static bool
asks_for_help(const char *word)
{
    return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 ||
           strcmp(word, "-h") == 0;
}

static int
main_run(const struct cli *cli, int argc, char **argv)
{
    bool help_of =
        argc > 2 && strcmp(argv[1], "help") == 0 && !asks_for_help(argv[2]);
    const struct command *command;
    struct cause cause;

    if (argc < 2 || (asks_for_help(argv[1]) && !help_of)) {
        print_help(cli);
        return argc < 2 ? STATUS_USAGE : STATUS_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts(PACKAGE_STRING);
        return STATUS_DONE;
    }
    if (help_of) {
        command = main_command(cli, argv[2], &cause);
        if (command)
            command_line_help(command);
    } else if (argc == 3 && strcmp(argv[1], "--manual") == 0) {
        command = main_command(cli, argv[2], &cause);
        if (command)
            manual_print(stdout, command);
    } else {
        command = main_command(cli, argv[1], &cause);
        if (command)
            return run_command(command, argc - 1, argv + 1);
    }
    return command ? STATUS_DONE : complain(STATUS_USAGE, &cause);
}

/* Whatever was printed is a result: it must have arrived. */
static int
finish(int status)
{
    int signal;
    struct cause cause;

    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (status > STATUS_SIGNAL)
        return status;
    signal = atomic_load(&interrupt_seen);
    if (signal == SIGPIPE || signal == SIGXFSZ)
        return STATUS_SIGNAL + signal;
    fail(&cause, "cannot write the results to standard output");
    return complain(STATUS_FAILED, &cause);
}

void
cli_begin(int argc, char **argv)
{
    called_set(argc > 0 ? argv[0] : NULL);
    open_standard_streams();
    restart_with_environment(argv);
    setlocale(LC_CTYPE, "");
}

int
cli_main(const struct cli *cli, int argc, char **argv)
{
    processes_begin(cli->wire);
    return finish(main_run(cli, argc, argv));
}
