/* output.c -- writes files whole: into a temporary name beside them, renamed
 * at the end. */
#include "config.h"

#include "base/output.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
output_refuse(const struct output *output, struct cause *cause)
{
    return fail(cause, "%s %s: %s", output->option, output->path,
                strerror(errno));
}

/* Names what cannot be removed: the user may, and nothing else will. */
static void
remove_temporary(const struct output *output)
{
    if (unlink(output->temporary) != 0)
        text_remark("cannot remove %s, which is not whole: %s",
                    output->temporary, strerror(errno));
}

/* Files that are being written, should the process end meanwhile. */
static struct output *unfinished;

static void
remove_unfinished(void)
{
    for (const struct output *o = unfinished; o; o = o->next)
        remove_temporary(o);
}

static void
enlist(struct output *output)
{
    static bool asked;

    if (!asked) {
        atexit(remove_unfinished);
        at_die(remove_unfinished);
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

/* ---- where a name leads ---- */

enum { LINKS_MAX = 40, NOT_OPEN = -1, OF_ANOTHER = -2 };

/* The number of a descriptor of this process that a name under /proc stands
 * for; OF_ANOTHER for one of another process, NOT_OPEN for any other name. */
static int
descriptor_of(const char *name)
{
    const char *number = strstr(name, "/fd/");

    if (strncmp(name, "/proc/", 6) != 0 || !number)
        return NOT_OPEN;
    number += strlen("/fd/");
    if (*number == '\0' || number[strspn(number, "0123456789")] != '\0')
        return NOT_OPEN;
    return strtol(name + 6, NULL, 10) == (long)getpid() ? atoi(number)
                                                        : OF_ANOTHER;
}

/* name as DIRECTORY/LAST in target, links in DIRECTORY resolved. */
static bool
output_place(const char *name, char target[PATH_MAX])
{
    const char *slash = strrchr(name, '/');
    const char *last = slash ? slash + 1 : name;
    char directory[PATH_MAX] = ".";
    size_t length;

    if (slash)
        snprintf(directory, sizeof directory, "%.*s",
                 slash == name ? 1 : (int)(slash - name), name);
    if (!realpath(directory, target))
        return false;
    length = strlen(target);
    if (length + 1 + strlen(last) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    sprintf(target + length, "%s%s", length > 1 ? "/" : "", last);
    return true;
}

/* Follows path to a name that is no symbolic link: a file, there or not yet, or
 * an open descriptor, whose name the system would follow further. */
static bool
resolve(const char *path, char target[PATH_MAX])
{
    char name[PATH_MAX];
    char link[PATH_MAX];

    if (strlen(path) >= sizeof name) {
        errno = ENAMETOOLONG;
        return false;
    }
    strcpy(name, path);
    for (int links = 0; links < LINKS_MAX; links++) {
        ssize_t length;

        if (!output_place(name, target))
            return false;
        if (descriptor_of(target) != NOT_OPEN)
            return true;
        length = readlink(target, link, sizeof link - 1);
        if (length < 0)
            return true;
        link[length] = '\0';
        *name = '\0';
        if (*link != '/')
            snprintf(name, sizeof name, "%.*s",
                     (int)(strrchr(target, '/') + 1 - target), target);
        if (strlen(name) + (size_t)length >= sizeof name) {
            errno = ENAMETOOLONG;
            return false;
        }
        strcat(name, link);
    }
    errno = ELOOP;
    return false;
}

bool
output_is_descriptor(const char *path)
{
    char target[PATH_MAX];

    return resolve(path, target) && descriptor_of(target) != NOT_OPEN;
}

bool
output_is_same(const char *path, const char *other)
{
    char targets[2][PATH_MAX];
    struct stat stats[2];

    if (stat(path, &stats[0]) == 0 && stat(other, &stats[1]) == 0)
        return stats[0].st_dev == stats[1].st_dev &&
               stats[0].st_ino == stats[1].st_ino &&
               !S_ISCHR(stats[0].st_mode);
    return resolve(path, targets[0]) && resolve(other, targets[1]) &&
           strcmp(targets[0], targets[1]) == 0;
}

/* ---- opening ---- */

/* Another name in the target's directory. The number is beyond what another
 * program could guess or another container could draw. */
static bool
name_neighbour(struct output *output)
{
    enum { SUFFIX = 5 + 16 };
    const char *last = strrchr(output->target, '/') + 1;
    size_t kept = strlen(output->target);
    uint64_t number;

    if (getentropy(&number, sizeof number) != 0)
        return false;
    if (strlen(last) + SUFFIX > NAME_MAX)
        kept = (size_t)(last - output->target) + NAME_MAX - SUFFIX;
    if (kept + SUFFIX >= sizeof output->temporary) {
        errno = ENAMETOOLONG;
        return false;
    }
    sprintf(output->temporary, "%.*s.part%016" PRIx64, (int)kept,
            output->target, number);
    return true;
}

/* A new file beside the target, with owner and rights of the old one. */
static FILE *
open_neighbour(struct output *output, const struct stat *old)
{
    int descriptor;
    FILE *out;

    if ((old && access(output->target, W_OK) != 0) || !name_neighbour(output))
        return NULL;
    descriptor =
        open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return NULL;
    if (old) {
        /* Only root gives files away. */
        (void)!fchown(descriptor, old->st_uid, old->st_gid);
        (void)!fchmod(descriptor, old->st_mode & 0777);
    }
    out = fdopen(descriptor, "w");
    if (!out) {
        int error = errno;

        close(descriptor);
        remove_temporary(output);
        errno = error;
    }
    return out;
}

/* A stream of its own over an open descriptor: what was written there stays,
 * and what was opened for appending appends. */
static FILE *
open_descriptor(int descriptor)
{
    int copy;
    FILE *out;

    /* In the order in which it was printed. */
    fflush(stdout);
    copy = dup(descriptor);
    if (copy < 0)
        return NULL;
    out = fdopen(copy, "w");
    if (!out) {
        int error = errno;

        close(copy);
        errno = error;
    }
    return out;
}

/* Devices and pipes must not be replaced by a file. */
static FILE *
open_in_place(const struct output *output)
{
    int descriptor = descriptor_of(output->target);

    if (descriptor >= 0)
        return open_descriptor(descriptor);
    return fopen(output->target, descriptor == OF_ANOTHER ? "ae" : "we");
}

bool
output_open(struct output *output, const char *option, const char *path,
            bool stream, struct cause *cause)
{
    struct stat old;
    bool is_there;

    *output = (struct output){.option = option, .path = path};
    if (!resolve(path, output->target))
        return output_refuse(output, cause);
    is_there = stat(output->target, &old) == 0;
    if (stream || descriptor_of(output->target) != NOT_OPEN ||
        (is_there && !S_ISREG(old.st_mode))) {
        output->out = open_in_place(output);
        return output->out || output_refuse(output, cause);
    }
    output->out = open_neighbour(output, is_there ? &old : NULL);
    if (!output->out) {
        *output->temporary = '\0';
        return output_refuse(output, cause);
    }
    enlist(output);
    return true;
}

/* ---- closing ---- */

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
    slash[slash == directory ? 1 : 0] = '\0';
    descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* A directory may be one to write to and not to read. */
    if (descriptor < 0)
        return errno == EACCES || errno == EPERM;
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
        remove_temporary(output);
    return fail(cause, "%s %s: could not be written: %s", output->option,
                output->path, strerror(output->error));
}

void
output_discard(struct output *output)
{
    if (!output->out)
        return;
    strike(output);
    fclose(output->out);
    output->out = NULL;
    if (*output->temporary)
        remove_temporary(output);
}

bool
output_possible(const char *option, const char *path, struct cause *cause)
{
    struct output output;
    struct stat there;
    bool possible;

    /* A pipe opened only to be closed would end its reader. */
    if (output_is_descriptor(path) ||
        (stat(path, &there) == 0 && !S_ISREG(there.st_mode) &&
         !S_ISDIR(there.st_mode)))
        return true;
    if (!output_open(&output, option, path, false, cause))
        return false;
    strike(&output);
    possible = fclose(output.out) == 0 || output_refuse(&output, cause);
    /* Where a name cannot be removed, it cannot be replaced either. */
    if (unlink(output.temporary) == 0)
        return possible;
    return fail(cause, "%s %s: cannot remove %s: %s", option, path,
                output.temporary, strerror(errno));
}
