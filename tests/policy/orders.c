/* orders.c -- the schedules of the papers, cell for cell: small ones drawn in
 * full, and what defines their order held over all shapes. Interleaved 1F1B,
 * looped BFS, zb1p, zbv and dualpipev are drawn as torch.distributed.pipelining
 * lays them out. */
#include "config.h"

#include "policy/policy.h"

#include "cases.h"
#include "plan/plans.h"
#include "plan/program.h"
#include "plan/lower.h"
#include "plan/place.h"

#include <stdlib.h>

static int
least(int a, int b)
{
    return a < b ? a : b;
}

static const struct {
    const char *schedule;
    int ranks;
    int stages;
    int mbs;
    const char *list;
} drawn[] = {
    {"eager-1f1b", 3, 3, 6,
     "rank 0: 0F0 0F1 0F2 0F3 0F4 0B0 0F5 0B1 0B2 0B3 0B4 0B5\n"
     "rank 1: 1F0 1F1 1F2 1B0 1F3 1B1 1F4 1B2 1F5 1B3 1B4 1B5\n"
     "rank 2: 2F0 2B0 2F1 2B1 2F2 2B2 2F3 2B3 2F4 2B4 2F5 2B5\n"},
    {"interleaved-1f1b", 2, 4, 4,
     "rank 0: 0F0 0F1 2F0 2F1 0F2 2B0 0F3 2B1 2F2 0B0 2F3 0B1 2B2 2B3 0B2 "
     "0B3\n"
     "rank 1: 1F0 1F1 3F0 3B0 3F1 3B1 1F2 1B0 1F3 1B1 3F2 3B2 3F3 3B3 1B2 "
     "1B3\n"},
    /* A round of three microbatches on two ranks. */
    {"interleaved-1f1b", 2, 4, 3,
     "rank 0: 0F0 0F1 0F2 2F0 2F1 2F2 2B0 2B1 2B2 0B0 0B1 0B2\n"
     "rank 1: 1F0 1F1 1F2 3F0 3B0 3F1 3B1 3F2 3B2 1B0 1B1 1B2\n"},
    {"combined-1f1b", 2, 4, 4,
     "rank 0: 0F0 0F1 2F0 2F1 0F2 (0F3;2B0)OVERLAP_F_B (2F2;2B1)OVERLAP_F_B "
     "(2F3;0B0)OVERLAP_F_B 0B1 2B2 2B3 0B2 0B3\n"
     "rank 1: 1F0 1F1 3F0 (3F1;3B0)OVERLAP_F_B (1F2;3B1)OVERLAP_F_B "
     "(1F3;1B0)OVERLAP_F_B (3F2;1B1)OVERLAP_F_B (3F3;3B2)OVERLAP_F_B 3B3 1B2 "
     "1B3\n"},
    /* Megatron-Core's combined schedule without pipelining. */
    {"combined-1f1b", 1, 1, 3,
     "rank 0: 0F0 (0F1;0B0)OVERLAP_F_B (0F2;0B1)OVERLAP_F_B 0B2\n"},
    {"looped-bfs", 2, 4, 3,
     "rank 0: 0F0 0F1 0F2 2F0 2F1 2F2 2B2 2B1 2B0 0B2 0B1 0B0\n"
     "rank 1: 1F0 1F1 1F2 3F0 3F1 3F2 3B2 3B1 3B0 1B2 1B1 1B0\n"},
    {"zb1p", 3, 3, 5,
     "rank 0: 0F0 0F1 0F2 0I0 0W0 0F3 0I1 0W1 0F4 0I2 0W2 0I3 0W3 0I4 0W4\n"
     "rank 1: 1F0 1F1 1I0 1F2 1I1 1W0 1F3 1I2 1W1 1F4 1I3 1W2 1I4 1W3 1W4\n"
     "rank 2: 2F0 2I0 2F1 2I1 2F2 2I2 2W0 2F3 2I3 2W1 2F4 2I4 2W2 2W3 "
     "2W4\n"},
    {"zb1p", 2, 4, 2,
     "rank 0: 0F0 0F1 2F0 2F1 2I0 2W0 2I1 2W1 0I0 0W0 0I1 0W1\n"
     "rank 1: 1F0 1F1 3F0 3I0 3F1 3I1 3W0 1I0 3W1 1I1 1W0 1W1\n"},
    {"zb-h2", 3, 3, 5,
     "rank 0: 0F0 0F1 0F2 0F3 0F4 0I0 0W0 0I1 0W1 0I2 0W2 0I3 0W3 0I4 0W4\n"
     "rank 1: 1F0 1F1 1F2 1I0 1F3 1I1 1F4 1I2 1W0 1I3 1W1 1I4 1W2 1W3 1W4\n"
     "rank 2: 2F0 2I0 2F1 2I1 2F2 2I2 2F3 2I3 2F4 2I4 2W0 2W1 2W2 2W3 "
     "2W4\n"},
    {"zbv", 2, 4, 4,
     "rank 0: 0F0 0F1 0F2 3F0 3I0 3W0 3F1 3I1 3W1 0F3 0I0 0W0 3F2 3I2 3W2 "
     "0I1 0W1 3F3 3I3 3W3 0I2 0W2 0I3 0W3\n"
     "rank 1: 1F0 2F0 1F1 2F1 2I0 2W0 1F2 1I0 1W0 2F2 2I1 2W1 1F3 1I1 1W1 "
     "2F3 2I2 2W2 1I2 2I3 1I3 1W2 2W3 1W3\n"},
    /* Fewer microbatches than fill the pipe. */
    {"zbv", 2, 4, 2,
     "rank 0: 0F0 0F1 3F0 3I0 3W0 3F1 3I1 3W1 0I0 0W0 0I1 0W1\n"
     "rank 1: 1F0 2F0 1F1 2F1 2I0 2W0 1I0 1W0 2I1 2W1 1I1 1W1\n"},
    {"v-half", 2, 4, 3,
     "rank 0: 0F0 0F1 3F0 3I0 3W0 3F1 0F2 0I0 3I1 3W1 3F2 3I2 0I1 0W0 0I2 "
     "3W2 0W1 0W2\n"
     "rank 1: 1F0 2F0 1F1 2F1 2I0 2W0 1I0 1W0 1F2 2F2 2I1 1I1 2I2 1I2 2W1 "
     "1W1 2W2 1W2\n"},
    {"v-min", 2, 4, 3,
     "rank 0: 0F0 0F1 3F0 3I0 3W0 3F1 0I0 0W0 3I1 3W1 0F2 0I1 0W1 3F2 3I2 "
     "3W2 0I2 0W2\n"
     "rank 1: 1F0 2F0 1F1 2F1 2I0 1I0 2W0 1W0 2I1 1I1 1F2 2F2 2W1 1W1 2I2 "
     "1I2 2W2 1W2\n"},
    /* Two waves. */
    {"hanayo", 2, 8, 2,
     "rank 0: 0F0 0F1 3F0 4F0 3F1 4F1 7F0 7B0 7F1 7B1 4B0 3B0 4B1 3B1 0B0 "
     "0B1\n"
     "rank 1: 1F0 2F0 1F1 2F1 5F0 6F0 5F1 6F1 6B0 5B0 6B1 5B1 2B0 1B0 2B1 "
     "1B1\n"},
    {"dualpipev", 2, 4, 5,
     "rank 0: 0F0 0F1 0F2 3F0 3I0 3W0 3F1 (0F3;3B1)OVERLAP_F_B "
     "(3F2;0B0)OVERLAP_F_B (0F4;3B2)OVERLAP_F_B (3F3;0B1)OVERLAP_F_B 3B3 "
     "(3F4;0B2)OVERLAP_F_B 3B4 0I3 0W3 0I4 0W4\n"
     "rank 1: 1F0 2F0 1F1 2F1 1F2 2B0 (2F2;1B0)OVERLAP_F_B "
     "(1F3;2B1)OVERLAP_F_B (2F3;1B1)OVERLAP_F_B (1F4;2B2)OVERLAP_F_B "
     "(2F4;1B2)OVERLAP_F_B 2B3 1B3 2I4 1I4 2W4 1W4\n"},
    {"dualpipev", 1, 2, 2,
     "rank 0: 0F0 1F0 0F1 1B0 (1F1;0B0)OVERLAP_F_B 1B1 0I1 0W1\n"},
};

