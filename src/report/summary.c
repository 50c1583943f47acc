/* summary.c -- prints a run's figures as a table and as JSON. */
#include "config.h"

#include "report/summary.h"

#include "base/plural.h"

void
summary_virtual(FILE *out, const struct metrics *metrics)
{
    struct time_unit unit = metrics->unit;
    char texts[4][COST_TEXT];
    char peak[FOOTPRINT_TEXT];

    fprintf(out, "%-8s %10s %12s %12s %8s %8s %6s\n", "virtual", "busy",
            "wait input", "wait room", "at end", "idle", "peak");
    for (int r = 0; r < metrics->ranks; r++) {
        const struct rank_metrics *rank = &metrics->rank[r];
        double idle = metrics->makespan ? 1.0 - (double)rank->busy /
                                                    (double)metrics->makespan
                                        : 0.0;

        fprintf(out, "rank %-3d %10s %12s %12s %8s %7.1f%% %6s\n", r,
                cost_text(rank->busy, unit, texts[0]),
                cost_text(rank->parts[SPAN_WAIT_INPUT], unit, texts[1]),
                cost_text(rank->parts[SPAN_WAIT_ROOM], unit, texts[2]),
                cost_text(metrics_at_end(metrics, r), unit, texts[3]),
                100.0 * idle, footprint_text(rank->peak_activations, peak));
    }
    fputs("busy, the waits for input and for room in a link, and at end "
          "(nothing "
          "left to\ndo) make the makespan; peak: the most activations held at "
          "once\n",
          out);
    fprintf(out,
            "makespan %s %s, %lld message%s; bubble %.1f%% of ranks x "
            "makespan\n(from a rank's first start to its last end %.1f%% at "
            "most; idle/busy %.1f%%)\n",
            cost_text(metrics->makespan, unit, texts[0]),
            cost_unit_name(&unit, (double)metrics->makespan),
            (long long)metrics->messages, plural(metrics->messages),
            100.0 * metrics->bubble_fraction, 100.0 * metrics->span_bubble,
            100.0 * metrics->bubble_ratio);
}

/* The parts of a rank's wall time, in the order of the table; widths are those
 * of a table with what was computed again, and without. */
static const struct {
    enum span_part part;
    const char *title;
    int width[2];
} wall_columns[] = {
    {SPAN_COMPUTE, "compute", {8, 8}},
    {SPAN_RECOMPUTE, "recompute", {0, 9}},
    {SPAN_COPY, "copy", {8, 8}},
    {SPAN_WAIT_INPUT, "wait input", {12, 10}},
    {SPAN_WAIT_ROOM, "wait room", {12, 9}},
    {SPAN_OFF_CORE, "off core", {10, 8}},
};

void
summary_wall(FILE *out, const struct wall_summary *wall)
{
    double per_step = 1e-6 / wall->steps;
    bool again = false;

    for (int r = 0; r < wall->ranks; r++)
        again = again || wall->parts[r][SPAN_RECOMPUTE] > 0;
    for (int r = -1; r < wall->ranks; r++) {
        if (r < 0)
            fputs("wall    ", out);
        else
            fprintf(out, "rank %-3d", r);
        for (int p = 0; p < SPAN_PARTS; p++) {
            int width = wall_columns[p].width[again];

            if (width > 0 && r < 0)
                fprintf(out, " %*s", width, wall_columns[p].title);
            else if (width > 0)
                fprintf(out, " %*.3f", width,
                        (double)wall->parts[r][wall_columns[p].part] *
                            per_step);
        }
        fputs(r < 0 ? "   (ms a step)\n" : "\n", out);
    }
    fprintf(out, "step %.3f ms", (double)wall->step_ns * 1e-6);
    if (wall->ranks > wall->cores)
        fprintf(out,
                "; %d ranks share %d core%s: waiting and off-core time here "
                "are\nnot what %d devices would show",
                wall->ranks, wall->cores, plural(wall->cores), wall->ranks);
    fprintf(out, "%s\n", wall->bound ? "" : "; ranks are not bound to cores");
}

double
summary_unit(int64_t most, const char **unit)
{
    if (most >= INT64_C(1) << 37) {
        *unit = "GiB";
        return 0x1p30;
    }
    if (most >= INT64_C(1) << 30) {
        *unit = "MiB";
        return 0x1p20;
    }
    *unit = "KiB";
    return 0x1p10;
}

