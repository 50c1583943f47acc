/* session_explain.c -- says why a run did not come to its end. */
#include "config.h"

#include "cli/processes.h"
#include "cli/session.h"
#include "plan/why.h"

enum status
session_deadlock(const struct session *session)
{
    struct cause cause;

    fail(&cause,
         "deadlock: every rank of %s waits at --capacity %d; use --capacity "
         "%d or more",
         session->setup.plan->name, session->forecast.capacity,
         program_smallest_capacity(session->setup.program));
    return (enum status)complain(STATUS_DEADLOCK, &cause);
}

static void
explain_deadlock(const struct session *session, const size_t position[])
{
    session_deadlock(session);
    if (processes_speak())
        why_print_stuck(stderr, session->setup.program->lowered, position,
                        session->forecast.capacity);
}

bool
session_foresees_deadlock(const struct session *session)
{
    if (!session_world(session) || session->forecast.complete)
        return false;
    explain_deadlock(session, session->forecast.position);
    return true;
}

enum status
session_not_finite(const struct trainer *trainer)
{
    struct cause cause;

    fail(&cause, "%s; lower --lr, or train on with --nan continue",
         trainer->cause.text);
    return (enum status)complain(STATUS_FAILED, &cause);
}

enum status
session_explain(const struct session *session, enum run_status stopped)
{
    if (stopped == RUN_FAILED)
        return session_not_finite(session->trainer);
    explain_deadlock(session, session->trainer->run->board.position);
    return STATUS_DEADLOCK;
}
