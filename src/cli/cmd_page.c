/* cmd_page.c -- writes the page to play with, or shows it in a browser. */
#include "config.h"

#include "base/output.h"
#include "cli/commands.h"
#include "page/page.h"
#include "request/status.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __APPLE__
static const char opener[] = "open";
#else
static const char opener[] = "xdg-open";
#endif

extern char **environ;

/* Writes the page into a new folder for temporary files; it stays there, since
 * the browser reads it later. */
static bool
write_copy(char *path, size_t size, struct cause *cause)
{
    const char *temporary = getenv("TMPDIR");
    struct output output;
    size_t used;

    snprintf(path, size, "%s/pipelab-XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(path))
        return fail(cause,
                    "%s: %s; set TMPDIR to a directory that can be "
                    "written to",
                    path, strerror(errno));
    used = strlen(path);
    snprintf(path + used, size - used, "/pipelab.html");
    if (!output_open(&output, "--open", path, false, cause))
        return false;
    page_write(output.out, NULL);
    return output_close(&output, cause);
}

static bool
show_in_browser(char *path, struct cause *cause)
{
    char *arguments[] = {(char *)opener, path, NULL};
    pid_t child;
    int status = 0;
    int error = posix_spawnp(&child, opener, NULL, NULL, arguments, environ);

    if (error)
        return fail(cause, "%s: %s; open %s in a browser", opener,
                    strerror(error), path);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           fail(cause, "%s did not show the page; open %s in a browser",
                opener, path);
}

static int
cmd_page(const struct options *options)
{
    char path[1024];
    struct cause cause;

    if (!page_there(&cause))
        return complain(STATUS_FAILED, &cause);
    if (!options->open && !options->output && isatty(STDOUT_FILENO)) {
        fail(&cause, "the page is HTML, which a terminal does not show; use "
                     "--open or --output FILE");
        return complain(STATUS_USAGE, &cause);
    }
    if (options->output || !options->open)
        page_write(stdout, NULL);
    if (options->open && (!write_copy(path, sizeof path, &cause) ||
                          !show_in_browser(path, &cause)))
        return complain(STATUS_FAILED, &cause);
    return STATUS_DONE;
}

const struct command command_page = {
    .name = "page",
    .summary = "The page to play with schedules in a browser, offline: one "
               "HTML file.",
    .takes = TAKES_PAGE,
    .examples = "  pipelab page --open\n"
                "  pipelab page --output pipelab.html\n",
    .run = cmd_page,
};
