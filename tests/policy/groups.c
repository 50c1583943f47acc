/* groups.c -- interleaved-1f1b in groups is Megatron-Core's schedule, cell for
 * cell. */
#include "config.h"

#include "base/memory.h"
#include "plan/program.h"
#include "policy/policy.h"

#include "cases.h"

#include <stdlib.h>

enum { MOST_RANKS = 8, MOST_CHUNKS = 4, MOST_MBS = 32 };

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
expect_cell(const struct plan *plan, int rank, size_t at, bool forward,
            struct row row, int chunks)
{
    int chunk = forward ? row.chunk : chunks - 1 - row.chunk;
    struct action want =
        action_of(forward ? ACTION_FORWARD : ACTION_FULL_BACKWARD,
                  chunk * plan->ranks + rank, row.mb);

    ck_assert_msg(at < plan->lists[rank].count &&
                      action_equal(&plan->lists[rank].at[at], &want),
                  "P=%d V=%d M=%d N=%d rank %d, cell %zu", plan->ranks, chunks,
                  plan->mbs, plan->group, rank, at);
}

/* The warm-up of a rank, then one forward and one backward, then the rest. */
static void
expect_megatron(const struct plan *plan, const struct row *table, int chunks)
{
    int total = plan->mbs * chunks;

    for (int r = 0; r < plan->ranks; r++) {
        int ahead = 2 * (plan->ranks - r - 1) + (chunks - 1) * plan->group;
        size_t at = 0;

        ahead = ahead < total ? ahead : total;
        for (int n = 0; n < ahead; n++)
            expect_cell(plan, r, at++, true, table[n], chunks);
        for (int n = 0; n < total - ahead; n++) {
            expect_cell(plan, r, at++, true, table[ahead + n], chunks);
            expect_cell(plan, r, at++, false, table[n], chunks);
        }
        for (int n = total - ahead; n < total; n++)
            expect_cell(plan, r, at++, false, table[n], chunks);
        ck_assert_uint_eq(plan->lists[r].count, at);
    }
}

/* min(VM, (V-1)N + 2(P-r) - 1) for V >= 2. */
static void
expect_peaks(const struct plan *plan, int chunks)
{
    struct cause cause = {""};
    struct program *program = program_make(plan, &cause);

    ck_assert_msg(program != NULL, "%s", cause.text);
    for (int r = 0; r < plan->ranks && chunks > 1; r++) {
        int most = (chunks - 1) * plan->group + 2 * (plan->ranks - r) - 1;

        most = most < chunks * plan->mbs ? most : chunks * plan->mbs;
        ck_assert_double_eq(program->peak_activations[r], most);
    }
    program_free(program);
}

/* _i: ranks - 1. */
START_TEST(groups_are_megatrons)
{
    const struct policy *policy = policy_find("interleaved-1f1b");
    int ranks = _i + 1;
    struct cause cause;
    int tried = 0;

    for (int chunks = 1; chunks <= MOST_CHUNKS; chunks++)
        for (int mbs = 1; mbs <= MOST_MBS; mbs++)
            for (int group = 1; group <= mbs; group++) {
                int last = mbs % group;
                bool legal = group >= ranks && (last == 0 || last >= ranks);
                struct row *table;
                struct plan *plan;

                ck_assert_int_eq(policy_suits_group(policy, ranks,
                                                    chunks * ranks, mbs, group,
                                                    &cause),
                                 legal);
                if (!legal)
                    continue;
                table = schedule_table(mbs, chunks, group);
                plan = policy_plan_in_groups(policy, ranks, chunks * ranks,
                                             mbs, group);
                expect_megatron(plan, table, chunks);
                if (group % 3 == 0 || last > 0)
                    expect_peaks(plan, chunks);
                plan_free(plan);
                free(table);
                tried++;
            }
    ck_assert_int_gt(tried, 100);
}
END_TEST

START_TEST(other_schedules_have_no_groups)
{
    struct cause cause;

    ck_assert(!policy_suits_group(policy_find("gpipe"), 4, 4, 8, 4, &cause));
    ck_assert_str_eq(cause.text, "gpipe has no groups; interleaved-1f1b has");
}
END_TEST

TCase *
groups_case(void)
{
    TCase *tcase = tcase_create("groups");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, groups_are_megatrons, 0, MOST_RANKS);
    tcase_add_test(tcase, other_schedules_have_no_groups);
    return tcase;
}
