/* setup_load.c -- reads the plan of a file and says how its cells were
 * taken. */
#include "config.h"

#include "request/setup.h"

#include "plan/csv.h"
#include "plan/posted.h"
#include "plan/walk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void
remark_notes(const struct plan_request *request, const char *name,
             const struct csv_notes *notes)
{
    if (notes->sharding > 0 && !request->options->cluster)
        means_remark(request->means,
                     "%s: ignored %d UNSHARD, RESHARD or REDUCE_GRAD cells; "
                     "nothing is sharded here",
                     name, notes->sharding);
    if (notes->halves > 0)
        means_remark(request->means,
                     "%s: took %d B cells for I, the half for the input: they "
                     "have a W beside them, or the file has BW",
                     name, notes->halves);
}

/* The text of the request, or its file. */
static FILE *
open_plan(const struct plan_request *request, const char *name,
          struct cause *cause)
{
    FILE *in = NULL;

    /* A stream of no bytes cannot be opened everywhere. */
    if (request->csv)
        in = *request->csv
                 ? fmemopen((char *)request->csv, strlen(request->csv), "r")
                 : fmemopen((char *)"\n", 1, "r");
    else
        in = strcmp(request->load, "-") == 0 ? stdin
                                             : request->means->open(name);
    if (!in)
        fail(cause, "cannot read %s: %s", name, strerror(errno));
    return in;
}

/* Whether the RECVs of a file, where they stand, get through on links without
 * slots. */
static bool
meets_as_it_stands(const struct plan *plan)
{
    struct cause cause;
    struct program *program = program_make(plan, &cause);
    bool meets = program && walk_completes(program->lowered, 0, NULL);

    program_free(program);
    return meets;
}

/* A RECV that is posted early waits where it is used. On links without slots
 * the SEND waits for it, so there it is left where the file has it, if that is
 * an order in which all can meet. */
static void
settle_recvs(struct plan *plan, const struct plan_request *request)
{
    const struct options *options = request->options;

    if (options->recv_inline || !plan->lowered ||
        (options->capacity == 0 && !options_given(options, "recv") &&
         meets_as_it_stands(plan)))
        return;
    if (posted_settle(plan) > 0)
        means_remark(request->means,
                     "%s posts RECVs early: each is waited for where it is "
                     "used; --recv inline waits where it stands",
                     plan->name);
}

static struct plan *
read_table(FILE *in, const char *name, const struct plan_request *request,
           struct csv_notes *notes, struct cause *cause)
{
    if (request->part)
        return csv_read_part(in, name,
                             (struct csv_shape){request->ranks,
                                                request->stages,
                                                request->recipe.mbs},
                             notes, cause);
    return (request->options->cluster ? csv_read_sharded
                                      : csv_read)(in, name, notes, cause);
}

struct plan *
setup_load(const struct plan_request *request, struct cause *cause)
{
    const struct options *options = request->options;
    bool piped = strcmp(request->load, "-") == 0;
    const char *name = piped ? "stdin" : request->load;
    FILE *in = open_plan(request, name, cause);
    struct csv_notes notes;
    struct plan *plan;

    if (!in)
        return NULL;
    plan = read_table(in, name, request, &notes, cause);
    if (in != stdin)
        fclose(in);
    if (!plan)
        return NULL;
    if (!setup_cells_fit(request, plan, cause)) {
        plan_free(plan);
        return NULL;
    }
    remark_notes(request, name, &notes);
    if (!plan->lowered && options_given(options, "recv"))
        means_remark(request->means, "no effect: --recv; %s has no transfers",
                     name);
    settle_recvs(plan, request);
    return plan;
}
