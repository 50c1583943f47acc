/* faults.c -- makes the n-th call that could fail, fail.
 *
 *   FAULT_AT=n       which of the calls of calls.def, counted from 1; no
 *                    FAULT_AT: none
 *   FAULT_LOG=file   receives the name of the call that failed
 *
 * Linked with --wrap into a pipelab that is otherwise the one that ships. Reads
 * and writes of streams take place inside the C library, so fopen() and
 * fdopen() give streams that do them here. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>
#include <zlib.h>

enum call {
#define CALL(name, error) CALL_##name,
#include "calls.def"
#undef CALL
};

static const struct {
    const char *name;
    int error;
} calls[] = {
#define CALL(name, error) {#name, error},
#include "calls.def"
#undef CALL
};

static atomic_long made;
static long due_at;

__attribute__((constructor)) static void
begin(void)
{
    const char *at = getenv("FAULT_AT");

    due_at = at ? atol(at) : 0;
}

/* Declares both sides of a wrapped call. */
#define SIDES(type, name, parameters)                                         \
    type __real_##name parameters;                                            \
    type __wrap_##name parameters

SIDES(int, open, (const char *path, int flags, ...));
SIDES(int, close, (int fd));
SIDES(ssize_t, read, (int fd, void *to, size_t size));
SIDES(ssize_t, write, (int fd, const void *from, size_t size));
SIDES(FILE *, fopen, (const char *path, const char *mode));
SIDES(FILE *, fdopen, (int fd, const char *mode));
SIDES(int, fileno, (FILE * stream));

static void
note(const char *name)
{
    const char *log = getenv("FAULT_LOG");
    int fd = log ? __real_open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;

    if (fd < 0 || __real_write(fd, name, strlen(name)) < 0)
        abort();
    __real_close(fd);
}

/* Counts a call; true if it is the one that fails, under that name. */
static bool
is_due_as(enum call call, const char *name)
{
    if (atomic_fetch_add(&made, 1) + 1 != due_at)
        return false;
    note(name);
    errno = calls[call].error;
    return true;
}

static bool
is_due(enum call call)
{
    return is_due_as(call, calls[call].name);
}

/* A call that fails by returning `failure`, and that is all. */
#define WRAP(type, name, parameters, arguments, failure)                      \
    SIDES(type, name, parameters);                                            \
    type __wrap_##name parameters                                             \
    {                                                                         \
        return is_due(CALL_##name) ? (failure) : __real_##name arguments;     \
    }

WRAP(void *, malloc, (size_t size), (size), NULL)
WRAP(void *, calloc, (size_t count, size_t size), (count, size), NULL)
WRAP(void *, realloc, (void *old, size_t size), (old, size), NULL)
WRAP(void *, aligned_alloc, (size_t alignment, size_t size), (alignment, size),
     NULL)
WRAP(int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attributes,
      void *(*start)(void *), void *argument),
     (thread, attributes, start, argument), EAGAIN)
WRAP(int, pthread_setaffinity_np,
     (pthread_t thread, size_t size, const cpu_set_t *set),
     (thread, size, set), EINVAL)
WRAP(int, sched_getaffinity, (pid_t pid, size_t size, cpu_set_t *set),
     (pid, size, set), -1)
WRAP(int, fsync, (int fd), (fd), -1)
WRAP(int, rename, (const char *from, const char *to), (from, to), -1)
WRAP(char *, realpath, (const char *path, char *to), (path, to), NULL)
WRAP(FILE *, open_memstream, (char **text, size_t *size), (text, size), NULL)
WRAP(FILE *, fmemopen, (void *text, size_t size, const char *mode),
     (text, size, mode), NULL)
WRAP(int, unlink, (const char *path), (path), -1)
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), -1)
WRAP(int, fchown, (int fd, uid_t owner, gid_t group), (fd, owner, group), -1)
WRAP(int, getentropy, (void *to, size_t size), (to, size), -1)
WRAP(int, dup, (int fd), (fd), -1)
WRAP(int, dup2, (int from, int to), (from, to), -1)
WRAP(ssize_t, readlink, (const char *path, char *to, size_t size),
     (path, to, size), -1)
