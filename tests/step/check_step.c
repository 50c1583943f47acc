/* check_step.c -- the stepper: a training that moves turn by turn is the same
 * training, forwards and back; and the conversation that moves it. */
#include "config.h"

#include "step/conversation.h"
#include "search/schedule.h"
#include "train/rig.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS = 3, MBS = 4 };

struct fixture {
    struct rig rig;
    struct plan *plan;
    int split[RIG_LAYERS];
    struct stepper stepper;
    size_t turns; /* of all steps */
};

/* Four stages; twice as many examples as a batch has, shuffled each epoch. */
static void
open_stepper(struct fixture *f, const char *schedule, int ranks, int capacity)
{
    struct rig_settings settings = {
        .shuffle = true,
        .lockstep = true,
        .capacity = capacity,
        .batch = RIG_BATCH,
        .steps = STEPS,
    };
    struct cause cause;

    f->plan = schedule_plan(schedule, ranks, 4, MBS, &cause);
    ck_assert_msg(f->plan != NULL, "%s", cause.text);
    rig_split(4, f->split);
    rig_open(&f->rig, f->plan, f->split, MBS, &settings);
    stepper_init(&f->stepper, &f->rig.trainer->options);
    f->turns = STEPS * f->stepper.options.run.timing.turn_count;
}

static void
close_stepper(struct fixture *f)
{
    stepper_fini(&f->stepper);
    rig_close(&f->rig);
    plan_free(f->plan);
}

/* Turns that have been taken since the beginning. */
static size_t
taken(const struct stepper *stepper)
{
    return (size_t)stepper->step * stepper->options.run.timing.turn_count +
           stepper->turn;
}

static void
expect_same_actions(const struct stepper_action a[], int a_count,
                    const struct stepper_action b[], int b_count)
{
    ck_assert_int_eq(a_count, b_count);
    for (int i = 0; i < a_count; i++) {
        ck_assert_int_eq(a[i].rank, b[i].rank);
        ck_assert_uint_eq(a[i].index, b[i].index);
        ck_assert_ptr_eq(a[i].action, b[i].action);
    }
}

/* What came next has come; true while there was something. */
static bool
take_announced(struct stepper *stepper)
{
    struct stepper_action next[2];
    struct stepper_action last[2];
    int count = stepper_next(stepper, next);
    size_t before = taken(stepper);
    size_t turns = stepper_take(stepper, 1);

    ck_assert_uint_eq(turns, count > 0);
    if (turns == 0)
        return false;
    ck_assert_uint_eq(taken(stepper), before + 1);
    expect_same_actions(last, stepper_last(stepper, last), next, count);
    return true;
}

static void
expect_training(const char *schedule, int ranks, int capacity)
{
    struct fixture f;
    size_t turns = 0;

    open_stepper(&f, schedule, ranks, capacity);
    while (take_announced(&f.stepper))
        turns++;
    ck_assert_uint_eq(turns, f.turns);
    ck_assert_int_eq(f.stepper.status, RUN_DONE);
    ck_assert_int_eq(trainer_steps(f.rig.trainer, STEPS), RUN_DONE);
    for (int s = 0; s < STEPS; s++)
        ck_assert_msg(trainer_loss(f.stepper.trainer, s) ==
                          trainer_loss(f.rig.trainer, s),
                      "%s, capacity %d: loss of step %d", schedule, capacity,
                      s);
    ck_assert_msg(trainer_weights_hash(f.stepper.trainer) ==
                      trainer_weights_hash(f.rig.trainer),
                  "%s, capacity %d: weights", schedule, capacity);
    close_stepper(&f);
}

START_TEST(stepping_through_a_training_gives_its_losses_and_weights)
{
    for (int capacity = 1; capacity <= 2; capacity++) {
        expect_training("naive", 4, capacity);
        expect_training("gpipe", 4, capacity);
        expect_training("1f1b", 4, capacity);
        expect_training("zb1p", 4, capacity);
    }
    expect_training("gpipe", 4, 0);
    expect_training("interleaved-1f1b", 2, CAPACITY_AUTO);
    expect_training("zbv", 2, CAPACITY_AUTO);
}
END_TEST

static void
expect_same_state(const struct stepper *a, const struct stepper *b)
{
    const struct trace *at = &a->trainer->run->virtual;
    const struct trace *bt = &b->trainer->run->virtual;

    ck_assert_int_eq(a->step, b->step);
    ck_assert_uint_eq(a->turn, b->turn);
    ck_assert_int_eq(a->now, b->now);
    ck_assert_int_eq(a->held, b->held);
    ck_assert(trainer_weights_hash(a->trainer) ==
              trainer_weights_hash(b->trainer));
    for (int r = 0; r < at->ranks; r++) {
        ck_assert_uint_eq(a->position[r], b->position[r]);
        ck_assert_uint_eq(at->lanes[r].count, bt->lanes[r].count);
        for (size_t i = 0; i < at->lanes[r].count; i++)
            ck_assert_int_eq(at->lanes[r].spans[i].end,
                             bt->lanes[r].spans[i].end);
    }
}

