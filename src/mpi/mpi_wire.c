/* mpi_wire.c -- sends and receives with MPI's requests and tests them until
 * they are done. */
#include "config.h"

#include "mpi/mpi_wire.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"

#include <limits.h>
#include <mpi.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* As long as a rank polls a link between threads. */
enum { LINGER_NS = 200000, NAP_NS = 20000 };

/* Tests before the first yield: what is there already is found at once. */
enum { TESTS_AT_ONCE = 4 };

_Static_assert(sizeof(MPI_Request) <= sizeof(uint64_t), "a handle holds it");

/* Its process is the only one of MPI here. The lock is held for each call. */
static struct wire mpi_wire;

/* Of the groups that this process is a member of, by number; else null. */
static MPI_Comm *groups;
static int group_count;
static size_t group_room;
static pthread_mutex_t mpi_lock = PTHREAD_MUTEX_INITIALIZER;

/* Ends the run if MPI could not do what it was asked for. No lock is held. */
static void
expect_success(int code, const char *what)
{
    char text[MPI_MAX_ERROR_STRING] = "";
    int length;

    if (code == MPI_SUCCESS)
        return;
    pthread_mutex_lock(&mpi_lock);
    MPI_Error_string(code, text, &length);
    pthread_mutex_unlock(&mpi_lock);
    die("process %d could not %s: %s", mpi_wire.process, what, text);
}

/* For die(): a process that ended alone would leave the others waiting. */
static void
abort_all(void)
{
    pthread_mutex_lock(&mpi_lock);
    MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
}

static MPI_Request
mpi_request_of(const struct wire_request *request)
{
    MPI_Request mpi;

    memcpy(&mpi, &request->handle[0], sizeof mpi);
    return mpi;
}

static void
mpi_keep(struct wire_request *request, MPI_Request mpi)
{
    memcpy(&request->handle[0], &mpi, sizeof mpi);
    request->handle[1] = 1;
}

static bool
is_under_way(const struct wire_request *request)
{
    return request->handle[1] != 0;
}

/* MPI counts in int. */
static int
count_of(size_t size)
{
    if (size > INT_MAX)
        die("a message of %zu bytes is more than MPI carries, %d; use more "
            "microbatches",
            size, INT_MAX);
    return (int)size;
}

static void
mpi_send(struct wire *wire, struct wire_request *request, int to, int tag,
         const void *bytes, size_t size)
{
    int count = count_of(size);
    MPI_Request mpi;
    int code;

    (void)wire;
    pthread_mutex_lock(&mpi_lock);
    code = MPI_Isend(bytes, count, MPI_BYTE, to, tag, MPI_COMM_WORLD, &mpi);
    pthread_mutex_unlock(&mpi_lock);
    expect_success(code, "send");
    mpi_keep(request, mpi);
}

static void
mpi_receive(struct wire *wire, struct wire_request *request, int from, int tag,
            void *room, size_t size)
{
    int count = count_of(size);
    MPI_Request mpi;
    int code;

    (void)wire;
    pthread_mutex_lock(&mpi_lock);
    code = MPI_Irecv(room, count, MPI_BYTE, from, tag, MPI_COMM_WORLD, &mpi);
    pthread_mutex_unlock(&mpi_lock);
    expect_success(code, "receive");
    mpi_keep(request, mpi);
}

/* Whether it is done. */
static bool
test(struct wire_request *request)
{
    MPI_Request mpi = mpi_request_of(request);
    int done;
    int code;

    pthread_mutex_lock(&mpi_lock);
    code = MPI_Test(&mpi, &done, MPI_STATUS_IGNORE);
    pthread_mutex_unlock(&mpi_lock);
    expect_success(code, "transfer a message");
    if (done)
        *request = (struct wire_request){{0}};
    return done;
}

/* Lets other threads and processes have the core, in vain the n-th time. */
static void
let_go(int n, int64_t *start)
{
    static const struct timespec nap = {.tv_nsec = NAP_NS};

    if (n < TESTS_AT_ONCE)
        return;
    if (n == TESTS_AT_ONCE)
        *start = clock_wall_ns();
    if (clock_wall_ns() - *start < LINGER_NS)
        sched_yield();
    else
        nanosleep(&nap, NULL);
}

static bool
mpi_await(struct wire *wire, struct wire_request *request,
          const _Atomic int *closed)
{
    int64_t start = 0;

    (void)wire;
    for (int n = 0; is_under_way(request) && !test(request);
         n += n <= TESTS_AT_ONCE) {
        if (closed && atomic_load(closed) != 0)
            return false;
        let_go(n, &start);
    }
    return true;
}

