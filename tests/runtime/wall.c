/* wall.c -- the trace in wall time: every action is there, its parts fit. */
#include "config.h"

#include "plans.h"
#include "toy.h"

/* Which parts a span may have. */
static bool
part_fits(const struct action *action, enum span_part part)
{
    if (part == SPAN_COPY || part == SPAN_OFF_CORE)
        return true;
    switch (action_class((enum action_kind)action->kind)) {
    case ACTION_CLASS_SEND:
        return part == SPAN_WAIT_ROOM;
    case ACTION_CLASS_RECV:
        return part == SPAN_WAIT_INPUT;
    default:
        return part == SPAN_COMPUTE;
    }
}

static void
expect_lane(const struct fixture *f, int rank)
{
    const struct action_list *list = &f->lowered->lists[rank];
    const struct lane *lane = &run_last(f->run)->wall.lanes[rank];
    int64_t last = 0;

    ck_assert_uint_eq(lane->count, list->count);
    for (size_t i = 0; i < lane->count; i++) {
        const struct span *span = &lane->spans[i];
        int64_t sum = 0;

        ck_assert(action_equal(&span->action, &list->at[i]));
        for (int p = 0; p < SPAN_PARTS; p++) {
            ck_assert(span->parts[p] >= 0);
            ck_assert_msg(span->parts[p] == 0 ||
                              part_fits(&span->action, (enum span_part)p),
                          "%s: rank %d, action %zu: %s", fixture_text(f), rank,
                          i, span_part_name((enum span_part)p));
            sum += span->parts[p];
        }
        ck_assert(span->start >= last && span->end >= span->start);
        ck_assert(sum <= span->end - span->start);
        last = span->end;
    }
}

static void
expect_wall(struct plan *lowered, const struct fixture_options *options)
{
    struct fixture f;
    bool starts_at_0 = false;

    fixture_init(&f, lowered, options);
    fixture_expect_run(&f, options->steps);
    for (int r = 0; r < f.lowered->ranks; r++) {
        expect_lane(&f, r);
        starts_at_0 |= run_last(f.run)->wall.lanes[r].spans[0].start == 0;
    }
    ck_assert_msg(starts_at_0, "%s", fixture_text(&f));
    fixture_fini(&f);
}

/* _i: bound or not, in lockstep or not. */
START_TEST(wall_spans_follow_each_other_and_their_parts_fit)
{
    struct fixture_options options = {
        .capacity = CAPACITY_AUTO,
        .steps = 3,
        .bind = _i % 2,
        .lockstep = _i / 2,
    };

    for (int ranks = 1; ranks <= 4; ranks++)
        for (int s = 0; s < 3; s++)
            expect_wall(lowered_of(plain_schedules[s], ranks, 6), &options);
    for (int i = 0; drawn_plans[i]; i++)
        expect_wall(lowered_drawn(drawn_plans[i]), &options);
}
END_TEST

/* A message is received after it was sent, in wall time as well. */
START_TEST(no_message_is_received_before_it_is_sent)
{
    struct fixture_options options = {
        .capacity = _i, .steps = 2, .bind = true};
    struct fixture f;

    fixture_init(&f, lowered_of("gpipe", 2, 9), &options);
    fixture_expect_run(&f, 2);
    for (int mb = 0; mb < 9; mb++) {
        /* 0F0 0SEND_F0 ..; 1RECV_F0 1F0 .. */
        const struct span *send =
            &run_last(f.run)->wall.lanes[0].spans[2 * mb + 1];
        const struct span *recv =
            &run_last(f.run)->wall.lanes[1].spans[2 * mb];

        ck_assert_int_eq(send->action.kind, ACTION_SEND_F);
        ck_assert_int_eq(recv->action.kind, ACTION_RECV_F);
        ck_assert(recv->end >= send->start + send->parts[SPAN_COPY]);
    }
    fixture_fini(&f);
}
END_TEST

/* A step of one action on one rank, which takes ns. */
static void
write_step(struct kept *kept, int step, int64_t ns)
{
    struct trace *wall = &kept_at(kept, step)->wall;
    struct span span = {.start = 1000 * step, .end = 1000 * step + ns};

    wall->lanes[0].count = 0;
    trace_add(wall, 0, &span);
    kept_settle(kept, step, step + 1);
}

START_TEST(an_outlier_is_not_the_median_of_the_latest_steps)
{
    struct plan *plan = lowered_of("gpipe", 1, 1);
    struct kept kept;
    int of;

    kept_init(&kept, plan);
    ck_assert_int_eq(kept.count, KEPT_STEPS);
    ck_assert_ptr_null(kept_median(&kept, &of));
    for (int step = 0; step < 100; step++) {
        int settled = step < KEPT_STEPS ? step + 1 : KEPT_STEPS;

        /* Every eighth step is held up. */
        write_step(&kept, step, step % 8 == 7 ? 900 : 10 + step);
        ck_assert_int_le(kept_median(&kept, &of)->ns, 10 + step);
        ck_assert_int_ge(kept_median(&kept, &of)->ns, 10 + step - settled);
        ck_assert_int_eq(of, settled);
    }
    kept_fini(&kept);
    plan_free(plan);
}
END_TEST

TCase *
wall_case(void)
{
    TCase *tcase = tcase_create("wall time");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(
        tcase, wall_spans_follow_each_other_and_their_parts_fit, 0, 4);
    tcase_add_loop_test(tcase, no_message_is_received_before_it_is_sent, 0, 3);
    tcase_add_test(tcase, an_outlier_is_not_the_median_of_the_latest_steps);
    return tcase;
}