START_TEST(order_is_the_papers_cell_for_cell)
{
    struct plan *plan =
        policy_plan(policy_find(drawn[_i].schedule), drawn[_i].ranks,
                    drawn[_i].stages, drawn[_i].mbs);
    char *text;

    text = plan_text(plan);
    ck_assert_str_eq(text, drawn[_i].list);
    free(text);
    plan_free(plan);
}
END_TEST

/* ---- laws, over all shapes that suit ---- */

typedef void
plan_law(const struct plan *plan);

static void
each_shape(const struct policy *policy, plan_law *law)
{
    for (int ranks = 1; ranks <= 6; ranks++)
        for (int chunks = 1; chunks <= 4; chunks++)
            for (int mbs = 1; mbs <= MOST_MBS; mbs++) {
                struct cause cause;
                struct plan *plan;

                if (!policy_suits(policy, ranks, chunks * ranks, mbs, &cause))
                    continue;
                plan = policy_plan(policy, ranks, chunks * ranks, mbs);
                law(plan);
                plan_free(plan);
            }
}

static void
each_shape_of(const char *schedule, plan_law *law)
{
    each_shape(policy_find(schedule), law);
}

static void
passes_the_check(const struct plan *plan)
{
    struct plan *lowered = lower(plan);

    program_free(program_of(plan));
    program_free(program_of(lowered));
    plan_free(lowered);
}

