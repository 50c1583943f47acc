#include "config.h"

#include "plan/slots.h"

#include "cases.h"
#include "plans.h"
#include "plan/lower.h"
#include "plan/placement.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

enum { RANDOM_PLANS = 300 };

/* Where in a rank's list something lives, both ends included; never if
 * from > to. */
struct life {
    long from;
    long to;
};

static long
place(const struct plan *lowered, int rank, enum action_kind kind, int stage,
      int mb)
{
    const struct action_list *list = &lowered->lists[rank];

    for (size_t i = 0; i < list->count; i++) {
        struct action parts[2];
        int count = action_parts(&list->at[i], parts);

        for (int p = 0; p < count; p++)
            if (parts[p].kind == kind && parts[p].stage == stage &&
                parts[p].mb == mb)
                return (long)i;
    }
    return -1;
}

/* Stretches a life by one place, if the rank has the action at all. */
static void
stretch(struct life *life, const struct plan *lowered, int rank,
        enum action_kind kind, int stage, int mb)
{
    long at = place(lowered, rank, kind, stage, mb);

    if (at < 0)
        return;
    if (at < life->from)
        life->from = at;
    if (at > life->to)
        life->to = at;
}

/* In the words of slots.h, with a search for each end: slow but plain. */
static struct life
life_of(const struct plan *lowered, int stage, int mb, enum slot_kind kind)
{
    static const enum action_kind ends[SLOT_KINDS][7] = {
        [SLOT_STASH] = {ACTION_RECV_F, ACTION_FORWARD, ACTION_SEND_F,
                        ACTION_FULL_BACKWARD, ACTION_BACKWARD_INPUT,
                        ACTION_BACKWARD_WEIGHT, ACTION_KINDS},
        [SLOT_GRAD_OUTPUT] = {ACTION_RECV_B, ACTION_FULL_BACKWARD,
                              ACTION_BACKWARD_INPUT, ACTION_KINDS},
        [SLOT_GRAD_INPUT] = {ACTION_FULL_BACKWARD, ACTION_BACKWARD_INPUT,
                             ACTION_SEND_B, ACTION_KINDS},
        [SLOT_KEPT] = {ACTION_BACKWARD_INPUT, ACTION_BACKWARD_WEIGHT,
                       ACTION_KINDS},
        [SLOT_OUTPUT] = {ACTION_FORWARD, ACTION_SEND_F, ACTION_KINDS},
    };
    struct life life = {10000000, -1};
    int rank = lowered->rank_of_stage[stage];

    for (int i = 0; ends[kind][i] != ACTION_KINDS; i++)
        stretch(&life, lowered, rank, ends[kind][i], stage, mb);
    /* A neighbour on the same rank reads this stage's output or gradient
     * where it lies. */
    if (kind == SLOT_STASH || kind == SLOT_OUTPUT)
        stretch(&life, lowered, rank, ACTION_FORWARD, stage + 1, mb);
    if (kind == SLOT_GRAD_INPUT && stage > 0) {
        stretch(&life, lowered, rank, ACTION_FULL_BACKWARD, stage - 1, mb);
        stretch(&life, lowered, rank, ACTION_BACKWARD_INPUT, stage - 1, mb);
    }
    return life;
}

/* The most lives that hold one place. A life begins at one of the begins. */
static int
most_at_once(const struct life *lives, int count)
{
    int most = 0;

    for (int a = 0; a < count; a++) {
        int live = 0;

        for (int b = 0; b < count; b++)
            live +=
                lives[b].from <= lives[a].from && lives[a].from <= lives[b].to;
        if (lives[a].to >= 0 && live > most)
            most = live;
    }
    return most;
}

/* A slot is held between the first and the last touch. */
static void
expect_held(const struct plan *lowered, int stage, enum slot_kind kind, int mb,
            const struct life *life)
{
    int rank = lowered->rank_of_stage[stage];

    for (long done = 0; done <= (long)lowered->lists[rank].count; done++)
        ck_assert_msg(slots_held(lowered, stage, kind, mb, (size_t)done) ==
                          (life->from < done && done <= life->to),
                      "%s: stage %d kind %d microbatch %d after %ld",
                      shape_text(lowered), stage, kind, mb, done);
}