static double
table_unit(const struct memory_summary memory[], int ranks, const char **unit)
{
    int64_t most = 0;

    for (int r = 0; r < ranks; r++)
        for (int k = 0; k < MEMORY_KINDS; k++)
            if (memory[r].bytes[k] > most)
                most = memory[r].bytes[k];
    return summary_unit(most, unit);
}

bool
summary_fits(const struct memory_summary memory[], int ranks, int64_t most)
{
    for (int r = 0; r < ranks && most > 0; r++)
        if (footprint_total(&memory[r]) > most)
            return false;
    return true;
}

/* Whether there is more to a rank than what stays and activations. */
static bool
has_links(const struct memory_summary memory[], int ranks)
{
    if (memory[0].timed)
        return true;
    for (int r = 0; r < ranks; r++)
        if (memory[r].bytes[MEMORY_LINKS] > 0)
            return true;
    return false;
}

void
summary_memory(FILE *out, const struct memory_summary memory[],
               const struct memory_now now[], int ranks)
{
    bool links = has_links(memory, ranks);
    int wide = now || links ? 10 : 12;
    const char *unit;
    double scale = table_unit(memory, ranks, &unit);

    fprintf(out, "%-8s %*s %*s %*s %*s", links && !now ? unit : "memory", wide,
            "weights", wide, "gradients", wide, "optimizer", wide + 6,
            "peak activations");
    if (links)
        fprintf(out, " %7s %9s", "links", "total");
    if (now || !links)
        fprintf(out, now ? "  now (%s)  in flight" : "   (%s)", unit);
    fputc('\n', out);
    for (int r = 0; r < ranks; r++) {
        const int64_t *bytes = memory[r].bytes;

        fprintf(out, "rank %-3d", r);
        for (int k = 0; k <= MEMORY_ACTIVATIONS; k++)
            fprintf(out, " %*.1f", k == MEMORY_ACTIVATIONS ? wide + 6 : wide,
                    (double)bytes[k] / scale);
        if (links)
            fprintf(out, " %7.1f %9.1f", (double)bytes[MEMORY_LINKS] / scale,
                    (double)footprint_total(&memory[r]) / scale);
        if (now)
            fprintf(out, " %10.1f  %d of %d", (double)now[r].bytes / scale,
                    now[r].live, now[r].peak);
        fputc('\n', out);
    }
}

/* A member of a kind's bytes, or of all together, a number a rank. */
static void
json_bytes(struct json *json, const char *key,
           const struct memory_summary memory[], int ranks,
           enum memory_kind kind)
{
    json_open(json, key, '[');
    for (int r = 0; r < ranks; r++)
        json_int(json, NULL,
                 kind == MEMORY_KINDS ? footprint_total(&memory[r])
                                      : memory[r].bytes[kind]);
    json_close(json, ']');
}

void
summary_json_memory(struct json *json, const struct memory_summary memory[],
                    int ranks, struct time_unit unit)
{
    static const char *const keys[MEMORY_KINDS] = {
        [MEMORY_WEIGHTS] = "weight_bytes",
        [MEMORY_GRADIENTS] = "gradient_bytes",
        [MEMORY_OPTIMIZER] = "optimizer_bytes",
        [MEMORY_ACTIVATIONS] = "peak_bytes",
        [MEMORY_LINKS] = "link_bytes",
    };

    bool links = has_links(memory, ranks);

    for (int k = 0; k < MEMORY_KINDS; k++)
        if (k != MEMORY_LINKS || links)
            json_bytes(json, keys[k], memory, ranks, (enum memory_kind)k);
    if (memory[0].timed)
        json_bytes(json, "activation_bytes", memory, ranks,
                   MEMORY_ACTIVATIONS);
    if (!links)
        return;
    json_bytes(json, "total_peak_bytes", memory, ranks, MEMORY_KINDS);
    if (!memory[0].timed)
        return;
    json_open(json, "total_peak_at", '[');
    for (int r = 0; r < ranks; r++)
        summary_json_time(json, NULL, memory[r].peak_at, unit);
    json_close(json, ']');
}

/* A member of one figure a rank. */
static void
json_ranks(struct json *json, const char *key, const struct metrics *metrics,
           int64_t (*figure)(const struct metrics *metrics, int rank))
{
    json_open(json, key, '[');
    for (int r = 0; r < metrics->ranks; r++)
        summary_json_time(json, NULL, figure(metrics, r), metrics->unit);
    json_close(json, ']');
}