/* Counted here and not by the check, which might err likewise: F is 1, the
 * halves of the backward are 2 and 4. */
static void
does_everything_once(const struct plan *plan)
{
    enum { ALL = 7 };
    int done[24][MOST_MBS] = {0};

    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            struct action parts[2];
            int count = action_parts(&plan->lists[r].at[i], parts);

            for (int p = 0; p < count; p++) {
                int *cell = &done[parts[p].stage][parts[p].mb];
                int bits = parts[p].kind == ACTION_FORWARD           ? 1
                           : parts[p].kind == ACTION_BACKWARD_INPUT  ? 2
                           : parts[p].kind == ACTION_BACKWARD_WEIGHT ? 4
                                                                     : 6;

                ck_assert_int_eq(
                    plan->rank_of_stage[plan_place(plan, &parts[p])], r);
                ck_assert_msg((*cell & bits) == 0, "%s: %d of %d twice",
                              shape_text(plan), parts[p].mb, parts[p].stage);
                *cell |= bits;
            }
        }
    for (int s = 0; s < plan->stages; s++)
        for (int m = 0; m < plan->mbs; m++)
            ck_assert_msg(done[s][m] == ALL, "%s: stage %d microbatch %d",
                          shape_text(plan), s, m);
}

START_TEST(every_plan_is_valid_and_complete)
{
    for (int i = 0; policy_at(i); i++) {
        each_shape(policy_at(i), passes_the_check);
        each_shape(policy_at(i), does_everything_once);
    }
}
END_TEST

/* Forwards before anything else. */
static int
warm_up(const struct plan *plan, int rank)
{
    const struct action_list *list = &plan->lists[rank];
    int count = 0;

    while (list->at[count].kind == ACTION_FORWARD)
        count++;
    return count;
}

