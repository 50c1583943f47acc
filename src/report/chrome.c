/* chrome.c -- writes traces as Chrome trace events, for ui.perfetto.dev. */
#include "config.h"

#include "report/chrome.h"

#include "base/memory.h"
#include "base/json.h"
#include "plan/place.h"

#include <stdlib.h>

void
chrome_open(struct chrome *chrome, FILE *out)
{
    *chrome = (struct chrome){.out = out};
    fputs("[", out);
}

/* Begins an event of a phase; close_event() ends it. */
static struct json
open_event(struct chrome *chrome, const char *phase, int clock, int rank,
           const char *name)
{
    struct json json = {.out = chrome->out};

    fputs(chrome->begun ? ",\n" : "\n", chrome->out);
    chrome->begun = true;
    json_open(&json, NULL, '{');
    json_text(&json, "ph", phase);
    json_int(&json, "pid", clock);
    json_int(&json, "tid", rank + 1);
    json_text(&json, "name", name);
    return json;
}

static void
close_event(struct chrome *chrome, struct json *json)
{
    json_close(json, '}');
    fflush(chrome->out);
}

static void
name_something(struct chrome *chrome, const char *what, int clock, int rank,
               const char *name, int order)
{
    struct json json = open_event(chrome, "M", clock, rank, what);

    json_open(&json, "args", '{');
    if (name)
        json_text(&json, "name", name);
    else
        json_int(&json, "sort_index", order);
    json_close(&json, '}');
    close_event(chrome, &json);
}

void
chrome_clock(struct chrome *chrome, int clock, const char *name, int ranks)
{
    name_something(chrome, "process_name", clock, 0, name, 0);
    name_something(chrome, "process_sort_index", clock, 0, NULL, clock);
    for (int r = 0; r < ranks; r++) {
        char rank[24];

        snprintf(rank, sizeof rank, "rank %d", r);
        name_something(chrome, "thread_name", clock, r, rank, 0);
        name_something(chrome, "thread_sort_index", clock, r, NULL, r);
    }
}

static double
ts_of(int64_t when, struct chrome_time time)
{
    return time.start + (double)when * time.us;
}

static void
write_slice(struct chrome *chrome, int clock, int rank,
            const struct span *span, struct chrome_time time)
{
    char cell[ACTION_CELL_MAX];
    struct json json =
        open_event(chrome, "X", clock, rank, action_cell(&span->action, cell));

    json_text(&json, "cat",
              action_is_transfer(&span->action) ? "transfer" : "compute");
    json_number(&json, "ts", ts_of(span->start, time));
    json_number(&json, "dur", (double)(span->end - span->start) * time.us);
    json_open(&json, "args", '{');
    for (int p = 0; p < SPAN_PARTS; p++)
        if (span->parts[p] > 0)
            json_number(&json, span_part_name((enum span_part)p),
                        (double)span->parts[p] * time.us);
    json_close(&json, '}');
    close_event(chrome, &json);
}

/* A flow binds to the slice written before it: a SEND's start to the SEND, its
 * end to the RECV ("bp": "e", the enclosing slice). */
static void
write_flow(struct chrome *chrome, int clock, int rank, const struct span *span,
           int64_t id, bool sending, struct chrome_time time)
{
    struct json json =
        open_event(chrome, sending ? "s" : "f", clock, rank, "message");

    json_text(&json, "cat", "message");
    json_int(&json, "id", id);
    if (!sending)
        json_text(&json, "bp", "e");
    /* The sum that a reader makes, so that rounding keeps it inside. */
    json_number(
        &json, "ts",
        ts_of(span->start, time) +
            (sending ? 0.0 : (double)(span->end - span->start) * time.us));
    close_event(chrome, &json);
}

static void
write_live(struct chrome *chrome, int clock, int rank, int64_t when,
           int64_t live, struct chrome_time time)
{
    char name[48];
    struct json json;

    snprintf(name, sizeof name, "activations in flight, rank %d", rank);
    json = open_event(chrome, "C", clock, rank, name);
    json_number(&json, "ts", ts_of(when, time));
    json_open(&json, "args", '{');
    json_number(&json, "live", (double)live / ACTIVATION_ONE);
    json_close(&json, '}');
    close_event(chrome, &json);
}

