/* waits.c -- finds, in the spans of steps, what a rank waits for at a moment,
 * and the chain of spans that decided when an action began.
 *
 * A span waits for the span of another rank only at a transfer:
 *
 *   RECV n              the message of SEND n of its link
 *   SEND n, capacity K  the slot that RECV n-K frees; for 0, that RECV n comes
 */
#include "config.h"

#include "api/waits.h"

#include "base/memory.h"
#include "plan/place.h"
#include "plan/why.h"
#include "report/summary.h"

#include <stdlib.h>

enum { NONE = -1 };

/* A span: rank and index in its lane. */
struct spot {
    int rank; /* NONE for no span */
    size_t index;
};

struct waits {
    const struct plan *plan;
    const struct trace *trace;
    int capacity;
    const size_t *position; /* ranks: where each stopped; NULL: at the end */
    size_t messages;        /* the most on a link */
    size_t **ordinal;       /* ranks, spans: n of a SEND or RECV on its link */
    struct spot *sends;     /* links x messages */
    struct spot *recvs;
};

static bool
is_send(const struct action *action)
{
    return action_class((enum action_kind)action->kind) == ACTION_CLASS_SEND;
}

static const struct span *
span_at(const struct waits *w, struct spot spot)
{
    return &w->trace->lanes[spot.rank].spans[spot.index];
}

static void
waits_init(struct waits *w, const struct forecast *forecast, int steps)
{
    const struct plan *plan = forecast->program->lowered;
    size_t links = (size_t)plan_links(plan);
    size_t messages = (size_t)plan->mbs * (size_t)steps;
    size_t *counts = memory_new(2 * links, sizeof *counts);

    *w = (struct waits){
        .plan = plan,
        .trace = &forecast->trace,
        .capacity = forecast->capacity,
        .position = forecast->complete ? NULL : forecast->position,
        .messages = messages,
        .ordinal = memory_new((size_t)plan->ranks, sizeof *w->ordinal),
        .sends = memory_new(links * messages, sizeof *w->sends),
        .recvs = memory_new(links * messages, sizeof *w->recvs),
    };
    for (size_t i = 0; i < links * messages; i++)
        w->sends[i].rank = w->recvs[i].rank = NONE;
    for (int r = 0; r < plan->ranks; r++) {
        const struct lane *lane = &w->trace->lanes[r];

        w->ordinal[r] = memory_new(lane->count, sizeof *w->ordinal[r]);
        for (size_t i = 0; i < lane->count; i++) {
            const struct action *action = &lane->spans[i].action;
            size_t link, n;

            if (!action_is_transfer(action))
                continue;
            link = (size_t)plan_link(w->plan, action);
            n = counts[2 * link + is_send(action)]++;
            w->ordinal[r][i] = n;
            (is_send(action) ? w->sends : w->recvs)[link * messages + n] =
                (struct spot){r, i};
        }
    }
    free(counts);
}

static void
waits_fini(struct waits *w)
{
    for (int r = 0; r < w->plan->ranks; r++)
        free(w->ordinal[r]);
    free(w->ordinal);
    free(w->sends);
    free(w->recvs);
}

/* The span at the other end of the link that a transfer may wait for. */
static struct spot
other_end(const struct waits *w, struct spot spot)
{
    const struct action *action = &span_at(w, spot)->action;
    size_t first = (size_t)plan_link(w->plan, action) * w->messages;
    size_t n = w->ordinal[spot.rank][spot.index];

    if (!is_send(action))
        return w->sends[first + n];
    if (n < (size_t)w->capacity)
        return (struct spot){.rank = NONE};
    return w->recvs[first + n - (size_t)w->capacity];
}

/* ---- a moment ---- */

/* The span that a rank is in; false when its list has ended. */
static bool
spot_of(const struct waits *w, int rank, int64_t at, struct spot *spot)
{
    const struct lane *lane = &w->trace->lanes[rank];

    *spot = (struct spot){.rank = rank};
    while (spot->index < lane->count && lane->spans[spot->index].end <= at)
        spot->index++;
    return spot->index < lane->count;
}

