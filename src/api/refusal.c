/* refusal.c -- prints why a call has no answer: the cause with its place, and
 * how far a plan that was refused runs. */
#include "config.h"

#include "api/refusal.h"

#include "base/memory.h"
#include "plan/check.h"
#include "plan/lower.h"
#include "plan/walk.h"
#include "plan/why.h"
#include "report/summary.h"
#include "sim/attempt.h"

#include <stdlib.h>

/* The column of a rank's cell in the table; of a transfer that the table does
 * not have, where the list of the plan that runs has it. */
static size_t
column_of(const struct plan *table, const struct action *action, int rank,
          size_t index)
{
    const struct action_list *list = &table->lists[rank];

    for (size_t i = 0; i < list->count; i++)
        if (action_has(&list->at[i], action))
            return plan_position(table, rank, i);
    return index;
}

/* The ranks that wait for one another, as their own table has them. */
static void
json_circle(struct json *json, const struct plan *table,
            const struct plan *lowered, const size_t position[], int capacity)
{
    int start = why_circle_start(lowered, position, capacity);
    int rank = start;

    if (start < 0)
        return;
    json_open(json, "circle", '[');
    do {
        struct why why = why_of(lowered, position, capacity, rank);
        const struct action *at =
            why_shown_at(lowered, position, rank, table->lowered);
        char cell[ACTION_CELL_MAX];

        json_open(json, NULL, '{');
        json_int(json, "rank", rank);
        if (at) {
            json_text(json, "cell", action_cell(at, cell));
            json_int(json, "position",
                     (int64_t)column_of(table, at, rank, position[rank]));
        }
        json_int(json, "peer", why.peer);
        json_close(json, '}');
        rank = why.peer;
    } while (rank != start);
    json_close(json, ']');
}

/* Of a plan whose cells are all well: the order in which no capacity helps. */
static void
json_order(struct json *json, const struct plan *plan)
{
    struct cause cause;
    struct plan *lowered;
    size_t *position;

    if (!check_plan(plan, &cause) || plan->lowered)
        return;
    lowered = lower(plan);
    position = memory_new((size_t)plan->ranks, sizeof *position);
    if (!walk_completes(lowered, plan->mbs, position))
        json_circle(json, plan, lowered, position, plan->mbs);
    free(position);
    plan_free(lowered);
}

static void
json_shape(struct json *json, const struct plan *plan)
{
    json_int(json, "ranks", plan->ranks);
    json_int(json, "stages", plan->stages);
    json_int(json, "microbatches", plan->mbs);
}

/* How far it runs, and why each rank stops there. */
static void
json_attempt(struct json *json, const struct setup *refused)
{
    const struct plan *plan = refused->plan;
    struct attempt attempt;
    char cell[ACTION_CELL_MAX];

    attempt_make(&attempt, plan, &refused->cost);
    attempt.trace.unit = cost_unit(&refused->cost);
    summary_json_spans(json, &attempt.trace);
    json_open(json, "stops", '[');
    for (int r = 0; r < plan->ranks; r++) {
        const struct attempt_stop *stop = &attempt.stops[r];

        if (stop->index == plan->lists[r].count)
            continue;
        json_open(json, NULL, '{');
        json_int(json, "rank", r);
        json_int(json, "position",
                 (int64_t)plan_position(plan, r, stop->index));
        json_text(json, "cell",
                  action_cell(&plan->lists[r].at[stop->index], cell));
        json_text(json, "text", stop->why);
        json_close(json, '}');
    }
    json_close(json, ']');
    attempt_fini(&attempt);
}

void
refusal_json(FILE *out, enum status status, const struct cause *cause,
             const struct setup *refused, const struct simulation *stuck)
{
    struct json json = {.out = out};

    json_open(&json, NULL, '{');
    json_open(&json, "error", '{');
    json_int(&json, "status", status);
    json_text(&json, "text", cause->text);
    if (cause->place.rank >= 0) {
        json_int(&json, "rank", cause->place.rank);
        if (cause->place.position >= 0)
            json_int(&json, "position", cause->place.position);
        json_text(&json, "cell", cause->place.cell);
    }
    if (refused) {
        json_shape(&json, refused->plan);
        json_attempt(&json, refused);
        json_order(&json, refused->plan);
    }
    if (stuck) {
        const struct plan *lowered = stuck->setup.program->lowered;

        json_shape(&json, stuck->setup.plan);
        summary_json_spans(&json, &stuck->forecast.trace);
        json_circle(&json, stuck->setup.plan, lowered,
                    stuck->forecast.position, stuck->forecast.capacity);
    }
    json_close(&json, '}');
    json_close(&json, '}');
    fputc('\n', out);
}
