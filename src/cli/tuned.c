/* tuned.c -- writes the rows of a search as text, CSV, JSON and a picture. */
#include "config.h"

#include "cli/tuned.h"

#include "base/called.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/plural.h"
#include "base/text.h"
#include "report/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Two names of files, each in quotes at most four times as long. */
enum { COMMAND_TEXT = 8 * 4096 + 512 };

/* ---- a row ---- */

/* Appends an option and its value, in quotes where a shell would cut it. */
static void
append_option(char command[COMMAND_TEXT], const char *option,
              const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789-_./,+=@%:";
    const char *quote = value[strspn(value, plain)] || !*value ? "'" : "";
    size_t used = strlen(command);

    used += (size_t)snprintf(command + used, COMMAND_TEXT - used, " %s %s",
                             option, quote);
    for (; *value && used + 64 < COMMAND_TEXT; value++)
        if (*value == '\'')
            used +=
                (size_t)snprintf(command + used, COMMAND_TEXT - used, "'\\''");
        else
            command[used++] = *value;
    snprintf(command + used, COMMAND_TEXT - used, "%s", quote);
}

static void
add_number(char command[COMMAND_TEXT], const char *option, int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)number);
    append_option(command, option, text);
}

/* The command that shows a row. */
static const char *
command_of(const struct tuned *tuned, const struct tune_row *row,
           char command[COMMAND_TEXT])
{
    const struct tune_shape *shape = &row->shape;

    snprintf(command, COMMAND_TEXT, "pipelab simulate");
    append_option(command, "--model", tuned->options->model);
    append_option(command, "--cluster", tuned->options->cluster);
    append_option(command, "--schedule", shape->schedule->name);
    add_number(command, "--ranks", shape->ranks);
    add_number(command, "--stages", shape->stages);
    add_number(command, "--microbatches", shape->mbs);
    if (tuned->cluster->reduce.named)
        add_number(command, "--replicas", shape->replicas);
    if (shape->recompute)
        append_option(command, "--recompute", "all");
    if (tuned->options->max_memory > 0)
        add_number(command, "--max-memory", tuned->options->max_memory);
    return command;
}

/* What costs most of the period beside the work. */
static const char *
limit_of(const struct tune_limits *limits, double *share)
{
    const struct {
        const char *name;
        double share;
    } all[] = {
        {"waiting", limits->order},
        {"uneven stages", limits->uneven},
        {"links", limits->links},
        {"all-reduce", limits->reduce},
    };
    const char *name = all[0].name;

    *share = all[0].share;
    for (size_t i = 1; i < sizeof all / sizeof *all; i++)
        if (all[i].share > *share) {
            *share = all[i].share;
            name = all[i].name;
        }
    return *share > 0.0 ? name : "work";
}

static double
tuned_period(const struct tune_row *row)
{
    return cost_in_units(period_ticks(row->period), row->unit);
}

/* ---- text ---- */

static void
print_row(const struct tuned *tuned, const struct tune_row *row, int number)
{
    char command[COMMAND_TEXT];
    double share;
    const char *limit = limit_of(&row->limits, &share);

    printf("%2d %13.3f %12.3f %6.1f%% %8.2f %7d  %s", number,
           tuned_period(row), tuned_period(row) / tuned->task->batch,
           100.0 * row->limits.work, (double)row->bytes * 0x1p-30,
           row->shape.ranks * row->shape.replicas, limit);
    if (share > 0.0)
        printf(" %.1f%%", 100.0 * share);
    printf("%s\n  $ ", row->front ? " *" : "");
    called_print(stdout, command_of(tuned, row, command));
    putchar('\n');
}

static void
print_counts(const struct tuned *tuned)
{
    const struct tune_result *result = tuned->result;
    char memory[96] = "";

    if (tuned->memory > 0)
        snprintf(memory, sizeof memory, ", %d need more than %.2f GiB",
                 result->too_large, (double)tuned->memory * 0x1p-30);
    text_line(stdout,
              "%d shape%s: %d simulated, %d have no place by their bounds, %d "
              "cannot be on this cluster%s; %d pair%s of ranks and replicas "
              "cannot divide the batch",
              result->shapes, plural(result->shapes), result->tried,
              result->bounded, result->elsewhere, memory, result->undivided,
              plural(result->undivided));
    if (result->stopped)
        text_line(stdout, "stopped before all were looked at: these are the "
                          "best so far");
}

static void
tuned_print_text(const struct tuned *tuned)
{
    const struct tune_task *task = tuned->task;
    const struct tune_result *result = tuned->result;
    bool more = false;

    text_line(
        stdout,
        "%d device%s, %d example%s a step, %d a microbatch; times in %s, "
        "for a step and for an example",
        task->devices, plural(task->devices), task->batch, plural(task->batch),
        task->microbatch, tuned->model->unit);
    printf("%2s %13s %12s %7s %8s %7s  %s\n", "", "period", "per example",
           "work", "GiB", "devices", "costs most besides");
    for (int i = 0; i < result->count; i++) {
        if (!result->rows[i].best && !more) {
            puts("the rest of the front: less memory, a longer period");
            more = true;
        }
        print_row(tuned, &result->rows[i], i + 1);
    }
    puts("* on the front: nothing else takes less time in as few bytes");
    print_counts(tuned);
}