static void
write_count(struct chrome *chrome, int clock, int rank,
            const struct span *span, const struct footprint_rule *rule,
            int64_t *live, struct chrome_time time)
{
    struct level levels[2];
    int count = span_levels(span, rule, live, levels);

    for (int i = 0; i < count; i++)
        write_live(chrome, clock, rank, levels[i].time, levels[i].held, time);
}

static void
write_bytes(struct chrome *chrome, int clock, int rank, double when,
            const struct memory_chart *chart, int64_t activations)
{
    char name[48];
    struct json json;

    snprintf(name, sizeof name, "bytes, rank %d", rank);
    json = open_event(chrome, "C", clock, rank, name);
    json_number(&json, "ts", when);
    json_open(&json, "args", '{');
    json_int(&json, "fixed", memory_chart_fixed(chart, rank));
    json_int(&json, "activations", activations);
    json_close(&json, '}');
    close_event(chrome, &json);
}

/* The limit does not change, but a counter is drawn between two events. */
static void
write_limit(struct chrome *chrome, int clock, double when, int64_t most)
{
    struct json json = open_event(chrome, "C", clock, 0, "bytes, limit");

    json_number(&json, "ts", when);
    json_open(&json, "args", '{');
    json_int(&json, "limit", most);
    json_close(&json, '}');
    close_event(chrome, &json);
}

void
chrome_memory(struct chrome *chrome, int clock,
              const struct memory_chart *chart, const struct trace *trace,
              struct chrome_time time)
{
    struct footprint_rule rule = trace->rule;
    int64_t end = 0;

    rule.stages = chart->stages;
    for (int r = 0; r < trace->ranks; r++) {
        const struct lane *lane = &trace->lanes[r];
        int64_t held = 0;

        write_bytes(chrome, clock, r, ts_of(0, time), chart, 0);
        for (size_t i = 0; i < lane->count; i++) {
            const struct span *span = &lane->spans[i];
            struct level levels[2];
            int count = span_levels(span, &rule, &held, levels);

            for (int l = 0; l < count; l++)
                write_bytes(chrome, clock, r, ts_of(levels[l].time, time),
                            chart, levels[l].held);
            end = span->end > end ? span->end : end;
        }
    }
    if (chart->most > 0) {
        write_limit(chrome, clock, ts_of(0, time), chart->most);
        write_limit(chrome, clock, ts_of(end, time), chart->most);
    }
}

void
chrome_add(struct chrome *chrome, int clock, const struct plan *plan,
           const struct trace *trace, struct chrome_time time)
{
    size_t links = (size_t)plan_links(plan);
    /* Links are first in, first out: the n-th RECV gets the n-th SEND. */
    int64_t *sent = memory_new(links, sizeof *sent);
    int64_t *received = memory_new(links, sizeof *received);
    int64_t most = 0;

    for (int r = 0; r < trace->ranks; r++) {
        int64_t live = 0;

        for (size_t i = 0; i < trace->lanes[r].count; i++) {
            const struct span *span = &trace->lanes[r].spans[i];
            bool sending = action_class((enum action_kind)span->action.kind) ==
                           ACTION_CLASS_SEND;

            write_slice(chrome, clock, r, span, time);
            if (action_is_transfer(&span->action)) {
                int link = plan_link(plan, &span->action);
                int64_t n = (sending ? sent : received)[link]++;

                if (n > most)
                    most = n;
                write_flow(chrome, clock, r, span,
                           chrome->flows + n * (int64_t)links + link, sending,
                           time);
            } else {
                write_count(chrome, clock, r, span, &trace->rule, &live, time);
            }
        }
    }
    chrome->flows += (most + 1) * (int64_t)links;
    free(sent);
    free(received);
}

void
chrome_close(struct chrome *chrome)
{
    fputs("\n]\n", chrome->out);
}