static void
expect_slots_of(const struct slot_index *index, int stage, enum slot_kind kind)
{
    const struct plan *lowered = index->plan;
    struct life lives[MOST_MBS];
    struct slots slots;

    slots_assign(&slots, index, stage, kind);
    for (int m = 0; m < lowered->mbs; m++) {
        int slot = slots.of_mb[m];

        lives[m] = life_of(lowered, stage, m, kind);
        ck_assert_msg(lives[m].to < 0 ? slot == -1
                                      : slot >= 0 && slot < slots.count,
                      "%s: stage %d kind %d microbatch %d has slot %d of %d",
                      shape_text(lowered), stage, kind, m, slot, slots.count);
        expect_held(lowered, stage, kind, m, &lives[m]);
        for (int n = 0; n < m; n++)
            ck_assert_msg(slot < 0 || slots.of_mb[n] != slot ||
                              lives[n].to < lives[m].from ||
                              lives[m].to < lives[n].from,
                          "%s: stage %d kind %d: microbatches %d and %d are "
                          "alive at once in slot %d",
                          shape_text(lowered), stage, kind, n, m, slot);
    }
    ck_assert_msg(slots.count == most_at_once(lives, lowered->mbs),
                  "%s: stage %d kind %d takes %d slots for %d",
                  shape_text(lowered), stage, kind, slots.count,
                  most_at_once(lives, lowered->mbs));
    slots_fini(&slots);
}

static void
expect_slots(const struct plan *lowered)
{
    struct slot_index *index = slots_index_new(lowered);

    for (int s = 0; s < lowered->stages; s++)
        for (int k = 0; k < SLOT_KINDS; k++)
            expect_slots_of(index, s, (enum slot_kind)k);
    slots_index_free(index);
}

static int
slot_count(const struct plan *lowered, int stage, enum slot_kind kind)
{
    struct slot_index *index = slots_index_new(lowered);
    struct slots slots;

    slots_assign(&slots, index, stage, kind);
    slots_fini(&slots);
    slots_index_free(index);
    return slots.count;
}

START_TEST(no_two_live_microbatches_share_a_slot_and_none_is_spare)
{
    for (int ranks = 1; ranks <= MOST_RANKS; ranks++)
        for (int mbs = 1; mbs <= MOST_MBS; mbs += stride()) {
            struct plan *lowered = lowered_of(plain_schedules[_i], ranks, mbs);

            expect_slots(lowered);
            plan_free(lowered);
        }
}
END_TEST

/* Split backwards, overlaps and neighbours on one rank. */
START_TEST(slots_of_random_plans_are_as_tight)
{
    for (unsigned seed = 0; seed < RANDOM_PLANS; seed += (unsigned)stride()) {
        struct plan *plan = plan_random(seed);
        struct plan *lowered = lower(plan);

        expect_slots(lowered);
        plan_free(plan);
        plan_free(lowered);
    }
}
END_TEST

static int
expected_stash(const struct plan *plan, int rank)
{
    int left = plan->ranks - rank;

    if (strcmp(plan->name, "naive") == 0)
        return 1;
    if (strcmp(plan->name, "gpipe") == 0)
        return plan->mbs;
    return left < plan->mbs ? left : plan->mbs;
}

START_TEST(schedule_needs_the_stash_that_it_is_known_for)
{
    for (int ranks = 1; ranks <= MOST_RANKS; ranks++)
        for (int mbs = 1; mbs <= MOST_MBS; mbs++) {
            struct plan *lowered = lowered_of(plain_schedules[_i], ranks, mbs);

            for (int s = 0; s < ranks; s++)
                ck_assert_msg(slot_count(lowered, s, SLOT_STASH) ==
                                  expected_stash(lowered, s),
                              "%s: stage %d", shape_text(lowered), s);
            plan_free(lowered);
        }
}
END_TEST

START_TEST(gradients_pass_through_one_slot_each)
{
    for (int ranks = 1; ranks <= MOST_RANKS; ranks++) {
        struct plan *lowered =
            lowered_of(plain_schedules[_i], ranks, MOST_MBS);

        for (int s = 0; s < ranks; s++) {
            ck_assert_msg(slot_count(lowered, s, SLOT_GRAD_OUTPUT) == 1 &&
                              slot_count(lowered, s, SLOT_GRAD_INPUT) == 1,
                          "%s: stage %d", shape_text(lowered), s);
            ck_assert_msg(slot_count(lowered, s, SLOT_KEPT) == 0,
                          "%s: stage %d", shape_text(lowered), s);
        }
        plan_free(lowered);
    }
}
END_TEST