WRAP(int, execv, (const char *path, char *const argv[]), (path, argv), -1)
WRAP(gzFile, gzdopen, (int fd, const char *mode), (fd, mode), NULL)

/* zlib reports by gzerror(), where a failed read looks like a damaged stream
 * unless the system is said to be at fault. */
SIDES(int, gzread, (gzFile file, void *to, unsigned size));
SIDES(const char *, gzerror, (gzFile file, int *error));
static bool gz_failed;

int
__wrap_gzread(gzFile file, void *to, unsigned size)
{
    gz_failed = is_due(CALL_gzread);
    return gz_failed ? -1 : __real_gzread(file, to, size);
}

const char *
__wrap_gzerror(gzFile file, int *error)
{
    if (!gz_failed)
        return __real_gzerror(file, error);
    *error = Z_ERRNO;
    return strerror(EIO);
}

int
__wrap_open(const char *path, int flags, ...)
{
    int mode = 0;

    if (flags & O_CREAT) {
        va_list rest;

        va_start(rest, flags);
        mode = va_arg(rest, int);
        va_end(rest);
    }
    return is_due(CALL_open) ? -1 : __real_open(path, flags, mode);
}

/* What failed to close is closed all the same, as on Linux. */
int
__wrap_close(int fd)
{
    int status = __real_close(fd);

    return is_due(CALL_close) ? -1 : status;
}

ssize_t
__wrap_read(int fd, void *to, size_t size)
{
    return is_due(CALL_read) ? -1 : __real_read(fd, to, size);
}

ssize_t
__wrap_write(int fd, const void *from, size_t size)
{
    return is_due(CALL_write) ? -1 : __real_write(fd, from, size);
}

/* Streams over our own calls; the cookie is the descriptor. */
enum { STREAMS_MAX = 16 };
static struct {
    FILE *stream;
    int fd;
    bool reads;
} streams[STREAMS_MAX];

static int
fd_of(void *cookie)
{
    return (int)(intptr_t)cookie;
}

static ssize_t
stream_read(void *cookie, char *to, size_t size)
{
    return __wrap_read(fd_of(cookie), to, size);
}

static ssize_t
stream_write(void *cookie, const char *from, size_t size)
{
    ssize_t written = __wrap_write(fd_of(cookie), from, size);

    return written < 0 ? 0 : written;
}

static int
stream_seek(void *cookie, off64_t *offset, int whence)
{
    *offset = lseek(fd_of(cookie), *offset, whence);
    return *offset < 0 ? -1 : 0;
}

/* Of a stream that was read nothing is lost: that is another failure. */
static int
stream_close(void *cookie)
{
    const char *name = "close";
    int status;

    for (int i = 0; i < STREAMS_MAX; i++)
        if (streams[i].stream && streams[i].fd == fd_of(cookie)) {
            streams[i].stream = NULL;
            name = streams[i].reads ? "close-read" : name;
        }
    status = __real_close(fd_of(cookie));
    return is_due_as(CALL_close, name) ? -1 : status;
}

static FILE *
stream_over(int fd, const char *mode)
{
    static const cookie_io_functions_t functions = {stream_read, stream_write,
                                                    stream_seek, stream_close};
    FILE *stream = fopencookie((void *)(intptr_t)fd, mode, functions);
    int i = 0;

    while (i < STREAMS_MAX && streams[i].stream)
        i++;
    if (!stream || i == STREAMS_MAX)
        abort();
    streams[i].stream = stream;
    streams[i].fd = fd;
    streams[i].reads = *mode == 'r';
    return stream;
}

FILE *
__wrap_fopen(const char *path, const char *mode)
{
    int flags = *mode == 'r' ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC;
    int fd;

    if (is_due(CALL_fopen))
        return NULL;
    fd = __real_open(path, flags, 0666);
    return fd < 0 ? NULL : stream_over(fd, mode);
}

FILE *
__wrap_fdopen(int fd, const char *mode)
{
    return is_due(CALL_fdopen) ? NULL : stream_over(fd, mode);
}

int
__wrap_fileno(FILE *stream)
{
    for (int i = 0; i < STREAMS_MAX; i++)
        if (stream && streams[i].stream == stream)
            return streams[i].fd;
    return __real_fileno(stream);
}