/* ---- CSV and JSON ---- */

static void
tuned_print_csv(const struct tuned *tuned)
{
    puts(
        "schedule,ranks,stages,microbatches,replicas,recompute,devices,"
        "period,per_example,unit,steady_bubble,bytes,capacity,best,front,work,"
        "uneven,waiting,links,all_reduce,command");
    for (int i = 0; i < tuned->result->count; i++) {
        const struct tune_row *row = &tuned->result->rows[i];
        const struct tune_shape *shape = &row->shape;
        const struct tune_limits *limits = &row->limits;
        char command[COMMAND_TEXT];

        text_csv(stdout, shape->schedule->name);
        printf(",%d,%d,%d,%d,%d,%d,%.10g,%.10g,%s,%.6f,%lld,%d,%d,%d",
               shape->ranks, shape->stages, shape->mbs, shape->replicas,
               shape->recompute, shape->ranks * shape->replicas,
               tuned_period(row), tuned_period(row) / tuned->task->batch,
               tuned->model->unit, row->steady_bubble, (long long)row->bytes,
               row->capacity, row->best, row->front);
        printf(",%.6f,%.6f,%.6f,%.6f,%.6f,", limits->work, limits->uneven,
               limits->order, limits->links, limits->reduce);
        text_csv(stdout, command_of(tuned, row, command));
        putchar('\n');
    }
}

static void
json_tuned_row(struct json *json, const struct tuned *tuned,
               const struct tune_row *row)
{
    const struct tune_shape *shape = &row->shape;
    char command[COMMAND_TEXT];

    json_open(json, NULL, '{');
    json_text(json, "schedule", shape->schedule->name);
    json_int(json, "ranks", shape->ranks);
    json_int(json, "stages", shape->stages);
    json_int(json, "microbatches", shape->mbs);
    json_int(json, "replicas", shape->replicas);
    json_bool(json, "recompute", shape->recompute);
    json_int(json, "devices", shape->ranks * shape->replicas);
    json_number(json, "period", tuned_period(row));
    json_number(json, "per_example", tuned_period(row) / tuned->task->batch);
    json_number(json, "steady_bubble", row->steady_bubble);
    json_int(json, "bytes", row->bytes);
    json_int(json, "capacity", row->capacity);
    json_bool(json, "best", row->best);
    json_bool(json, "front", row->front);
    json_open(json, "shares", '{');
    json_number(json, "work", row->limits.work);
    json_number(json, "uneven", row->limits.uneven);
    json_number(json, "waiting", row->limits.order);
    json_number(json, "links", row->limits.links);
    json_number(json, "all_reduce", row->limits.reduce);
    json_close(json, '}');
    json_text(json, "command", command_of(tuned, row, command));
    json_close(json, '}');
}

static void
tuned_print_json(const struct tuned *tuned)
{
    const struct tune_result *result = tuned->result;
    struct json json = {.out = stdout};

    json_open(&json, NULL, '{');
    json_int(&json, "devices", tuned->task->devices);
    json_int(&json, "global_batch", tuned->task->batch);
    json_int(&json, "microbatch", tuned->task->microbatch);
    json_text(&json, "unit", tuned->model->unit);
    if (tuned->memory > 0)
        json_int(&json, "max_memory", tuned->memory);
    json_int(&json, "shapes", result->shapes);
    json_int(&json, "simulated", result->tried);
    json_int(&json, "bounded", result->bounded);
    json_int(&json, "too_large", result->too_large);
    json_int(&json, "elsewhere", result->elsewhere);
    json_int(&json, "undivided", result->undivided);
    json_bool(&json, "stopped", result->stopped);
    json_open(&json, "rows", '[');
    for (int i = 0; i < result->count; i++)
        json_tuned_row(&json, tuned, &result->rows[i]);
    json_close(&json, ']');
    json_close(&json, '}');
    putchar('\n');
}

void
tuned_print(const struct tuned *tuned)
{
    if (tuned->options->format == FORMAT_JSON)
        tuned_print_json(tuned);
    else if (tuned->options->format == FORMAT_CSV)
        tuned_print_csv(tuned);
    else
        tuned_print_text(tuned);
}

void
tuned_explain_none(const struct tuned *tuned, struct cause *cause)
{
    const struct tune_result *result = tuned->result;

    if (result->stopped)
        fail(cause,
             "stopped before a shape was simulated; use more --seconds");
    else if (result->too_large > 0)
        fail(cause,
             "none of %d shape%s fits %.2f GiB a rank; use more --max-memory "
             "or more ranks",
             result->shapes, plural(result->shapes),
             (double)tuned->memory * 0x1p-30);
    else
        fail(cause,
             "no shape trains %d example%s a step: %d pair%s of ranks and "
             "replicas cannot divide them into microbatches of %d, %d shape%s "
             "cannot be on this cluster; use another --global-batch",
             tuned->task->batch, plural(tuned->task->batch), result->undivided,
             plural(result->undivided), tuned->task->microbatch,
             result->elsewhere, plural(result->elsewhere));
}