/* What holds a rank up in the span, and the span that ends it, if there is
 * one. */
static const char *
waits_kind(const struct waits *w, struct spot spot, int64_t at,
           struct spot *until)
{
    const struct span *span = span_at(w, spot);

    until->rank = NONE;
    if (!action_is_transfer(&span->action))
        return span->start <= at ? "busy" : "other";
    *until = other_end(w, spot);
    if (!is_send(&span->action))
        return span_at(w, *until)->end > at ? "input" : "way";
    if (w->capacity == 0)
        return "taker";
    if (until->rank != NONE && span_at(w, *until)->end > at)
        return "room";
    until->rank = NONE;
    return "other";
}

static const char *
kind_of_why(enum why_kind kind)
{
    return kind == WHY_INPUT ? "input" : kind == WHY_ROOM ? "room" : "taker";
}

/* "rank 0 waits to receive ..."; why is of a wait for another rank, whose
 * message may be sent already. */
static void
json_waiting(struct json *json, int rank, const struct why *why, bool sent)
{
    char text[192] = "";
    FILE *line = fmemopen(text, sizeof text, "w");

    if (!line)
        return;
    fprintf(line, "rank %d ", rank);
    why_print_wait(line, why);
    if (sent)
        fputs(", which is on its way", line);
    fclose(line);
    json_text(json, "text", text);
}

/* Of a rank that waits for no other. */
static void
json_going(struct json *json, int rank, const char *kind, const char *cell)
{
    char text[80 + ACTION_CELL_MAX];

    snprintf(text, sizeof text, "rank %d %s%s", rank,
             *kind == 'b'   ? "runs "
             : *kind == 'd' ? "has nothing left to do"
                            : "waits for a wire or at a barrier before ",
             *kind == 'd' ? "" : cell);
    json_text(json, "text", text);
}

/* A rank that never goes on: a deadlock. */
static void
json_stuck(struct json *json, const struct waits *w, int rank)
{
    struct why why = why_of(w->plan, w->position, w->capacity, rank);
    char cell[ACTION_CELL_MAX];

    json_text(json, "kind", kind_of_why(why.kind));
    json_text(json, "cell", action_cell(why.at, cell));
    json_int(json, "position", (int64_t)w->position[rank]);
    json_int(json, "peer", why.peer);
    json_text(json, "until", action_cell(why.until, cell));
    json_waiting(json, rank, &why, false);
}

/* A rank in the span at the spot. */
static void
json_span(struct json *json, const struct waits *w, struct spot spot,
          int64_t at)
{
    struct time_unit unit = w->trace->unit;
    const struct span *span = span_at(w, spot);
    struct spot until = {.rank = NONE};
    const char *kind = waits_kind(w, spot, at, &until);
    char cell[ACTION_CELL_MAX];
    struct why why = {.kind = *kind == 'r'   ? WHY_ROOM
                              : *kind == 't' ? WHY_TAKER
                                             : WHY_INPUT,
                      .at = &span->action,
                      .peer = until.rank};

    json_text(json, "kind", kind);
    json_text(json, "cell", action_cell(&span->action, cell));
    json_int(json, "position", (int64_t)spot.index);
    summary_json_time(json, "from", span->start, unit);
    summary_json_time(json, "to", span->end, unit);
    if (until.rank == NONE) {
        json_going(json, spot.rank, kind, cell);
        return;
    }
    why.until = &span_at(w, until)->action;
    json_int(json, "peer", until.rank);
    json_text(json, "until", action_cell(why.until, cell));
    json_waiting(json, spot.rank, &why, *kind == 'w');
}

static void
json_wait(struct json *json, const struct waits *w, int rank, int64_t at)
{
    struct spot spot;

    json_open(json, NULL, '{');
    json_int(json, "rank", rank);
    if (spot_of(w, rank, at, &spot)) {
        json_span(json, w, spot, at);
    } else if (w->position && w->position[rank] < w->plan->lists[rank].count) {
        json_stuck(json, w, rank);
    } else {
        json_text(json, "kind", "done");
        json_going(json, rank, "done", "");
    }
    json_close(json, '}');
}

