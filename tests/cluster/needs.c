/* needs.c -- times, links and bytes of stages. */
#include "config.h"

#include "cluster/needs.h"

#include "cases.h"
#include "plan/placement.h"

#include <stdlib.h>

/* Four layers, 1 to 4 of everything. */
static const char layers[] =
    "{\"layers\": ["
    "{\"forward\": 1, \"input\": 10, \"weight\": 100, \"parameter_bytes\": 20,"
    " \"activation_bytes\": 1000, \"weight_activation_bytes\": 100,"
    " \"output_bytes\": 500},"
    "{\"forward\": 2, \"input\": 20, \"weight\": 200, \"parameter_bytes\": 40,"
    " \"activation_bytes\": 2000, \"weight_activation_bytes\": 200,"
    " \"output_bytes\": 600},"
    "{\"forward\": 3, \"input\": 30, \"weight\": 300, \"parameter_bytes\": 60,"
    " \"activation_bytes\": 3000, \"weight_activation_bytes\": 300,"
    " \"output_bytes\": 700},"
    "{\"forward\": 4.0625, \"input\": 40, \"weight\": 400,"
    " \"parameter_bytes\": 80, \"activation_bytes\": 4000,"
    " \"weight_activation_bytes\": 400, \"output_bytes\": 800}]}";
static const int split[] = {1, 2, 1};

static const char machine[] =
    "{\"ranks\": 3, \"links\": [{\"latency\": \"5us\"}, "
    "{\"latency\": \"7us\", \"bandwidth\": \"100MB/s\"}, {}], "
    "\"replicas\": 3, \"reduce\": {\"latency\": \"2us\", "
    "\"bandwidth\": \"10MB/s\"}}";

START_TEST(a_stage_takes_the_sum_of_its_layers_in_thousandths)
{
    struct model *model = right_model(layers);
    struct cause cause;
    struct cost cost;

    cost_init(&cost, 3);
    ck_assert(needs_times(&cost, model, split, &cause));
    ck_assert_str_eq(cost.unit, "us");
    ck_assert_int_eq(cost.per_unit, COST_FINE);
    ck_assert_int_eq(cost.ticks[1][ACTION_FORWARD], 5000);
    ck_assert_int_eq(cost.ticks[1][ACTION_BACKWARD_INPUT], 50000);
    ck_assert_int_eq(cost.ticks[1][ACTION_BACKWARD_WEIGHT], 500000);
    ck_assert_int_eq(cost.ticks[1][ACTION_FULL_BACKWARD], 550000);
    ck_assert_int_eq(cost.ticks[1][ACTION_OPTIMIZER_STEP], 0);
    /* 4062.5 ticks, halves up. */
    ck_assert_int_eq(cost.ticks[2][ACTION_FORWARD], 4063);
    cost_fini(&cost);
    model_free(model);
}
END_TEST

static void
expect_link(const struct cost *cost, const struct plan *plan, int link,
            int64_t latency, int64_t hold, int wire)
{
    struct link_cost has = cost_link(cost, plan, link);

    ck_assert_int_eq(has.latency, latency);
    ck_assert_int_eq(has.hold, hold);
    ck_assert_int_eq(has.wire, wire);
    ck_assert_int_eq(cost_message(cost, plan, link), latency + hold);
}

START_TEST(messages_are_as_large_as_the_output_they_carry)
{
    struct model *model = right_model(layers);
    struct cluster *cluster = right_cluster(machine);
    struct plan *plan = placement_plan(PLACEMENT_LOOPED, "p", 3, 3, 1);
    struct cause cause;
    struct cost cost;

    cost_init(&cost, 3);
    ck_assert(needs_times(&cost, model, split, &cause));
    ck_assert(needs_links(&cost, cluster, 3, model, split, &cause));
    ck_assert(needs_linked(plan, cluster, &cause));
    /* Activations and gradients between stages 0 and 1; then 1 and 2, where 700
     * bytes take 7 us. */
    expect_link(&cost, plan, 0, 5000, 0, -1);
    expect_link(&cost, plan, 1, 5000, 0, -1);
    expect_link(&cost, plan, 2, 7000, 7000, 1 * 3 + 2);
    expect_link(&cost, plan, 3, 7000, 7000, 2 * 3 + 1);
    /* 2 x 2 x 2 us + 2 x 2/3 of 20, 100 and 80 bytes at 10 a us. */
    ck_assert_int_eq(cost.reduce[0], 8000 + 2667);
    ck_assert_int_eq(cost.reduce[1], 8000 + 13333);
    ck_assert_int_eq(cost.reduce[2], 8000 + 10667);
    cost_fini(&cost);
    plan_free(plan);
    cluster_free(cluster);
    model_free(model);
}
END_TEST

