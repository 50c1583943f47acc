/* csv.c -- writes and reads plans as CSV. */
#include "config.h"

#include "plan/csv.h"

#include "base/memory.h"
#include "base/plural.h"
#include "plan/cost.h"
#include "plan/csv_rows.h"
#include "plan/lower.h"
#include "plan/walk.h"
#include "plan/place.h"

#include <stdlib.h>

/* The tick at which each action that is written starts, rank after rank. */
struct columns {
    int64_t **at;  /* ranks */
    size_t *count; /* ranks: written so far */
};

static void
note_column(void *context, int rank, const struct walk_event *event)
{
    struct columns *columns = context;

    if (!action_is_transfer(event->action) &&
        event->action->kind != ACTION_OPTIMIZER_STEP)
        columns->at[rank][columns->count[rank]++] = event->begin;
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

/* columns are those of the list's actions but STEPs, or NULL for no gaps. */
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
    if (plan->copies == 2)
        fprintf(out, "%s\n", CSV_TWO_COPIES);
    for (int r = 0; r < plan->ranks; r++)
        write_row(out, &plan->lists[r], plan->lowered ? NULL : columns.at[r]);
    if (!plan->lowered)
        free_columns(&columns, plan->ranks);
}

/* Gradients are sent between copies 0 and 1, if there are two. */
static bool
has_copies_of(const struct csv_rows *rows, const char *name,
              const struct action *part, struct cause *cause)
{
    char cell[ACTION_CELL_MAX];

    if (part->kind != ACTION_SEND_G && part->kind != ACTION_RECV_G)
        return true;
    if (rows->two_copies && part->mb < 2)
        return true;
    return fail(cause,
                "%s: %s sends the gradients of a copy of its stage; number "
                "copies 0 and 1, and begin the file with \"%s\"",
                name, action_cell(part, cell), CSV_TWO_COPIES);
}

/* The shape that the cells imply, as an empty plan. Of a table that is being
 * filled, `least` is the shape that it is to have; else zero. */
static struct plan *
plan_for_rows(const struct csv_rows *rows, const char *name,
              struct csv_shape least, struct cause *cause)
{
    int stages = least.stages;
    int64_t mbs = least.mbs;
    int ranks =
        (int)rows->count > least.ranks ? (int)rows->count : least.ranks;
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
                if (!has_copies_of(rows, name, &parts[p], cause))
                    return NULL;
            }
        }
    if (stages == 0) {
        fail(cause, "%s: no action in it; write one row a rank", name);
        return NULL;
    }
    if (mbs > PLAN_MAX_MBS || (int64_t)stages * mbs > PLAN_MAX_CELLS ||
        stages > PLAN_MAX_STAGES) {
        fail(cause,
             "%s: %d stage%s and %lld microbatch%s; the limits are %d, %d and "
             "%d for their product",
             name, stages, plural(stages), (long long)mbs,
             plural_es((long long)mbs), PLAN_MAX_STAGES, PLAN_MAX_MBS,
             PLAN_MAX_CELLS);
        return NULL;
    }
    for (size_t r = 0; r < rows->count; r++)
        if (rows->at[r].count == 0 && least.ranks == 0) {
            fail(cause,
                 "%s: row %zu has no action; each row is a rank and owns at "
                 "least one stage",
                 name, r);
            return NULL;
        }
    plan = plan_new(name, ranks, stages, (int)mbs);
    if (rows->two_copies)
        plan_double(plan);
    plan->lowered = lowered;
    return plan;
}

/* Calls visit for each simple action that tells where its stage lives. With two
 * copies, one that is of no microbatch does not. */
static void
each_placing(struct plan *plan, void (*visit)(struct plan *plan, int rank,
                                              const struct action *part))
{
    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            struct action parts[2];
            int count = action_parts(&plan->lists[r].at[i], parts);

            for (int p = 0; p < count; p++)
                if (plan->copies == 1 ||
                    (parts[p].kind != ACTION_SEND_G &&
                     parts[p].kind != ACTION_RECV_G &&
                     action_has_mb((enum action_kind)parts[p].kind)))
                    visit(plan, r, &parts[p]);
        }
}

static void
place_first(struct plan *plan, int rank, const struct action *part)
{
    if (part->stage == 0 && part->mb == 0 && plan->rank_of_stage[0] < 0)
        plan->rank_of_stage[0] = rank;
}

/* Copy 0 of stage 0 is where microbatch 0 begins. */
static void
choose_copy(struct plan *plan, int rank, const struct action *part)
{
    if (part->stage == 0 && rank != plan->rank_of_stage[0])
        plan->copy_of_mb[part->mb] = 1;
}

static void
place_copy(struct plan *plan, int rank, const struct action *part)
{
    int *home = &plan->rank_of_stage[plan_place(plan, part)];

    if (*home < 0)
        *home = rank;
}

/* Gives the STEPs of each rank the copies that it has. */
static void
copy_steps(struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            struct action *action = &plan->lists[r].at[i];

            if (!action_has_mb((enum action_kind)action->kind))
                action->mb =
                    plan->rank_of_stage[plan->stages + action->stage] == r;
        }
}

/* A stage that no rank names lives on any rank if the table is a part. */
static bool
place_one_copy(struct plan *plan, bool part, struct cause *cause)
{
    each_placing(plan, place_copy);
    for (int s = 0; s < plan->stages; s++) {
        int *home = &plan->rank_of_stage[s];

        if (part && *home < 0)
            *home = s % plan->ranks;
        if (*home < 0)
            return fail(cause,
                        "%s: no rank has stage %d of %d; number the stages "
                        "from 0 without a gap",
                        plan->name, s, plan->stages);
    }
    return true;
}