/* ---- the way back ---- */

static struct spot
spot_before(struct spot spot)
{
    return spot.index > 0 ? (struct spot){spot.rank, spot.index - 1}
                          : (struct spot){.rank = NONE};
}

/* The rank that comes last to the barrier before the first STEP: its span just
 * before that. */
static struct spot
last_to_come(const struct waits *w, struct spot step)
{
    int64_t begin = span_at(w, step)->start;

    for (int r = 0; r < w->plan->ranks; r++) {
        const struct lane *lane = &w->trace->lanes[r];
        size_t i = 0;

        while (i < lane->count &&
               lane->spans[i].action.kind != ACTION_OPTIMIZER_STEP)
            i++;
        if (i > 0 && lane->spans[i - 1].end == begin)
            return (struct spot){r, i - 1};
    }
    return spot_before(step);
}

/* The span that decided when this one could be where it is. */
static struct spot
cause_of(const struct waits *w, struct spot spot)
{
    const struct span *span = span_at(w, spot);
    struct spot before = spot_before(spot);
    struct spot other;

    if (!action_is_transfer(&span->action)) {
        int64_t came = before.rank == NONE ? 0 : span_at(w, before)->end;

        return span->start > came ? last_to_come(w, spot) : before;
    }
    if (span->end == span->start)
        return before;
    other = other_end(w, spot);
    if (other.rank == NONE)
        return before;
    if (w->capacity > 0)
        return is_send(&span->action) && span_at(w, other)->end <= span->start
                   ? before /* its own wire */
                   : other;
    /* They meet when the later of the two comes; of a RECV the rest is the
     * message's way. */
    if (is_send(&span->action))
        return spot_before(other);
    return span_at(w, other)->end <= span->start ? before : other;
}

/* The span that ends last, of computations and of what a STEP waits for. */
static struct spot
last_of_step(const struct waits *w)
{
    struct spot last = {.rank = NONE};
    int64_t end = -1;

    for (int r = 0; r < w->plan->ranks; r++)
        for (size_t i = 0; i < w->trace->lanes[r].count; i++) {
            const struct span *span = &w->trace->lanes[r].spans[i];

            if ((!action_is_transfer(&span->action) ||
                 span->action.kind == ACTION_RECV_G) &&
                span->end > span->start && span->end > end) {
                end = span->end;
                last = (struct spot){r, i};
            }
        }
    return last;
}

static void
json_path(struct json *json, const struct waits *w, struct spot spot)
{
    char cell[ACTION_CELL_MAX];

    json_open(json, "path", '[');
    while (spot.rank != NONE) {
        const struct span *span = span_at(w, spot);

        json_open(json, NULL, '{');
        json_int(json, "rank", spot.rank);
        json_text(json, "cell", action_cell(&span->action, cell));
        json_int(json, "position", (int64_t)spot.index);
        summary_json_time(json, "start", span->start, w->trace->unit);
        summary_json_time(json, "end", span->end, w->trace->unit);
        json_close(json, '}');
        spot = cause_of(w, spot);
    }
    json_close(json, ']');
}

void
waits_json(FILE *out, const struct forecast *forecast, int steps, int64_t at,
           int rank)
{
    struct json json = {.out = out};
    struct spot from;
    struct waits w;

    waits_init(&w, forecast, steps);
    json_open(&json, NULL, '{');
    summary_json_time(&json, "at", at, w.trace->unit);
    summary_json_unit(&json, w.trace->unit);
    json_open(&json, "waits", '[');
    for (int r = 0; r < w.plan->ranks; r++)
        json_wait(&json, &w, r, at);
    json_close(&json, ']');
    if (rank < 0)
        from = last_of_step(&w);
    else if (!spot_of(&w, rank, at, &from))
        from.rank = NONE;
    json_path(&json, &w, from);
    json_close(&json, '}');
    fputc('\n', out);
    waits_fini(&w);
}