/* Who waits looks again by itself. */
static void
mpi_wake(struct wire *wire)
{
    (void)wire;
}

static void
mpi_cancel(struct wire *wire, struct wire_request *request)
{
    MPI_Request mpi = mpi_request_of(request);
    int code;

    (void)wire;
    if (!is_under_way(request))
        return;
    pthread_mutex_lock(&mpi_lock);
    code = MPI_Cancel(&mpi);
    if (code == MPI_SUCCESS)
        code = MPI_Wait(&mpi, MPI_STATUS_IGNORE);
    pthread_mutex_unlock(&mpi_lock);
    expect_success(code, "give up a receive");
    *request = (struct wire_request){{0}};
}

/* No other thread runs yet, so this may block. */
static void
mpi_group(struct wire *wire, int number, bool member)
{
    int code;

    if (number == group_count) {
        memory_grow(&groups, &group_room, (size_t)number, sizeof *groups);
        group_count++;
    } else if (groups[number] != MPI_COMM_NULL) {
        MPI_Comm_free(&groups[number]);
    }
    code = MPI_Comm_split(MPI_COMM_WORLD, member ? 0 : MPI_UNDEFINED,
                          wire->process, &groups[number]);
    expect_success(code, "make a group of replicas");
    if (member)
        MPI_Comm_set_errhandler(groups[number], MPI_ERRORS_RETURN);
}

static void
mpi_sum(struct wire *wire, int group, float *values, size_t count)
{
    /* A request for so many at most. */
    const size_t most = (size_t)INT_MAX / sizeof *values;

    for (size_t at = 0; at < count; at += most) {
        struct wire_request request;
        size_t part = count - at < most ? count - at : most;
        MPI_Request mpi;
        int code;

        pthread_mutex_lock(&mpi_lock);
        code = MPI_Iallreduce(MPI_IN_PLACE, values + at, (int)part, MPI_FLOAT,
                              MPI_SUM, groups[group], &mpi);
        pthread_mutex_unlock(&mpi_lock);
        expect_success(code, "add up gradients");
        mpi_keep(&request, mpi);
        mpi_await(wire, &request, NULL);
    }
}

static const struct wire_ops mpi_ops = {
    .send = mpi_send,
    .receive = mpi_receive,
    .await = mpi_await,
    .wake = mpi_wake,
    .cancel = mpi_cancel,
    .group = mpi_group,
    .sum = mpi_sum,
};

enum mpi_library
mpi_library(void)
{
#if defined OPEN_MPI
    return MPI_LIBRARY_OPENMPI;
#elif defined MPICH_VERSION
    return MPI_LIBRARY_MPICH;
#else
    return MPI_LIBRARY_OTHER;
#endif
}

/* The library tells its build as well, in other lines and behind commas;
 * MPICH puts a colon and blanks before the number. */
void
mpi_library_name(char name[MPI_NAME_MAX])
{
    char text[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    size_t used = 0;
    int length;

    MPI_Get_library_version(text, &length);
    for (const char *c = text; *c && !strchr(",\n", *c); c++) {
        bool blank = strchr(": \t", *c) != NULL;

        if (used < MPI_NAME_MAX - 1 &&
            (!blank || (used > 0 && name[used - 1] != ' ')))
            name[used++] = blank ? ' ' : *c;
    }
    name[used] = '\0';
}

struct wire *
mpi_wire_open(int *argc, char ***argv)
{
    int level = MPI_THREAD_SINGLE;
    int *most = NULL;
    int there = 0;

    if (MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &level) !=
        MPI_SUCCESS)
        die("MPI does not start");
    at_die(abort_all);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    if (level < MPI_THREAD_SERIALIZED)
        die("this MPI serves one thread of a process; use one that was built "
            "with threads");
    MPI_Comm_rank(MPI_COMM_WORLD, &mpi_wire.process);
    MPI_Comm_size(MPI_COMM_WORLD, &mpi_wire.processes);
    expect_success(
        MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_TAG_UB, &most, &there),
        "ask for the largest tag");
    /* MPI promises this much. */
    mpi_wire.tags = there ? (*most < INT_MAX ? *most + 1 : INT_MAX) : 32768;
    mpi_wire.ops = &mpi_ops;
    return &mpi_wire;
}

void
mpi_wire_close(struct wire *wire)
{
    (void)wire;
    for (int g = 0; g < group_count; g++)
        if (groups[g] != MPI_COMM_NULL)
            MPI_Comm_free(&groups[g]);
    free(groups);
    MPI_Finalize();
}
