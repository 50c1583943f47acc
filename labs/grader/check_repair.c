#include "config.h"

#include "schedules.h"

#include "plan/csv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { RANKS = 4, MBS = 5, MOST_CELLS = 20 };

/* As it is handed out. A row that is right shares `kept` cells with it, in the
 * same order; the rest is moved, twice there or added. One that lacks cells
 * shares fewer, and its fault is another. */
static const struct row {
    const char *cells;
    int kept;
} rows[RANKS] = {
    {"0F0 0F1 0F2 0F3 0B0 0F4 0B1 0B3 0B4", 9},
    {"1F0 1F1 1F2 1F3 1B0 1F4 1B1 1B2 1B3 1B4", 10},
    {"2B0 2F0 2F1 2F2 2B1 2F3 2F4 2B2 2B3 2B4", 8},     /* 2B0, 2F4 */
    {"3F0 3F1 3B1 3B0 3F2 3F3 3F3 3B2 3B3 3F4 3B4", 8}, /* 3B0, 3B2, 3F3 */
};

/* The length of the longest list of cells that a row and a rank's list both
 * have in that order. */
static int
kept_cells(const char *row, const struct action_list *list)
{
    int lengths[2][MOST_CELLS + 1] = {{0}};
    int line = 0;

    for (; *row; row += strcspn(row, " "), row += *row == ' ') {
        const int *above = lengths[line];

        line = !line;
        for (size_t i = 0; i < list->count; i++) {
            char cell[ACTION_CELL_MAX];
            bool same = strncmp(row, action_cell(&list->at[i], cell), 3) == 0;
            int longer = lengths[line][i] > above[i + 1] ? lengths[line][i]
                                                         : above[i + 1];

            lengths[line][i + 1] = same ? above[i] + 1 : longer;
        }
    }
    return lengths[line][list->count];
}

/* Cells of a row that a rank's list lacks. */
static int
missing_cells(const char *row, const struct action_list *list)
{
    int missing = 0;

    for (; *row; row += strcspn(row, " "), row += *row == ' ') {
        bool there = false;

        for (size_t i = 0; i < list->count; i++) {
            char cell[ACTION_CELL_MAX];

            there |= strncmp(row, action_cell(&list->at[i], cell), 3) == 0;
        }
        missing += !there;
    }
    return missing;
}

static void
must_be_a_repair(const struct plan *plan)
{
    for (int r = 0; r < RANKS; r++) {
        const struct action_list *list = &plan->lists[r];
        int wanted;
        int kept;

        ck_assert_msg(list->count <= MOST_CELLS,
                      "%s: rank %d has %zu cells; %d belong there", plan->name,
                      r, list->count, 2 * MBS);
        kept = kept_cells(rows[r].cells, list);
        wanted = rows[r].kept - missing_cells(rows[r].cells, list);
        ck_assert_msg(kept >= wanted,
                      "%s: rank %d: only %d cells are in the order in which "
                      "they were handed out; mending leaves %d of them in it, "
                      "so move those that are misplaced and no others",
                      plan->name, r, kept, wanted);
    }
}

static struct plan *
read_file(void)
{
    FILE *in = fopen(graded_file, "r");
    const char *name = strrchr(graded_file, '/');
    struct cause cause;
    struct plan *plan;
    struct csv_notes notes;

    if (!in)
        ck_abort_msg("%s: %s", graded_file, strerror(errno));
    plan = csv_read(in, name ? name + 1 : graded_file, &notes, &cause);
    fclose(in);
    if (!plan)
        ck_abort_msg("%s", cause.text);
    ck_assert_msg(plan->ranks == RANKS && plan->stages == RANKS &&
                      plan->mbs == MBS && !plan->lowered &&
                      !plan_has(plan, ACTION_BACKWARD_INPUT) &&
                      !plan_has(plan, ACTION_OVERLAP_F_B),
                  "%s: keep to %d ranks of one stage each, %d microbatches, "
                  "F and B only",
                  plan->name, RANKS, MBS);
    must_be_a_repair(plan);
    return plan;
}

static int
times(const struct plan *plan, struct action wanted)
{
    const struct action_list *list = &plan->lists[wanted.stage];
    int count = 0;

    for (size_t i = 0; i < list->count; i++)
        count += action_equal(&list->at[i], &wanted);
    return count;
}

START_TEST(every_cell_is_there_once)
{
    struct plan *plan = read_file();

    for (int r = 0; r < RANKS; r++)
        for (int i = 0; i < 2 * MBS; i++) {
            struct action wanted = action_of(
                i < MBS ? ACTION_FORWARD : ACTION_FULL_BACKWARD, r, i % MBS);
            int count = times(plan, wanted);
            char cell[ACTION_CELL_MAX];

            action_cell(&wanted, cell);
            ck_assert_msg(count > 0, "%s: rank %d lacks %s", plan->name, r,
                          cell);
            ck_assert_msg(count < 2, "%s: rank %d has %s %d times", plan->name,
                          r, cell, count);
        }
    plan_free(plan);
}
END_TEST

START_TEST(it_runs)
{
    struct plan *plan = read_file();

    must_run(plan);
    plan_free(plan);
}
END_TEST

START_TEST(it_is_as_short_as_1f1b)
{
    struct plan *plan = read_file();

    must_take(plan, (MBS + RANKS - 1) * (1 + 2));
    plan_free(plan);
}
END_TEST

START_TEST(it_keeps_no_more_than_it_may)
{
    struct plan *plan = read_file();

    must_keep_at_most(plan, (int[]){4, 4, 2, 1});
    plan_free(plan);
}
END_TEST

const struct claim claims[] = {
    {"every cell is there, once", 2, &every_cell_is_there_once},
    {"in order, without a circle of waiting", 4, &it_runs},
    {"as short as 1F1B", 2, &it_is_as_short_as_1f1b},
    {"no more microbatches kept than there is room for", 2,
     &it_keeps_no_more_than_it_may},
    {NULL, 0, NULL},
};
