#include "config.h"

#include "schedules.h"

#include "plan/csv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { RANKS = 4, MBS = 4 };

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
                      plan->mbs == MBS && !plan->lowered,
                  "%s: keep to %d ranks of one stage each, %d microbatches, "
                  "F and B only",
                  plan->name, RANKS, MBS);
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

            ck_assert_msg(count == 1, "%s: rank %d has %s %d times",
                          plan->name, r, action_cell(&wanted, cell), count);
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

START_TEST(it_keeps_no_more_than_1f1b)
{
    struct plan *plan = read_file();

    must_keep_at_most(plan, (int[]){4, 3, 2, 1});
    plan_free(plan);
}
END_TEST

const struct claim claims[] = {
    {"every cell is there, once", 2, &every_cell_is_there_once},
    {"in order, without a circle of waiting", 4, &it_runs},
    {"as short as 1F1B", 2, &it_is_as_short_as_1f1b},
    {"no more microbatches kept than in 1F1B", 2, &it_keeps_no_more_than_1f1b},
    {NULL, 0, NULL},
};
