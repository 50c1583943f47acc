/* within.c -- runs a command that may do anything, within limits.
 *
 *   within SECONDS MEMORY FILE COMMAND [ARGUMENT]...
 *
 * MEMORY: megabytes of address space that a process may have; 0: no limit.
 * FILE: megabytes of the largest file that it may write; what is beyond is not
 * written. The command runs in a process group of its own, without input. When
 * it ends or its time is up, the whole group is killed. The status is that of
 * the command, 128 + the signal that ended it, or 124 when its time was up. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STATUS_LATE = 124, STATUS_NOT_RUN = 126 };

static pid_t group;
static volatile sig_atomic_t caught; /* the signal that ended it early */

static void
end_it(int signal)
{
    caught = signal;
    kill(-group, SIGKILL);
}

static void
limit(int what, long most, long unit)
{
    const struct rlimit rlimit = {(rlim_t)most * (rlim_t)unit,
                                  (rlim_t)most * (rlim_t)unit};

    setrlimit(what, &rlimit);
}

_Noreturn static void
be_command(char **argv)
{
    long seconds = atol(argv[1]);
    long memory = atol(argv[2]);
    int nothing = open("/dev/null", O_RDONLY);

    setpgid(0, 0);
    dup2(nothing, STDIN_FILENO);
    /* For what leaves the group. */
    limit(RLIMIT_CPU, seconds + 1, 1);
    limit(RLIMIT_CORE, 0, 1);
    limit(RLIMIT_FSIZE, atol(argv[3]), 1 << 20);
    if (memory > 0)
        limit(RLIMIT_AS, memory, 1 << 20);
    signal(SIGXFSZ, SIG_IGN);
    execvp(argv[4], argv + 4);
    fprintf(stderr, "%s: %s\n", argv[4], strerror(errno));
    _exit(STATUS_NOT_RUN);
}

int
main(int argc, char **argv)
{
    static const int signals[] = {SIGALRM, SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = end_it};
    sigset_t blocked;
    sigset_t before;
    int status;

    if (argc < 5) {
        fputs("Usage: within SECONDS MEMORY FILE COMMAND...\n", stderr);
        return 2;
    }
    /* No signal comes before there is a group to kill. */
    sigfillset(&blocked);
    sigprocmask(SIG_BLOCK, &blocked, &before);
    group = fork();
    if (group < 0) {
        perror("within: fork");
        return STATUS_NOT_RUN;
    }
    if (group == 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        be_command(argv);
    }
    setpgid(group, group);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    alarm((unsigned)atol(argv[1]));
    sigprocmask(SIG_SETMASK, &before, NULL);
    while (waitpid(group, &status, 0) < 0 && errno == EINTR)
        ;
    kill(-group, SIGKILL);
    if (caught)
        return caught == SIGALRM ? STATUS_LATE : 128 + caught;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
