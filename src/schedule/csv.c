#include "config.h"

#include "schedule/csv.h"

#include "base/memory.h"
#include "schedule/cost.h"
#include "schedule/lower.h"
#include "schedule/walk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* The tick at which each compute action starts, rank after rank. */
struct columns {
    int64_t **at;  /* ranks */
    size_t *count; /* ranks: written so far */
};

static void
note_column(void *context, int rank, const struct action *action,
            int64_t start, int64_t end)
{
    struct columns *columns = context;

    (void)end;
    if (action_class((enum action_kind)action->kind) == ACTION_CLASS_COMPUTE)
        columns->at[rank][columns->count[rank]++] = start;
}

/* Fills columns for a compute-only plan. */
static void
find_columns(struct columns *columns, const struct plan *plan)
{
    size_t ranks = (size_t)plan->ranks;
    struct plan *lowered = lower(plan);
    struct cost cost;
    struct walk walk;

    columns->at = memory_new(ranks, sizeof *columns->at);
    columns->count = memory_new(ranks, sizeof *columns->count);
    for (size_t r = 0; r < ranks; r++)
        columns->at[r] =
            memory_new(plan->lists[r].count, sizeof **columns->at);
    cost_init_unit(&cost, plan->stages);
    walk_run(&walk, lowered, &cost, WALK_UNBOUNDED, note_column, columns);
    walk_fini(&walk);
    cost_fini(&cost);
    plan_free(lowered);
}

static void
free_columns(struct columns *columns, int ranks)
{
    for (int r = 0; r < ranks; r++)
        free(columns->at[r]);
    free(columns->at);
    free(columns->count);
}

/* columns are those of the list's compute actions, or NULL for no gaps. */
static void
write_row(FILE *out, const struct action_list *list, const int64_t *columns)
{
    size_t cells = 0;
    int64_t column = 0;
    char cell[ACTION_CELL_MAX];

    for (size_t i = 0; i < list->count; i++) {
        if (list->at[i].kind == ACTION_OPTIMIZER_STEP)
            continue;
        if (cells > 0)
            fputc(',', out);
        for (; columns && column < columns[cells]; column++)
            fputc(',', out);
        fputs(action_cell(&list->at[i], cell), out);
        cells++;
        column++;
    }
    fputc('\n', out);
}

void
csv_write(FILE *out, const struct plan *plan)
{
    struct columns columns = {0};

    if (!plan->lowered)
        find_columns(&columns, plan);
    for (int r = 0; r < plan->ranks; r++)
        write_row(out, &plan->lists[r],
                  plan->lowered ? NULL : columns.at[r]);
    if (!plan->lowered)
        free_columns(&columns, plan->ranks);
}

/* A row as read, before the shape is known. */
struct rows {
    struct action_list *at;
    size_t count;
    size_t room;
};

/* True for PyTorch's actions on sharded parameters, "1UNSHARD" and such. */
static bool
is_sharding(const char *cell)
{
    static const char *const names[] = {"UNSHARD", "RESHARD", "REDUCE_GRAD"};
    size_t digits = strspn(cell, "0123456789");

    if (digits == 0)
        return false;
    cell += digits;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]);

        if (strncmp(cell, names[i], length) == 0 &&
            cell[length + strspn(cell + length, "0123456789")] == '\0')
            return true;
    }
    return false;
}

static char *
trim(char *text)
{
    char *end;

    text += strspn(text, " \t\r\n");
    end = text + strlen(text);
    while (end > text && strchr(" \t\r\n", end[-1]))
        *--end = '\0';
    return text;
}

/* Takes the quotes off that some programs put around every cell. */
static char *
unquote(char *cell)
{
    size_t length = strlen(cell);

    if (length < 2 || cell[0] != '"' || cell[length - 1] != '"')
        return cell;
    cell[length - 1] = '\0';
    return trim(cell + 1);
}

static void
add_cell(struct action_list *row, struct action action, uint32_t column)
{
    size_t room = row->room;

    memory_grow(&row->at, &row->room, row->count, sizeof *row->at);
    memory_grow(&row->columns, &room, row->count, sizeof *row->columns);
    row->at[row->count] = action;
    row->columns[row->count++] = column;
}

static bool
read_row(char *line, struct action_list *row, size_t rank, const char *name,
         int *ignored, struct cause *cause)
{
    uint32_t column = 0;
    char *rest = line;
    char *cell;

    for (; (cell = strsep(&rest, ",")) != NULL; column++) {
        struct action action;

        cell = unquote(trim(cell));
        if (*cell == '\0')
            continue;
        if (is_sharding(cell))
            ++*ignored;
        else if (action_parse(cell, &action))
            add_cell(row, action, column);
        else
            return fail(cause,
                        "%s: rank %zu, position %" PRIu32 ", \"%.40s\": it is "
                        "no action; write it like 0F3, 2SEND_B1 or "
                        "(0F4;1B2)OVERLAP_F_B",
                        name, rank, column, cell);
    }
    return true;
}