static void
warms_up_twice_as_far(const struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++)
        ck_assert_msg(warm_up(plan, r) ==
                          least(plan->mbs, 2 * (plan->ranks - r) - 1),
                      "%s rank %d", shape_text(plan), r);
}

/* Microbatches in a round, of which there is one, or M/P of equal size. */
static int
round_of(const struct plan *plan)
{
    int rounds = plan->mbs < plan->ranks ? 1 : plan->mbs / plan->ranks;

    ck_assert_int_eq(plan->mbs % rounds, 0);
    return plan->mbs / rounds;
}

/* And one, the forward of the first round of one forward, one backward. */
static void
expect_looped_warm_up(const struct plan *plan, int a_rank)
{
    int chunks = plan->stages / plan->ranks;

    for (int r = 0; r < plan->ranks; r++)
        ck_assert_msg(warm_up(plan, r) ==
                          least(chunks * plan->mbs,
                                (chunks - 1) * round_of(plan) +
                                    a_rank * (plan->ranks - 1 - r) + 1),
                      "%s rank %d", shape_text(plan), r);
}

static void
warms_up_by_two_a_rank(const struct plan *plan)
{
    expect_looped_warm_up(plan, 2);
}

static void
warms_up_by_one_a_rank(const struct plan *plan)
{
    expect_looped_warm_up(plan, 1);
}

START_TEST(warm_up_is_as_long_as_the_papers_say)
{
    each_shape_of("eager-1f1b", warms_up_twice_as_far);
    each_shape_of("zb-h2", warms_up_twice_as_far);
    each_shape_of("interleaved-1f1b", warms_up_by_two_a_rank);
    each_shape_of("zb1p", warms_up_by_one_a_rank);
}
END_TEST

/* Input gradient number n is followed by weight gradient number n - delay, as
 * long as there is one; those that are left come last; their order is that of
 * the input gradients. */
static void
expect_weights_behind(const struct plan *plan, int rank, int delay)
{
    const struct action_list *list = &plan->lists[rank];
    size_t owed = 0; /* index of the oldest I whose W did not come */
    int inputs = 0;

    for (size_t i = 0; i < list->count; i++) {
        bool weight = list->at[i].kind == ACTION_BACKWARD_WEIGHT;

        if (i > 0 && list->at[i - 1].kind == ACTION_BACKWARD_INPUT)
            ck_assert_msg(weight == (inputs > delay), "%s rank %d at %zu",
                          shape_text(plan), rank, i);
        inputs += list->at[i].kind == ACTION_BACKWARD_INPUT;
        if (!weight)
            continue;
        while (list->at[owed].kind != ACTION_BACKWARD_INPUT)
            owed++;
        ck_assert_msg(list->at[i].stage == list->at[owed].stage &&
                          list->at[i].mb == list->at[owed].mb,
                      "%s rank %d at %zu", shape_text(plan), rank, i);
        owed++;
    }
}

static void
weights_are_r_rounds_behind(const struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++)
        expect_weights_behind(
            plan, r, least(r, plan->stages / plan->ranks * plan->mbs - 1));
}

static void
weights_are_2r_rounds_behind(const struct plan *plan)
{
    for (int r = 0; r < plan->ranks; r++)
        expect_weights_behind(plan, r, least(2 * r, plan->mbs - 1));
}

START_TEST(weight_gradients_are_put_off_as_far_as_the_papers_say)
{
    each_shape_of("zb1p", weights_are_r_rounds_behind);
    each_shape_of("zb-h2", weights_are_2r_rounds_behind);
}
END_TEST

