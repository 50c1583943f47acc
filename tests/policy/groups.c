/* groups.c -- interleaved-1f1b and combined-1f1b in groups are Megatron-Core's
 * schedules, cell for cell. */
#include "config.h"

#include "base/memory.h"
#include "plan/program.h"
#include "policy/policy.h"

#include "cases.h"
#include "plan/plans.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEGATRON_RANKS = 8, MEGATRON_CHUNKS = 4, MEGATRON_MBS = 32 };

/* A row of Megatron-Core's schedule table: a virtual microbatch. */
struct row {
    int mb;
    int chunk;
};

/* get_schedule_table(): groups of N microbatches, the last one of what is left;
 * within a group all microbatches go through one chunk, then the next. */
static struct row *
schedule_table(int mbs, int chunks, int group)
{
    struct row *table =
        memory_new((size_t)mbs * (size_t)chunks, sizeof *table);
    int count = 0;

    for (int first = 0; first < mbs; first += group)
        for (int chunk = 0; chunk < chunks; chunk++)
            for (int mb = first; mb < first + group && mb < mbs; mb++)
                table[count++] = (struct row){mb, chunk};
    return table;
}

static void
expect_cell(const struct plan *plan, int rank, size_t at, const char *want)
{
    char cell[ACTION_CELL_MAX] = "";

    if (at < plan->lists[rank].count)
        action_cell(&plan->lists[rank].at[at], cell);
    ck_assert_msg(strcmp(cell, want) == 0,
                  "%s N=%d rank %d, cell %zu: %s, not %s", shape_text(plan),
                  plan->group, rank, at, cell, want);
}

/* Of a row, going up: the cell of its forward; going back: of its backward. */
static const char *
cell_of_row(const struct plan *plan, int rank, bool forward, struct row row,
            char cell[ACTION_CELL_MAX])
{
    int chunks = plan->stages / plan->ranks;
    int chunk = forward ? row.chunk : chunks - 1 - row.chunk;

    snprintf(cell, ACTION_CELL_MAX, "%d%c%d", chunk * plan->ranks + rank,
             forward ? 'F' : 'B', row.mb);
    return cell;
}

/* The warm-up of a rank, then one forward and one backward, then the rest.
 * get_pp_rank_microbatches() adds one to the warm-up where forwards and
 * backwards are combined; they are one cell then. */
static void
expect_megatron(const struct plan *plan, const struct row *table,
                bool combined)
{
    int chunks = plan->stages / plan->ranks;
    int total = plan->mbs * chunks;

    for (int r = 0; r < plan->ranks; r++) {
        int ahead = 2 * (plan->ranks - r - 1) + (chunks - 1) * plan->group +
                    (combined ? 1 : 0);
        char forward[ACTION_CELL_MAX], backward[ACTION_CELL_MAX];
        char block[2 * ACTION_CELL_MAX + 16];
        size_t at = 0;

        ahead = ahead < total ? ahead : total;
        for (int n = 0; n < ahead; n++)
            expect_cell(plan, r, at++,
                        cell_of_row(plan, r, true, table[n], forward));
        for (int n = 0; n < total; n++) {
            cell_of_row(plan, r, false, table[n], backward);
            if (ahead + n >= total) {
                expect_cell(plan, r, at++, backward);
                continue;
            }
            cell_of_row(plan, r, true, table[ahead + n], forward);
            snprintf(block, sizeof block, "(%s;%s)OVERLAP_F_B", forward,
                     backward);
            expect_cell(plan, r, at++, combined ? block : forward);
            if (!combined)
                expect_cell(plan, r, at++, backward);
        }
        ck_assert_uint_eq(plan->lists[r].count, at);
    }
}

/* min(VM, (V-1)N + 2(P-r) - 1) for V >= 2, one more where combined. */
static void
expect_peaks(const struct plan *plan, bool combined)
{
    int chunks = plan->stages / plan->ranks;
    struct cause cause = {.text = ""};
    struct program *program = program_make(plan, &cause);

    ck_assert_msg(program != NULL, "%s", cause.text);
    for (int r = 0; r < plan->ranks && chunks > 1; r++) {
        int most = (chunks - 1) * plan->group + 2 * (plan->ranks - r) - 1 +
                   (combined ? 1 : 0);

        most = most < chunks * plan->mbs ? most : chunks * plan->mbs;
        ck_assert_double_eq(program->peak_activations[r], most);
    }
    program_free(program);
}

static void
expect_group_of(const struct policy *policy, int ranks, int chunks, int mbs,
                int group)
{
    bool combined = strcmp(policy->name, "combined-1f1b") == 0;
    struct row *table = schedule_table(mbs, chunks, group);
    struct plan *plan =
        policy_plan_in_groups(policy, ranks, chunks * ranks, mbs, group);

    expect_megatron(plan, table, combined);
    if (group % 3 == 0 || mbs % group > 0)
        expect_peaks(plan, combined);
    plan_free(plan);
    free(table);
}

/* _i: ranks - 1, and then the same again for combined-1f1b. */
START_TEST(groups_are_megatrons)
{
    const struct policy *policy = policy_find(
        _i < MEGATRON_RANKS ? "interleaved-1f1b" : "combined-1f1b");
    int ranks = _i % MEGATRON_RANKS + 1;
    struct cause cause;
    int tried = 0;

    for (int chunks = 1; chunks <= MEGATRON_CHUNKS; chunks++)
        for (int mbs = 1; mbs <= MEGATRON_MBS; mbs += stride())
            for (int group = 1; group <= mbs; group++) {
                int last = mbs % group;
                bool legal = group >= ranks && (last == 0 || last >= ranks);

                ck_assert_int_eq(policy_suits_group(policy, ranks,
                                                    chunks * ranks, mbs, group,
                                                    &cause),
                                 legal);
                if (!legal)
                    continue;
                expect_group_of(policy, ranks, chunks, mbs, group);
                tried++;
            }
    ck_assert_int_gt(tried, 100 / stride());
}
END_TEST

START_TEST(other_schedules_have_no_groups)
{
    struct cause cause;

    ck_assert(!policy_suits_group(policy_find("gpipe"), 4, 4, 8, 4, &cause));
    ck_assert_str_eq(cause.text,
                     "gpipe has no groups; interleaved-1f1b and combined-1f1b "
                     "have");
}
END_TEST

TCase *
groups_case(void)
{
    TCase *tcase = tcase_create("groups");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, groups_are_megatrons, 0, 2 * MEGATRON_RANKS);
    tcase_add_test(tcase, other_schedules_have_no_groups);
    return tcase;
}