void
summary_json_unit(struct json *json, struct time_unit unit)
{
    json_text(json, "unit", *unit.name ? unit.name : "tick");
}

void
summary_json_time(struct json *json, const char *key, int64_t ticks,
                  struct time_unit unit)
{
    if (unit.per_unit <= 1)
        json_int(json, key, ticks);
    else
        json_number(json, key, (double)ticks / unit.per_unit);
}

static int64_t
rank_busy(const struct metrics *metrics, int rank)
{
    return metrics->rank[rank].busy;
}

static int64_t
rank_wait_input(const struct metrics *metrics, int rank)
{
    return metrics->rank[rank].parts[SPAN_WAIT_INPUT];
}

static int64_t
rank_wait_room(const struct metrics *metrics, int rank)
{
    return metrics->rank[rank].parts[SPAN_WAIT_ROOM];
}

void
summary_json(struct json *json, const struct metrics *metrics)
{
    summary_json_unit(json, metrics->unit);
    summary_json_time(json, "makespan", metrics->makespan, metrics->unit);
    json_number(json, "bubble_fraction", metrics->bubble_fraction);
    json_number(json, "span_bubble", metrics->span_bubble);
    json_number(json, "bubble_ratio", metrics->bubble_ratio);
    json_open(json, "peak_activations", '[');
    for (int r = 0; r < metrics->ranks; r++)
        json_number(json, NULL, metrics->rank[r].peak_activations);
    json_close(json, ']');
    json_ranks(json, "busy", metrics, rank_busy);
    json_ranks(json, "input_wait", metrics, rank_wait_input);
    json_ranks(json, "room_wait", metrics, rank_wait_room);
    json_ranks(json, "at_end", metrics, metrics_at_end);
    json_int(json, "messages", metrics->messages);
}

void
summary_json_action(struct json *json, int rank, const struct action *action)
{
    char cell[ACTION_CELL_MAX];

    json_int(json, "rank", rank);
    json_text(json, "kind", action_kind_text((enum action_kind)action->kind));
    json_int(json, "stage", action->stage);
    json_int(json, "microbatch", action->mb);
    if (action->kind == ACTION_OVERLAP_F_B)
        json_text(json, "cell", action_cell(action, cell));
}

void
summary_json_spans(struct json *json, const struct trace *trace)
{
    json_open(json, "spans", '[');
    for (int r = 0; r < trace->ranks; r++)
        for (size_t i = 0; i < trace->lanes[r].count; i++) {
            const struct span *span = &trace->lanes[r].spans[i];

            json_open(json, NULL, '{');
            summary_json_action(json, r, &span->action);
            summary_json_time(json, "start", span->start, trace->unit);
            summary_json_time(json, "end", span->end, trace->unit);
            if (span->parts[SPAN_RECOMPUTE] > 0)
                summary_json_time(json, span_part_name(SPAN_RECOMPUTE),
                                  span->parts[SPAN_RECOMPUTE], trace->unit);
            json_close(json, '}');
        }
    json_close(json, ']');
}

static void
json_lane_rows(struct json *json, const struct lane *lane)
{
    json_open(json, NULL, '[');
    for (size_t i = 0; i < lane->count; i++) {
        const struct span *span = &lane->spans[i];

        json_int(json, NULL, span->action.kind);
        json_int(json, NULL, span->action.stage);
        json_int(json, NULL, span->action.mb);
        json_int(json, NULL, span->start);
        json_int(json, NULL, span->end);
    }
    json_close(json, ']');
}

void
summary_json_rows(struct json *json, const struct trace *trace)
{
    char cell[ACTION_CELL_MAX];

    json_open(json, "kinds", '[');
    for (int kind = 0; kind < ACTION_KINDS; kind++)
        json_text(json, NULL, action_kind_text((enum action_kind)kind));
    json_close(json, ']');
    json_int(json, "per_unit",
             trace->unit.per_unit ? trace->unit.per_unit : 1);
    json_open(json, "rows", '[');
    for (int r = 0; r < trace->ranks; r++)
        json_lane_rows(json, &trace->lanes[r]);
    json_close(json, ']');
    json_open(json, "overlaps", '[');
    for (int r = 0; r < trace->ranks; r++)
        for (size_t i = 0; i < trace->lanes[r].count; i++) {
            const struct action *action = &trace->lanes[r].spans[i].action;

            if (action->kind == ACTION_OVERLAP_F_B)
                json_text(json, NULL, action_cell(action, cell));
        }
    json_close(json, ']');
}