static void
goes_breadth_first(const struct plan *plan)
{
    int chunks = plan->stages / plan->ranks;

    for (int r = 0; r < plan->ranks; r++)
        for (int n = 0; n < chunks * plan->mbs; n++) {
            int stage = r + n / plan->mbs * plan->ranks;
            struct action forward =
                action_of(ACTION_FORWARD, stage, n % plan->mbs);
            struct action backward =
                action_of(ACTION_FULL_BACKWARD, stage, n % plan->mbs);
            const struct action_list *list = &plan->lists[r];

            ck_assert(action_equal(&list->at[n], &forward));
            ck_assert(action_equal(&list->at[list->count - 1 - (size_t)n],
                                   &backward));
        }
}

/* The backwards are the forwards from the last to the first. */
START_TEST(looped_bfs_comes_back_the_way_it_went)
{
    each_shape_of("looped-bfs", goes_breadth_first);
}
END_TEST

/* The tick at which each forward and backward of a plan ends, and whether it
 * has, at one tick a forward and two a backward. */
struct ends {
    int at[24][MOST_MBS][2];
};

static int
least_start(const struct ends *ends, const struct plan *plan, int stage,
            int mb, bool backward)
{
    if (!backward)
        return stage == 0 ? 0 : ends->at[stage - 1][mb][0];
    return stage + 1 == plan->stages ? ends->at[stage][mb][0]
                                     : ends->at[stage + 1][mb][1];
}

static void
find_ends(struct ends *ends, const struct plan *plan)
{
    bool moved = true;

    *ends = (struct ends){0};
    while (moved) {
        moved = false;
        for (int r = 0; r < plan->ranks; r++) {
            int clock = 0;

            for (size_t i = 0; i < plan->lists[r].count; i++) {
                const struct action *a = &plan->lists[r].at[i];
                bool backward = a->kind == ACTION_FULL_BACKWARD;
                int *end = &ends->at[a->stage][a->mb][backward];
                int start = least_start(ends, plan, a->stage, a->mb, backward);

                start = start > clock ? start : clock;
                clock = start + 1 + backward;
                moved |= clock != *end;
                *end = clock;
            }
        }
    }
}

/* What a rank runs late, it ran an older microbatch instead of. */
static void
oldest_first(const struct plan *plan)
{
    struct ends ends;

    find_ends(&ends, plan);
    for (int r = 0; r < plan->ranks; r++)
        for (size_t i = 0; i < plan->lists[r].count; i++) {
            const struct action *a = &plan->lists[r].at[i];
            bool backward = a->kind == ACTION_FULL_BACKWARD;
            int start = ends.at[a->stage][a->mb][backward] - 1 - backward;
            int could = least_start(&ends, plan, a->stage, a->mb, backward);

            for (size_t j = i; j-- > 0 && could < start;) {
                const struct action *b = &plan->lists[r].at[j];
                bool back = b->kind == ACTION_FULL_BACKWARD;
                int end = ends.at[b->stage][b->mb][back];

                ck_assert_msg(end == start, "%s: rank %d idles before %zu",
                              shape_text(plan), r, i);
                start = end - 1 - back;
                ck_assert_msg(start < could || b->mb < a->mb,
                              "%s: rank %d at %zu waits for younger %zu",
                              shape_text(plan), r, i, j);
            }
            ck_assert_int_le(start, could);
        }
}

START_TEST(hanayo_runs_the_oldest_microbatch_as_soon_as_it_can)
{
    each_shape_of("hanayo", oldest_first);
}
END_TEST

TCase *
orders_case(void)
{
    TCase *tcase = tcase_create("orders");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_loop_test(tcase, order_is_the_papers_cell_for_cell, 0,
                        sizeof drawn / sizeof *drawn);
    tcase_add_test(tcase, every_plan_is_valid_and_complete);
    tcase_add_test(tcase, warm_up_is_as_long_as_the_papers_say);
    tcase_add_test(tcase,
                   weight_gradients_are_put_off_as_far_as_the_papers_say);
    tcase_add_test(tcase, looped_bfs_comes_back_the_way_it_went);
    tcase_add_test(tcase, hanayo_runs_the_oldest_microbatch_as_soon_as_it_can);
    return tcase;
}