START_TEST(split_backward_keeps_until_its_weight_half)
{
    struct plan *lowered =
        lowered_drawn("0F0,0F1,0F2,0I0,0I1,0W0,0I2,0W1,0W2\n");

    ck_assert_int_eq(slot_count(lowered, 0, SLOT_STASH), 3);
    ck_assert_int_eq(slot_count(lowered, 0, SLOT_KEPT), 2);
    ck_assert_int_eq(slot_count(lowered, 0, SLOT_GRAD_INPUT), 1);
    plan_free(lowered);
}
END_TEST

START_TEST(neighbour_on_the_same_rank_holds_output_and_gradient)
{
    /* Forward only: stage 0's outputs wait for stage 1 in the stash. */
    struct plan *forward = lowered_drawn("0F0,0F1,0F2,1F0,1F1,1F2\n");
    struct plan *both = lowered_drawn("0F0,0F1,1F0,1F1,1B0,1B1,0B0,0B1\n");

    ck_assert_int_eq(slot_count(forward, 0, SLOT_STASH), 3);
    ck_assert_int_eq(slot_count(forward, 1, SLOT_STASH), 1);
    ck_assert_int_eq(slot_count(both, 1, SLOT_GRAD_INPUT), 2);
    ck_assert_int_eq(slot_count(both, 0, SLOT_GRAD_INPUT), 1);
    plan_free(forward);
    plan_free(both);
}
END_TEST

START_TEST(message_that_comes_early_takes_its_slot_early)
{
    struct plan *lowered =
        lowered_drawn("0F0,0SEND_F0,0F1,0SEND_F1,0RECV_B0,0RECV_B1,0B0,0B1\n"
                      "1RECV_F0,1RECV_F1,1F0,1B0,1F1,1B1,1SEND_B0,1SEND_B1\n");

    ck_assert_int_eq(slot_count(lowered, 1, SLOT_STASH), 2);
    ck_assert_int_eq(slot_count(lowered, 1, SLOT_GRAD_INPUT), 2);
    ck_assert_int_eq(slot_count(lowered, 0, SLOT_GRAD_OUTPUT), 2);
    plan_free(lowered);
}
END_TEST

/* GPipe over several stages a rank. */
static struct plan *
all_forwards_first(int ranks, int stages, int mbs)
{
    struct plan *plan =
        placement_plan(PLACEMENT_LOOPED, "looped", ranks, stages, mbs);

    for (int s = 0; s < stages; s++)
        for (int m = 0; m < mbs; m++)
            plan_add(plan, s % ranks, action_of(ACTION_FORWARD, s, m));
    for (int s = stages - 1; s >= 0; s--)
        for (int m = 0; m < mbs; m++)
            plan_add(plan, s % ranks, action_of(ACTION_FULL_BACKWARD, s, m));
    return plan;
}

/* Of a rank's actions each stage goes through its own and its neighbours'. */
START_TEST(a_stage_looks_at_as_much_however_many_its_rank_has)
{
    enum { RANKS = 2, MBS = 8 };

    for (int stages = 8; stages <= 512; stages *= 2) {
        struct plan *plan = all_forwards_first(RANKS, stages, MBS);
        struct plan *lowered = lower(plan);
        struct slot_index *index = slots_index_new(lowered);

        for (int s = 0; s < stages; s++) {
            size_t begin = s > 0 ? index->end[s - 1] : 0;

            ck_assert_uint_le(index->end[s] - begin, 6 * MBS);
        }
        slots_index_free(index);
        plan_free(lowered);
        plan_free(plan);
    }
}
END_TEST

TCase *
slots_case(void)
{
    TCase *tcase = tcase_create("slots");

    tcase_set_timeout(tcase, 60); /* sweeps, also under valgrind */
    tcase_add_loop_test(
        tcase, no_two_live_microbatches_share_a_slot_and_none_is_spare, 0, 3);
    tcase_add_test(tcase, slots_of_random_plans_are_as_tight);
    tcase_add_loop_test(tcase, schedule_needs_the_stash_that_it_is_known_for,
                        0, 3);
    tcase_add_loop_test(tcase, gradients_pass_through_one_slot_each, 0, 3);
    tcase_add_test(tcase, split_backward_keeps_until_its_weight_half);
    tcase_add_test(tcase,
                   neighbour_on_the_same_rank_holds_output_and_gradient);
    tcase_add_test(tcase, a_stage_looks_at_as_much_however_many_its_rank_has);
    tcase_add_test(tcase, message_that_comes_early_takes_its_slot_early);
    return tcase;
}
