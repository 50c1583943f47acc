/* output.c -- writes files whole: into a temporary name beside them, renamed
 * at the end. */
#include "config.h"

#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
refuse(const struct output *output, struct cause *cause)
{
    return fail(cause, "%s %s: %s", output->option, output->path,
                strerror(errno));
}

/* Files that are being written, should the process end meanwhile. */
static struct output *unfinished;

static void
remove_unfinished(void)
{
    for (const struct output *o = unfinished; o; o = o->next)
        unlink(o->temporary);
}

static void
enlist(struct output *output)
{
    static bool asked;

    if (!asked) {
        atexit(remove_unfinished);
        at_quick_exit(remove_unfinished);
    }
    asked = true;
    output->next = unfinished;
    unfinished = output;
}

static void
strike(struct output *output)
{
    struct output **link = &unfinished;

    while (*link && *link != output)
        link = &(*link)->next;
    if (*link)
        *link = output->next;
}

/* A new file beside the target, with the rights of the old one. A leftover of
 * that name is of a process that has ended: living ones have other numbers. */
static FILE *
open_neighbour(const struct output *output, const struct stat *old)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    int descriptor;
    FILE *out;

    if (old && access(output->target, W_OK) != 0)
        return NULL;
    descriptor = open(output->temporary, flags, 0666);
    if (descriptor < 0 && errno == EEXIST && unlink(output->temporary) == 0)
        descriptor = open(output->temporary, flags, 0666);
    if (descriptor < 0)
        return NULL;
    if (old)
        (void)!fchmod(descriptor, old->st_mode & 0777);
    out = fdopen(descriptor, "w");
    if (!out) {
        int error = errno;

        close(descriptor);
        unlink(output->temporary);
        errno = error;
    }
    return out;
}

bool
output_open(struct output *output, const char *option, const char *path,
            bool stream, struct cause *cause)
{
    struct stat old;
    bool is_there = stat(path, &old) == 0;

    *output = (struct output){.option = option, .path = path};
    /* Devices and pipes must not be replaced by a file. */
    if (stream || (is_there && !S_ISREG(old.st_mode))) {
        output->out = fopen(path, "we");
        return output->out || refuse(output, cause);
    }
    if (!realpath(path, output->target))
        snprintf(output->target, sizeof output->target, "%s", path);
    if ((size_t)snprintf(output->temporary, sizeof output->temporary,
                         "%s.part%ld", output->target, (long)getpid()) >=
        sizeof output->temporary) {
        errno = ENAMETOOLONG;
        return refuse(output, cause);
    }
    output->out = open_neighbour(output, is_there ? &old : NULL);
    if (!output->out)
        return refuse(output, cause);
    enlist(output);
    return true;
}

/* A name is on the disk when its directory is. */
static bool
sync_directory(const struct output *output)
{
    char directory[PATH_MAX];
    char *slash;
    int descriptor;
    bool synced;

    strcpy(directory, output->target);
    slash = strrchr(directory, '/');
    if (slash)
        slash[slash == directory ? 1 : 0] = '\0';
    descriptor = open(slash ? directory : ".",
                      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    /* Some file systems have nothing to sync there and say so. */
    synced = fsync(descriptor) == 0 || errno == EINVAL;
    return close(descriptor) == 0 && synced;
}

static void
note(struct output *output, bool good)
{
    if (!good && output->error == 0)
        output->error = errno ? errno : EIO;
}

void
output_flush(struct output *output)
{
    note(output, fflush(output->out) == 0);
}

bool
output_close(struct output *output, struct cause *cause)
{
    bool replaces = *output->temporary != '\0';

    if (!output->out)
        return true;
    strike(output);
    note(output, !ferror(output->out));
    output_flush(output);
    if (replaces)
        note(output, fsync(fileno(output->out)) == 0);
    note(output, fclose(output->out) == 0);
    output->out = NULL;
    if (replaces && output->error == 0)
        note(output, rename(output->temporary, output->target) == 0 &&
                         sync_directory(output));
    if (output->error == 0)
        return true;
    if (replaces)
        unlink(output->temporary);
    return fail(cause, "%s %s: could not be written: %s", output->option,
                output->path, strerror(output->error));
}

bool
output_possible(const char *option, const char *path, struct cause *cause)
{
    struct output output;
    struct stat there;
    bool possible;

    /* A pipe opened only to be closed would end its reader. */
    if (stat(path, &there) == 0 && !S_ISREG(there.st_mode) &&
        !S_ISDIR(there.st_mode))
        return true;
    if (!output_open(&output, option, path, false, cause))
        return false;
    strike(&output);
    possible = fclose(output.out) == 0 || refuse(&output, cause);
    unlink(output.temporary);
    return possible;
}
