/* session_world.c -- joins the processes of a session to run one plan. */
#include "config.h"

#include "cli/session_world.h"

#include "base/hash.h"
#include "base/plural.h"
#include "cli/dealt.h"
#include "cli/processes.h"
#include "plan/place.h"

const struct world *
session_world(const struct session *session)
{
    return session->world.wire ? &session->world : NULL;
}

int
session_batch(const struct session *session)
{
    return session->request.recipe.batch * session->replicas.count;
}

bool
session_world_resume(struct session *session, struct cause *cause)
{
    struct recipe *recipe = &session->request.recipe;
    int count = session->replicas.count;

    if (recipe->batch % count == 0 && recipe->mbs % count == 0) {
        recipe->batch /= count;
        recipe->mbs /= count;
        return true;
    }
    return fail(cause,
                "%s was trained with batches of %d in %d microbatch%s, which "
                "%d replicas cannot share; use --replicas that divide both",
                session->request.options->resume, recipe->batch, recipe->mbs,
                plural_es(recipe->mbs), count);
}

/* Whether the processes can share the plan. */
static bool
suits_processes(const struct session *session, struct cause *cause)
{
    const struct setup *setup = &session->setup;
    int replicas = session->replicas.count;
    int each = processes_count() / replicas;
    int ranks = setup->plan->ranks;

    if (processes_count() % replicas != 0)
        return fail(cause,
                    "%d process%s cannot be shared by --replicas %d; start "
                    "pipelab-mpi with a multiple of it",
                    processes_count(), plural_es(processes_count()), replicas);
    if (ranks < each)
        return fail(cause,
                    "--ranks %d is fewer than the %d processes of a "
                    "pipeline; start %d or fewer",
                    ranks, each, ranks * replicas);
    if (replicas > 1 && setup->cost.barrier)
        return fail(cause, "--barrier is for one pipeline; leave it out, or "
                           "--replicas");
    if (2 * plan_links(setup->program->lowered) + WORLD_TAG_LINKS >
        processes()->wire->tags)
        return fail(cause,
                    "%d stages have more links than this MPI has tags, %d; "
                    "use fewer --stages",
                    setup->plan->stages, processes()->wire->tags);
    return true;
}

/* What each process made by itself must be the same. */
static bool
is_same_plan(const struct session *session)
{
    const struct plan *plan = session->setup.program->lowered;
    uint64_t hash =
        hash_word(HASH_START, (uint32_t)session->forecast.capacity);

    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            const struct action *action = &plan->lists[r].at[i];

            hash = hash_word(hash, (uint32_t)action->kind);
            hash = hash_word(hash, (uint32_t)action->stage);
            hash = hash_word(hash, (uint32_t)action->mb);
            hash = hash_word(hash, (uint32_t)action->pair_kind);
            hash = hash_word(hash, (uint32_t)action->pair_stage);
            hash = hash_word(hash, (uint32_t)action->pair_mb);
        }
    hash = hash_word(hash, (uint32_t)session->forecast.metrics.makespan);
    return processes_same(hash);
}

/* Which processes are this replica's, and who else has its stages. */
static void
make_world(struct session *session)
{
    const struct plan *plan = session->setup.plan;
    struct wire *wire = processes()->wire;
    int each = processes_count() / session->replicas.count;
    int replica = wire->process / each;

    session->world = (struct world){
        .wire = wire,
        .first = replica * each,
        .count = each,
        .ranks = plan->ranks,
        .offset_ns = world_clock_offset(processes()),
    };
    session->replicas.wire = wire;
    session->replicas.number = replica;
    for (int p = 0; session->replicas.count > 1 && p < plan_places(plan); p++)
        wire_group(wire, p,
                   world_is_home(&session->world, plan->rank_of_stage[p]));
}

enum status
session_world_make(struct session *session, enum status status,
                   struct cause *cause)
{
    if (status == STATUS_DONE && processes() &&
        !suits_processes(session, cause))
        status = STATUS_USAGE;
    if (status == STATUS_DONE && !processes() && session->replicas.count > 1) {
        fail(cause,
             "--replicas %d need as many processes, or a multiple of "
             "it; start them with pipelab-mpi",
             session->replicas.count);
        status = STATUS_USAGE;
    }
    status = processes_agree(status, cause);
    if (status != STATUS_DONE || !processes())
        return status;
    if (!is_same_plan(session)) {
        fail(cause, "the processes made different plans; write one to a file "
                    "with pipelab schedule --format csv and give --load");
        return STATUS_FAILED;
    }
    make_world(session);
    dealt_send(&session->train, session->setup.plan, &session->world);
    dealt_send(&session->test, session->setup.plan, &session->world);
    return STATUS_DONE;
}