static bool
place_two_copies(struct plan *plan, struct cause *cause)
{
    each_placing(plan, place_first);
    each_placing(plan, choose_copy);
    each_placing(plan, place_copy);
    for (int p = 0; p < plan_places(plan); p++) {
        int stage = p % plan->stages;
        int home = plan->rank_of_stage[p];

        if (home < 0)
            return fail(cause,
                        "%s: no rank has copy %d of stage %d; microbatches "
                        "that begin on two ranks go through two copies",
                        plan->name, p / plan->stages, stage);
        if (p != stage && home == plan->rank_of_stage[stage])
            return fail(cause,
                        "%s: both copies of stage %d are on rank %d; put them "
                        "on two ranks",
                        plan->name, stage, home);
    }
    copy_steps(plan);
    return true;
}

/* Gives each place to the first rank that names it. */
static bool
place_stages(struct plan *plan, bool part, struct cause *cause)
{
    for (int p = 0; p < plan_places(plan); p++)
        plan->rank_of_stage[p] = -1;
    return plan->copies == 1 ? place_one_copy(plan, part, cause)
                             : place_two_copies(plan, cause);
}

/* One number for each I and W of a plan, in ascending order. */
struct halves {
    uint64_t *at;
    size_t count;
};

static uint64_t
half_number(int kind, int stage, int mb)
{
    return (uint64_t)stage << 33 | (uint64_t)mb << 1 |
           (kind == ACTION_BACKWARD_WEIGHT);
}

static int
compare_numbers(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static bool
has_half(const struct halves *halves, int kind, int stage, int mb)
{
    uint64_t number = half_number(kind, stage, mb);

    return halves->at && bsearch(&number, halves->at, halves->count,
                                 sizeof number, compare_numbers);
}

static void
find_halves(struct halves *halves, const struct plan *plan)
{
    size_t room = 0;

    *halves = (struct halves){0};
    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            struct action parts[2];
            int count = action_parts(&plan->lists[r].at[i], parts);
            const struct action *last = &parts[count - 1];

            if (last->kind != ACTION_BACKWARD_INPUT &&
                last->kind != ACTION_BACKWARD_WEIGHT)
                continue;
            memory_grow(&halves->at, &room, halves->count, sizeof *halves->at);
            halves->at[halves->count++] =
                half_number(last->kind, last->stage, last->mb);
        }
    if (halves->at)
        qsort(halves->at, halves->count, sizeof *halves->at, compare_numbers);
}

/* Makes an I of each B that has a W and no I, as the zero-bubble papers write
 * it. Older PyTorch does too, and has BW where the backward is whole. */
static int
take_halves(struct plan *plan, bool has_whole)
{
    struct halves halves;
    int taken = 0;

    find_halves(&halves, plan);
    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            struct action *action = &plan->lists[r].at[i];
            bool pair = action->kind == ACTION_OVERLAP_F_B;
            uint8_t *kind = pair ? &action->pair_kind : &action->kind;
            int stage = pair ? action->pair_stage : action->stage;
            int mb = pair ? action->pair_mb : action->mb;

            if (*kind != ACTION_FULL_BACKWARD)
                continue;
            if (!pair && action->pair_kind == ACTION_BACKWARD_WEIGHT) {
                action->pair_kind = 0;
            } else if (has_whole ||
                       (has_half(&halves, ACTION_BACKWARD_WEIGHT, stage, mb) &&
                        !has_half(&halves, ACTION_BACKWARD_INPUT, stage,
                                  mb))) {
                *kind = ACTION_BACKWARD_INPUT;
                taken++;
            }
        }
    free(halves.at);
    return taken;
}

static struct plan *
read_plan(FILE *in, const char *name, bool sharded, struct csv_shape least,
          struct csv_notes *notes, struct cause *cause)
{
    struct csv_rows rows = {.cells.sharded = sharded};
    struct plan *plan = NULL;

    *notes = (struct csv_notes){0};
    if (csv_rows_read(&rows, in, name, cause))
        plan = plan_for_rows(&rows, name, least, cause);
    if (plan) {
        for (size_t r = 0; r < rows.count; r++) {
            plan->lists[r] = rows.at[r];
            rows.at[r] = (struct action_list){0};
        }
        notes->sharding = rows.cells.sharding;
        notes->halves = take_halves(plan, rows.cells.whole > 0);
        if (!place_stages(plan, least.ranks > 0, cause)) {
            plan_free(plan);
            plan = NULL;
        }
    }
    csv_rows_fini(&rows);
    return plan;
}

struct plan *
csv_read(FILE *in, const char *name, struct csv_notes *notes,
         struct cause *cause)
{
    return read_plan(in, name, false, (struct csv_shape){0}, notes, cause);
}

struct plan *
csv_read_part(FILE *in, const char *name, struct csv_shape shape,
              struct csv_notes *notes, struct cause *cause)
{
    return read_plan(in, name, false, shape, notes, cause);
}

struct plan *
csv_read_sharded(FILE *in, const char *name, struct csv_notes *notes,
                 struct cause *cause)
{
    return read_plan(in, name, true, (struct csv_shape){0}, notes, cause);
}