static void
take_all(struct stepper *stepper, size_t turns)
{
    while (turns > 0) {
        size_t some = stepper_take(stepper, turns);

        ck_assert_uint_gt(some, 0);
        turns -= some;
    }
}

/* _i: how many turns back. */
START_TEST(going_back_leads_to_where_it_was)
{
    struct fixture back;
    struct fixture straight;
    size_t undone = (size_t)_i * 13;

    open_stepper(&back, "1f1b", 4, 1);
    open_stepper(&straight, "1f1b", 4, 1);
    take_all(&back.stepper, back.turns - 20);
    stepper_back(&back.stepper, undone);
    take_all(&straight.stepper, back.turns - 20 - undone);
    expect_same_state(&back.stepper, &straight.stepper);
    ck_assert_int_eq(take_announced(&back.stepper), true);
    ck_assert_int_eq(take_announced(&straight.stepper), true);
    expect_same_state(&back.stepper, &straight.stepper);
    close_stepper(&straight);
    close_stepper(&back);
}
END_TEST

START_TEST(one_cannot_go_back_beyond_the_beginning)
{
    struct fixture f;

    open_stepper(&f, "gpipe", 4, 1);
    take_all(&f.stepper, 30);
    stepper_back(&f.stepper, 31);
    ck_assert_uint_eq(taken(&f.stepper), 0);
    ck_assert_int_eq(f.stepper.now, 0);
    ck_assert_int_eq(take_announced(&f.stepper), true);
    close_stepper(&f);
}
END_TEST

/* A rank that computes at a moment has not come to what it does next. */
START_TEST(whoever_is_at_work_is_said_to_be)
{
    struct fixture f;
    struct action first = action_of(ACTION_FORWARD, 0, 0);
    struct stepper_action found;
    size_t position[4];

    open_stepper(&f, "1f1b", 4, 1);
    ck_assert(stepper_find(&f.stepper, &first, &found));
    ck_assert_int_eq(found.rank, 0);
    take_all(&f.stepper, 1);
    ck_assert_uint_eq(f.stepper.position[0], 1);
    stepper_whereabouts(&f.stepper, position);
    ck_assert_uint_eq(position[0], found.index);
    first.mb = MBS;
    ck_assert(!stepper_find(&f.stepper, &first, &found));
    close_stepper(&f);
}
END_TEST

/* ---- the conversation ---- */

struct asked {
    int times;
    int interrupt; /* at which of them */
};

static bool
interrupt_then(void *context)
{
    struct asked *asked = context;

    return ++asked->times == asked->interrupt;
}

/* What is typed moves a stepper and is answered, with no command line, no
 * terminal and no signal. _i: the turn that an interruption comes in. */
START_TEST(an_interruption_ends_a_move_after_its_turn)
{
    struct fixture f;
    struct asked asked = {.interrupt = _i};
    struct conversation talk = {.interrupted = interrupt_then,
                                .context = &asked};
    char *answer = NULL;
    size_t size;

    open_stepper(&f, "1f1b", 4, 1);
    stepper_init(&talk.stepper, &f.rig.trainer->options);
    talk.out = open_memstream(&answer, &size);
    conversation_obey(&talk, "continue");
    ck_assert_uint_eq(taken(&talk.stepper), (size_t)_i);
    conversation_obey(&talk, "memory");
    conversation_obey(&talk, "q");
    ck_assert(talk.over);
    fclose(talk.out);
    ck_assert_msg(strstr(answer, "interrupted\n") != NULL, "%s", answer);
    ck_assert_msg(strstr(answer, "\nrank 3 ") != NULL, "%s", answer);
    free(answer);
    stepper_fini(&talk.stepper);
    conversation_fini(&talk);
    close_stepper(&f);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("step");
    TCase *tcase = tcase_create("stepper");

    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    tcase_add_test(tcase,
                   stepping_through_a_training_gives_its_losses_and_weights);
    tcase_add_loop_test(tcase, going_back_leads_to_where_it_was, 0, 9);
    tcase_add_test(tcase, one_cannot_go_back_beyond_the_beginning);
    tcase_add_test(tcase, whoever_is_at_work_is_said_to_be);
    tcase_add_loop_test(tcase, an_interruption_ends_a_move_after_its_turn, 1,
                        20);
    return suite_main(suite);
}