/* Stage 0 is on ranks 0 and 1, stage 1 on ranks 1 and 0. */
START_TEST(two_copies_exchange_as_much_as_their_parameters)
{
    static const int halves[] = {2, 2};
    static const int ranks[] = {0, 1, 1, 0};
    struct model *model = right_model(layers);
    struct cluster *cluster = right_cluster(
        "{\"link\": {\"latency\": \"5us\", \"bandwidth\": \"100MB/s\"}}");
    struct plan *plan = plan_new("p", 2, 2, 2);
    struct cause cause;
    struct cost cost;

    plan_double(plan);
    for (int place = 0; place < 4; place++)
        plan->rank_of_stage[place] = ranks[place];
    cost_init(&cost, 2);
    ck_assert(needs_times(&cost, model, halves, &cause));
    ck_assert(needs_links(&cost, cluster, 2, model, halves, &cause));
    ck_assert(needs_linked(plan, cluster, &cause));
    /* Outputs of 600 bytes, of each copy; then gradients of 60 and 140. */
    expect_link(&cost, plan, 0, 5000, 6000, 0 * 2 + 1);
    expect_link(&cost, plan, 4, 5000, 6000, 1 * 2 + 0);
    expect_link(&cost, plan, 6, 5000, 600, 0 * 2 + 1);
    expect_link(&cost, plan, 7, 5000, 600, 1 * 2 + 0);
    expect_link(&cost, plan, 8, 5000, 1400, 1 * 2 + 0);
    expect_link(&cost, plan, 9, 5000, 1400, 0 * 2 + 1);
    cost_fini(&cost);
    plan_free(plan);
    cluster_free(cluster);
    model_free(model);
}
END_TEST

START_TEST(what_a_machine_lacks_is_said)
{
    struct cluster *cluster = right_cluster(machine);
    struct cluster *far =
        right_cluster("{\"ranks\": 4, \"links\": [{}, {}, {}, {}]}");
    struct plan *plan = placement_plan(PLACEMENT_LOOPED, "p", 4, 4, 1);
    struct cause cause;
    struct cost cost;

    cost_init(&cost, 3);
    ck_assert(needs_links(&cost, far, 3, NULL, NULL, &cause));
    ck_assert(!needs_links(&cost, cluster, 3, NULL, NULL, &cause));
    ck_assert_str_eq(
        cause.text, "links: times with a unit, while the durations have none; "
                    "give them one, as in F=20us");
    ck_assert(cost_parse(&cost, "F=20us", &cause));
    ck_assert(!needs_links(&cost, cluster, 3, NULL, NULL, &cause));
    ck_assert_str_eq(cause.text,
                     "links: a bandwidth, while no model says how large "
                     "messages are; give a model");
    ck_assert(needs_linked(plan, far, &cause));
    plan->rank_of_stage[1] = 2;
    plan->rank_of_stage[2] = 1;
    ck_assert(!needs_linked(plan, far, &cause));
    ck_assert_str_eq(cause.text,
                     "p: rank 0 hands stage 0's output to rank 2, and the "
                     "cluster names no link between them; name it with link "
                     "or node");
    cost_fini(&cost);
    plan_free(plan);
    cluster_free(far);
    cluster_free(cluster);
}
END_TEST

START_TEST(a_stage_keeps_its_activations_or_its_input)
{
    static const bool recompute[] = {false, true, true};
    struct model *model = right_model(layers);
    struct footprint *all = needs_footprints(model, split, 3, NULL);
    struct footprint *less = needs_footprints(model, split, 3, recompute);

    ck_assert_int_eq(all[1].stash, 5000);
    ck_assert_int_eq(all[1].owed, 500);
    ck_assert_int_eq(all[1].backward, 0);
    ck_assert_int_eq(less[0].stash, 1000);
    ck_assert_int_eq(less[1].stash, 500);
    ck_assert_int_eq(less[1].backward, 5000);
    ck_assert_int_eq(less[1].input, 5000);
    ck_assert_int_eq(less[1].owed, 500);
    ck_assert_int_eq(less[2].stash, 700);
    free(less);
    free(all);
    model_free(model);
}
END_TEST

/* Half an all-reduce; a stage that reduces its gradients has no other. */
START_TEST(sharding_takes_what_the_replicas_links_do)
{
    struct model *model = right_model(layers);
    struct cluster *cluster = right_cluster(machine);
    struct plan *plan = placement_plan(PLACEMENT_LOOPED, "sharded", 3, 3, 1);
    struct cause cause = {.text = ""};
    struct cost cost;

    plan_add(plan, 1, action_of(ACTION_REDUCE_GRAD, 1, 0));
    cost_init(&cost, 3);
    ck_assert(needs_times(&cost, model, split, &cause));
    ck_assert(needs_links(&cost, cluster, 3, model, split, &cause));
    ck_assert(needs_sharding(&cost, cluster, plan, model, split, &cause));
    ck_assert_int_eq(cost.ticks[0][ACTION_UNSHARD], 4000 + 1333);
    ck_assert_int_eq(cost.ticks[1][ACTION_UNSHARD], 4000 + 6667);
    ck_assert_int_eq(cost.ticks[1][ACTION_REDUCE_GRAD], 4000 + 6667);
    ck_assert_int_eq(cost.ticks[1][ACTION_RESHARD], 0);
    ck_assert_int_eq(cost.reduce[0], 8000 + 2667);
    ck_assert_int_eq(cost.reduce[1], 0);
    cost_fini(&cost);
    plan_free(plan);
    cluster_free(cluster);
    model_free(model);
}
END_TEST

TCase *
needs_case(void)
{
    TCase *tcase = tcase_create("needs");

    tcase_add_test(tcase, a_stage_takes_the_sum_of_its_layers_in_thousandths);
    tcase_add_test(tcase, messages_are_as_large_as_the_output_they_carry);
    tcase_add_test(tcase, two_copies_exchange_as_much_as_their_parameters);
    tcase_add_test(tcase, sharding_takes_what_the_replicas_links_do);
    tcase_add_test(tcase, what_a_machine_lacks_is_said);
    tcase_add_test(tcase, a_stage_keeps_its_activations_or_its_input);
    return tcase;
}