/* Bytes of the mark that some programs begin UTF-8 with. */
static size_t
byte_order_mark(const char *line)
{
    static const char mark[] = "\xef\xbb\xbf";

    return strncmp(line, mark, sizeof mark - 1) == 0 ? sizeof mark - 1 : 0;
}

static bool
read_rows(FILE *in, struct rows *rows, const char *name, int *ignored,
          struct cause *cause)
{
    char *line = NULL;
    char *start;
    size_t size = 0;
    size_t blank = 0; /* empty lines: they are rows if more follows */
    bool good = true;
    ssize_t length;

    while (good && (length = getline(&line, &size, in)) >= 0) {
        if (strlen(line) != (size_t)length)
            good = fail(cause, "%s: row %zu has a NUL byte; is it a CSV file?",
                        name, rows->count);
        start = line + (rows->count + blank == 0 ? byte_order_mark(line) : 0);
        if (!good || *trim(start) == '\0') {
            blank++;
            continue;
        }
        for (blank++; blank > 0; blank--) {
            memory_grow(&rows->at, &rows->room, rows->count,
                        sizeof *rows->at);
            rows->count++;
        }
        good = read_row(start, &rows->at[rows->count - 1], rows->count - 1,
                        name, ignored, cause);
    }
    if (good && ferror(in))
        good = fail(cause, "%s: cannot be read: %s", name, strerror(errno));
    free(line);
    return good;
}

static void
free_rows(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        free(rows->at[i].at);
        free(rows->at[i].columns);
    }
    free(rows->at);
}

/* The shape that the cells imply, as an empty plan. */
static struct plan *
plan_for_rows(const struct rows *rows, const char *name, struct cause *cause)
{
    int stages = 0;
    int64_t mbs = 0;
    bool lowered = false;
    struct plan *plan;

    for (size_t r = 0; r < rows->count; r++)
        for (size_t i = 0; i < rows->at[r].count; i++) {
            struct action parts[2];
            int count = action_parts(&rows->at[r].at[i], parts);

            for (int p = 0; p < count; p++) {
                if (parts[p].stage >= stages)
                    stages = parts[p].stage + 1;
                if (parts[p].mb >= mbs)
                    mbs = (int64_t)parts[p].mb + 1;
                if (action_is_transfer(&parts[p]))
                    lowered = true;
            }
        }
    if (stages == 0) {
        fail(cause, "%s: no action in it; write one row a rank", name);
        return NULL;
    }
    if (mbs > PLAN_MAX_MBS || (int64_t)stages * mbs > PLAN_MAX_CELLS ||
        stages > PLAN_MAX_STAGES) {
        fail(cause,
             "%s: %d stages and %lld microbatches; the limits are %d, %d and "
             "%d for their product",
             name, stages, (long long)mbs, PLAN_MAX_STAGES, PLAN_MAX_MBS,
             PLAN_MAX_CELLS);
        return NULL;
    }
    for (size_t r = 0; r < rows->count; r++)
        if (rows->at[r].count == 0) {
            fail(cause,
                 "%s: row %zu has no action; each row is a rank and owns at "
                 "least one stage",
                 name, r);
            return NULL;
        }
    plan = plan_new(name, (int)rows->count, stages, (int)mbs);
    plan->lowered = lowered;
    return plan;
}

/* Gives each stage to the first rank that names it. */
static bool
place_stages(struct plan *plan, struct cause *cause)
{
    for (int s = 0; s < plan->stages; s++)
        plan->rank_of_stage[s] = -1;
    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            struct action parts[2];
            int count = action_parts(&plan->lists[r].at[i], parts);

            for (int p = 0; p < count; p++)
                if (plan->rank_of_stage[parts[p].stage] < 0)
                    plan->rank_of_stage[parts[p].stage] = r;
        }
    for (int s = 0; s < plan->stages; s++)
        if (plan->rank_of_stage[s] < 0)
            return fail(cause,
                        "%s: no rank has stage %d of %d; number the stages "
                        "from 0 without a gap",
                        plan->name, s, plan->stages);
    return true;
}

struct plan *
csv_read(FILE *in, const char *name, int *ignored, struct cause *cause)
{
    struct rows rows = {0};
    struct plan *plan = NULL;

    *ignored = 0;
    if (read_rows(in, &rows, name, ignored, cause))
        plan = plan_for_rows(&rows, name, cause);
    if (plan) {
        for (size_t r = 0; r < rows.count; r++) {
            plan->lists[r] = rows.at[r];
            rows.at[r] = (struct action_list){0};
        }
        if (!place_stages(plan, cause)) {
            plan_free(plan);
            plan = NULL;
        }
    }
    free_rows(&rows);
    return plan;
}
