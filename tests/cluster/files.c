/* files.c -- what files say, and what is said of files that are wrong. */
#include "config.h"

#include "cases.h"

#include <string.h>

/* ---- models ---- */

START_TEST(layers_have_what_the_file_gives_them)
{
    struct model *model = right_model(
        "{\"unit\": \"ms\", \"bytes\": 4, \"layers\": ["
        "{\"name\": \"embedding\", \"forward\": 0.5, \"input\": 0, "
        "\"weight\": 0.25, \"parameter_bytes\": \"2KiB\"},"
        "{\"name\": \"block\", \"repeat\": 2, \"forward\": 1, \"input\": 1.5, "
        "\"weight\": 2, \"activation_bytes\": 1e3, "
        "\"weight_activation_bytes\": 400, \"output_bytes\": \"1.5kB\"}]}");
    struct model_layer all;

    ck_assert_str_eq(model->unit, "ms");
    ck_assert_int_eq(model->element, 4);
    ck_assert_int_eq(model->count, 3);
    ck_assert(!model->in_flops);
    ck_assert_str_eq(model->layers[2].name, "block");
    ck_assert_int_eq(model->layers[0].parameter_bytes, 2048);
    ck_assert_int_eq(model->layers[0].output_bytes, 0);
    all = model_stage(model, 0, 3);
    ck_assert_double_eq(all.forward, 2.5);
    ck_assert_double_eq(all.input, 3.0);
    ck_assert_double_eq(all.weight, 4.25);
    ck_assert_int_eq(all.activation_bytes, 2000);
    ck_assert_int_eq(all.weight_activation_bytes, 800);
    ck_assert_int_eq(all.output_bytes, 1500);
    model_free(model);
}
END_TEST

START_TEST(times_are_in_microseconds_unless_there_is_a_unit)
{
    struct model *model = right_model(
        "{\"layers\": [{\"forward\": 1, \"input\": 1, \"weight\": 1}]}");

    ck_assert_str_eq(model->unit, "us");
    ck_assert_int_eq(model->element, 2);
    model_free(model);
}
END_TEST

static void
expect_times(const struct model_layer *layer, double forward, double input,
             double weight)
{
    ck_assert_double_eq_tol(layer->forward, forward, 1e-9 + 1e-9 * forward);
    ck_assert_double_eq_tol(layer->input, input, 1e-9 + 1e-9 * input);
    ck_assert_double_eq_tol(layer->weight, weight, 1e-9 + 1e-9 * weight);
}

static void
expect_bytes(const struct model_layer *layer, int64_t parameters,
             int64_t activations, int64_t until_weight, int64_t output)
{
    ck_assert_int_eq(layer->parameter_bytes, parameters);
    ck_assert_int_eq(layer->activation_bytes, activations);
    ck_assert_int_eq(layer->weight_activation_bytes, until_weight);
    ck_assert_int_eq(layer->output_bytes, output);
}

/* b = 3, s = 4, h = 8, a = 2, v = 10: sbh is 96. */
START_TEST(a_transformer_follows_the_papers_formulas)
{
    struct model *model = right_model(
        "{\"transformer\": {\"blocks\": 5, \"hidden\": 8, \"heads\": 2, "
        "\"sequence\": 4, \"vocabulary\": 10, \"microbatch\": 3}}");

    ck_assert_int_eq(model->count, 7);
    ck_assert(model->in_flops);
    /* The lookup takes no time; the dropout's mask is a byte each. */
    expect_times(&model->layers[0], 0, 0, 0);
    expect_bytes(&model->layers[0], 2 * (10 + 4) * 8, 96, 0, 192);
    /* 96 (192 + 16), 96 (192 + 32), 24 x 96 x 8; 2 (12 x 64 + 13 x 8);
     * 34 x 96 + 5 x 2 x 16 x 3; 32 x 96; 2 x 96. */
    expect_times(&model->layers[1], 19968, 21504, 18432);
    expect_bytes(&model->layers[1], 1744, 3744, 3072, 192);
    ck_assert_int_eq(
        memcmp(&model->layers[1], &model->layers[5], sizeof *model->layers),
        0);
    /* 2 x 96 x 10; 2 x 10 x 8; 4 x 96 + 4 x 4 x 3 x 10; 2 x 96 + 480. */
    expect_times(&model->layers[6], 1920, 1920, 1920);
    expect_bytes(&model->layers[6], 160, 864, 672, 0);
    model_at_speed(model, 2e6);
    ck_assert(!model->in_flops);
    expect_times(&model->layers[1], 9984, 10752, 9216);
    model_free(model);
}
END_TEST

/* The models of Qi et al. (ICLR 2024), sized as they say: what stays from I to
 * W is 32h / (34h + 5as) of the activations. */
START_TEST(the_papers_models_keep_the_share_that_it_says)
{
    static const struct {
        int hidden, heads, blocks;
        double share;
        double billions;
    } models[] = {{2304, 24, 22, 0.3664, 1.5},
                  {4096, 32, 30, 0.4324, 6.2},
                  {5120, 40, 46, 0.4324, 14.6},
                  {6144, 48, 62, 0.4324, 28.3}};
    const size_t i = (size_t)_i;
    char text[240];
    struct model *model;
    struct model_layer all;

    snprintf(text, sizeof text,
             "{\"transformer\": {\"blocks\": %d, \"hidden\": %d, \"heads\": "
             "%d, \"sequence\": 1024, \"vocabulary\": 50257}}",
             models[i].blocks, models[i].hidden, models[i].heads);
    model = right_model(text);
    ck_assert_double_eq_tol((double)model->layers[1].weight_activation_bytes /
                                (double)model->layers[1].activation_bytes,
                            models[i].share, 5e-5);
    /* The head is a matrix of its own here, and counts. */
    all = model_stage(model, 0, model->count - 1);
    ck_assert_double_eq_tol((double)all.parameter_bytes / 2e9,
                            models[i].billions, 0.015 * models[i].billions);
    model_free(model);
}
END_TEST

START_TEST(layers_are_shared_among_stages_evenly)
{
    struct model *model = right_model(
        "{\"layers\": [{\"repeat\": 7, \"forward\": 1, \"input\": 1, "
        "\"weight\": 1}]}");
    struct cause cause;
    int split[8];

    ck_assert(model_split(model, 3, split, &cause));
    ck_assert_int_eq(split[0], 3);
    ck_assert_int_eq(split[1], 2);
    ck_assert_int_eq(split[2], 2);
    ck_assert(!model_split(model, 8, split, &cause));
    ck_assert_str_eq(cause.text, "8 stages for 7 layers; use at most as many "
                                 "stages as layers");
    model_free(model);
}
END_TEST

/* ---- clusters ---- */

START_TEST(an_empty_cluster_is_any_number_of_ranks_without_distance)
{
    struct cluster *cluster = right_cluster("{}");

    ck_assert_int_eq(cluster->ranks, 0);
    ck_assert_int_eq(cluster->replicas, 1);
    ck_assert_int_eq(cluster->memory, 0);
    ck_assert_double_eq(cluster->optimizer_bytes, 12.0);
    ck_assert(cluster_link(cluster, 0, 5).named);
    ck_assert_double_eq(cluster_link(cluster, 0, 5).latency, 0.0);
    ck_assert_double_eq(cluster_all_reduce(cluster, 1e9), 0.0);
    cluster_free(cluster);
}
END_TEST

START_TEST(a_cluster_has_what_its_file_gives_it)
{
    struct cluster *cluster = right_cluster(
        "{\"ranks\": 8, \"memory\": \"80GiB\", \"flops\": 312e12, "
        "\"efficiency\": 0.5, \"optimizer_bytes_per_parameter\": 8, "
        "\"link\": {\"latency\": \"5us\", \"bandwidth\": \"25GB/s\"}, "
        "\"replicas\": 4, \"reduce\": {\"latency\": \"20us\", "
        "\"bandwidth\": \"40GB/s\"}}");

    ck_assert_int_eq(cluster->ranks, 8);
    ck_assert_int_eq(cluster->memory, INT64_C(80) << 30);
    ck_assert_double_eq(cluster->flops, 156e12);
    ck_assert_double_eq(cluster->optimizer_bytes, 8.0);
    ck_assert_double_eq_tol(cluster_link(cluster, 3, 6).latency, 5e-6, 1e-15);
    ck_assert_double_eq(cluster_link(cluster, 3, 6).bandwidth, 25e9);
    /* 2 x 3 x 20 us + 2 x 3/4 x 25 ms */
    ck_assert_double_eq_tol(cluster_all_reduce(cluster, 1e9), 0.03762, 1e-12);
    cluster_free(cluster);
}
END_TEST

START_TEST(links_of_a_ring_lead_to_neighbours_alone)
{
    struct cluster *cluster =
        right_cluster("{\"ranks\": 3, \"links\": [{\"latency\": \"1us\"}, "
                      "{\"latency\": \"2us\"}, {\"latency\": \"3us\"}]}");
    struct cluster *long_ring = right_cluster(
        "{\"ranks\": 4, \"links\": [{}, {}, {}, {\"latency\": \"1s\"}]}");
    static const double microseconds[3][3] = {{0, 1, 3}, {1, 0, 2}, {3, 2, 0}};

    for (int from = 0; from < 3; from++)
        for (int to = 0; to < 3; to++)
            if (from != to)
                ck_assert_double_eq_tol(
                    cluster_link(cluster, from, to).latency,
                    1e-6 * microseconds[from][to], 1e-15);
    ck_assert(!cluster_link(long_ring, 0, 2).named);
    ck_assert(!cluster_link(long_ring, 3, 1).named);
    ck_assert_double_eq(cluster_link(long_ring, 0, 3).latency, 1.0);
    ck_assert_double_eq(cluster_link(long_ring, 3, 0).latency, 1.0);
    cluster_free(cluster);
    cluster_free(long_ring);
}
END_TEST

START_TEST(links_inside_a_node_are_others_than_between_nodes)
{
    struct cluster *cluster = right_cluster(
        "{\"node\": {\"size\": 4, \"inside\": {\"latency\": \"1us\"}, "
        "\"between\": {\"latency\": \"9us\"}}}");

    for (int from = 0; from < 10; from++)
        for (int to = 0; to < 10; to++)
            ck_assert_double_eq_tol(cluster_link(cluster, from, to).latency,
                                    from / 4 == to / 4 ? 1e-6 : 9e-6, 1e-15);
    cluster_free(cluster);
}
END_TEST

/* ---- wrong files ---- */

struct wrong {
    const char *text;
    const char *said; /* behind the file's name */
};

#define TIMES "\"forward\": 1, \"input\": 1, \"weight\": 1"
#define SIZES(hidden)                                                         \
    "{\"transformer\": {\"blocks\": 1, \"hidden\": " hidden                   \
    ", \"heads\": 1, \"sequence\": 1, \"vocabulary\": 1}}"

static const struct wrong wrong_models[] = {
    {"", "line 1: '[' or '{' expected near end of file; give JSON"},
    {"[]", "it is no object; begin with {"},
    {"{\"unit\": \"us\"}", "layers is no list of layers; give at least one"},
    {"{\"layers\": []}", "layers is no list of layers; give at least one"},
    {"{\"layers\": {}}", "layers is no list of layers; give at least one"},
    {"{\"layers\": [3]}", "layers[0] is no object; begin with {"},
    {"{\"layers\": [{" TIMES "}, {\"forward\": 1, \"input\": 1}]}",
     "layers[1].weight is missing; give it"},
    {"{\"layers\": [{\"input\": 1, \"weight\": 1}]}",
     "layers[0].forward is missing; give it"},
    {"{\"layers\": [{" TIMES ", \"backward\": 2}]}",
     "layers[0].backward is no key here; leave it out"},
    {"{\"layers\": [{" TIMES "}], \"layer\": 1}",
     "layer is no key here; leave it out"},
    {"{\"layers\": [{" TIMES "}], \"layers\": []}",
     "line 1: duplicate object key near '\"layers\"'; give JSON"},
    {"{\"layers\": [{\"forward\": -1, \"input\": 1, \"weight\": 1}]}",
     "layers[0].forward is -1; use a number from 0 to 1e+07"},
    {"{\"layers\": [{\"forward\": 1, \"input\": 1e300, \"weight\": 1}]}",
     "layers[0].input is 1e+300; use a number from 0 to 1e+07"},
    {"{\"layers\": [{\"forward\": \"1us\", \"input\": 1, \"weight\": 1}]}",
     "layers[0].forward is \"1us\"; use a number from 0 to 1e+07"},
    {"{\"layers\": [{\"forward\": null, \"input\": 1, \"weight\": 1}]}",
     "layers[0].forward is no number; use a number from 0 to 1e+07"},
    {"{\"layers\": [{" TIMES ", \"repeat\": 0}]}",
     "layers[0].repeat is 0; use a number from 1 to 65535"},
    {"{\"layers\": [{" TIMES ", \"repeat\": 1.5}]}",
     "layers[0].repeat is 1.5; use a whole number"},
    {"{\"layers\": [{" TIMES ", \"repeat\": 65535}, {" TIMES "}]}",
     "layers[1].repeat makes more than 65535 layers; use fewer"},
    {"{\"layers\": [{" TIMES ", \"parameter_bytes\": -1}]}",
     "layers[0].parameter_bytes is -1; use bytes, as 1048576 or \"80GiB\""},
    {"{\"layers\": [{" TIMES ", \"output_bytes\": \"3 apples\"}]}",
     "layers[0].output_bytes is \"3 apples\"; use bytes, as 1048576 or "
     "\"80GiB\""},
    {"{\"layers\": [{" TIMES ", \"activation_bytes\": 1, "
     "\"weight_activation_bytes\": 2}]}",
     "layers[0].weight_activation_bytes is more than activation_bytes, of "
     "which it is a part; lower it"},
    {"{\"unit\": \"h\", \"layers\": [{" TIMES "}]}",
     "unit is no unit of time; use \"ns\", \"us\", \"ms\" or \"s\""},
    {"{\"unit\": 3, \"layers\": [{" TIMES "}]}",
     "unit is no unit of time; use \"ns\", \"us\", \"ms\" or \"s\""},
    {"{\"bytes\": 0, \"layers\": [{" TIMES "}]}",
     "bytes is 0; use a number from 1 to 16"},
    {"{\"transformer\": 3}", "transformer is no object; begin with {"},
    {"{\"transformer\": {\"blocks\": 1}}",
     "transformer.hidden is missing; give it"},
    {SIZES("0"), "transformer.hidden is 0; use a number from 1 to "
                 "1.67772e+07"},
    {SIZES("8, \"layers\": 3"),
     "transformer.layers is no key here; leave it out"},
    {"{\"transformer\": {\"blocks\": 1, \"hidden\": 1, \"heads\": 1, "
     "\"sequence\": 1, \"vocabulary\": 1}, \"layers\": []}",
     "layers is no key here; leave it out"},
};

static const struct wrong wrong_clusters[] = {
    {"{", "line 1: string or '}' expected near end of file; give JSON"},
    {"3", "line 1: '[' or '{' expected near '3'; give JSON"},
    {"{\"rank\": 4}", "rank is no key here; leave it out"},
    {"{\"ranks\": 0}", "ranks is 0; use a number from 1 to 4096"},
    {"{\"ranks\": 2.5}", "ranks is 2.5; use a whole number"},
    {"{\"ranks\": 4, \"ranks\": 5}",
     "line 1: duplicate object key near '\"ranks\"'; give JSON"},
    {"{\"memory\": \"80GiBs\"}",
     "memory is \"80GiBs\"; use bytes, as 1048576 or \"80GiB\""},
    {"{\"memory\": -3}", "memory is -3; use bytes, as 1048576 or \"80GiB\""},
    {"{\"flops\": 1e30}", "flops is 1e+30; use a number "
                          "from 0 to 1e+21"},
    {"{\"efficiency\": 0}", "efficiency is 0; use a number from 1e-06 to 1"},
    {"{\"efficiency\": 2}", "efficiency is 2; use a number from 1e-06 to 1"},
    {"{\"optimizer_bytes_per_parameter\": -1}",
     "optimizer_bytes_per_parameter is -1; use a number from 0 to 1024"},
    {"{\"replicas\": 0}", "replicas is 0; use a number from 1 to 1.04858e+06"},
    {"{\"link\": {\"latency\": 5}}",
     "link.latency is 5; use a time, as \"20us\" or \"1.5ms\""},
    {"{\"link\": {\"latency\": \"5GB\"}}",
     "link.latency is \"5GB\"; use a time, as \"20us\" or \"1.5ms\""},
    {"{\"link\": {\"latency\": \"-5us\"}}",
     "link.latency is \"-5us\"; use a time, as \"20us\" or \"1.5ms\""},
    {"{\"link\": {\"bandwidth\": \"25GB\"}}",
     "link.bandwidth is \"25GB\"; use bytes a second, as \"25GB/s\""},
    {"{\"link\": {\"bandwidth\": 25}}",
     "link.bandwidth is 25; use bytes a second, as \"25GB/s\""},
    {"{\"link\": {\"bandwidth\": \"0GB/s\"}}",
     "link.bandwidth is \"0GB/s\"; use bytes a second, as \"25GB/s\""},
    {"{\"link\": {\"delay\": 1}}", "link.delay is no key here; leave it out"},
    {"{\"link\": []}", "link is no object; begin with {"},
    {"{\"link\": {}, \"node\": {}}",
     "link, links and node exclude each other; give one"},
    {"{\"link\": {}, \"links\": []}",
     "link, links and node exclude each other; give one"},
    {"{\"links\": [{}]}", "links needs \"ranks\"; give it"},
    {"{\"ranks\": 2, \"links\": [{}]}",
     "links is no list of 2 links; give one for each neighbouring pair of "
     "ranks, and the one that closes the ring"},
    {"{\"ranks\": 2, \"links\": [{}, {\"latency\": \"x\"}]}",
     "links[1].latency is \"x\"; use a time, as \"20us\" or \"1.5ms\""},
    {"{\"ranks\": 2, \"links\": [{}, 4]}",
     "links[1] is no object; begin with {"},
    {"{\"node\": {\"inside\": {}, \"between\": {}}}",
     "node.size is missing; give it"},
    {"{\"node\": {\"size\": 0, \"inside\": {}, \"between\": {}}}",
     "node.size is 0; use a number from 1 to 4096"},
    {"{\"node\": {\"size\": 2, \"inside\": {}}}",
     "node.between is no object; begin with {"},
    {"{\"node\": {\"size\": 2, \"inside\": {\"latency\": 1}, \"between\": "
     "{}}}",
     "node.inside.latency is 1; use a time, as \"20us\" or \"1.5ms\""},
    {"{\"reduce\": {\"bandwith\": \"1GB/s\"}}",
     "reduce.bandwith is no key here; leave it out"},
};

enum {
    WRONG_MODELS = sizeof wrong_models / sizeof *wrong_models,
    WRONG_CLUSTERS = sizeof wrong_clusters / sizeof *wrong_clusters
};

static void
expect_said(const struct cause *cause, const char *file,
            const struct wrong *wrong)
{
    char said[256];

    snprintf(said, sizeof said, "%s: %s", file, wrong->said);
    ck_assert_msg(strcmp(cause->text, said) == 0, "%s\nsays   %s\nnot    %s",
                  wrong->text, cause->text, said);
}

START_TEST(a_wrong_model_is_said_with_file_key_and_remedy)
{
    struct cause cause;

    ck_assert_ptr_null(model_of_text(wrong_models[_i].text, &cause));
    expect_said(&cause, "m.json", &wrong_models[_i]);
}
END_TEST

START_TEST(a_wrong_cluster_is_said_with_file_key_and_remedy)
{
    struct cause cause;

    ck_assert_ptr_null(cluster_of_text(wrong_clusters[_i].text, &cause));
    expect_said(&cause, "c.json", &wrong_clusters[_i]);
}
END_TEST

TCase *
files_case(void)
{
    TCase *tcase = tcase_create("files");

    tcase_add_test(tcase, layers_have_what_the_file_gives_them);
    tcase_add_test(tcase, times_are_in_microseconds_unless_there_is_a_unit);
    tcase_add_test(tcase, a_transformer_follows_the_papers_formulas);
    tcase_add_loop_test(tcase, the_papers_models_keep_the_share_that_it_says,
                        0, 4);
    tcase_add_test(tcase, layers_are_shared_among_stages_evenly);
    tcase_add_test(tcase,
                   an_empty_cluster_is_any_number_of_ranks_without_distance);
    tcase_add_test(tcase, a_cluster_has_what_its_file_gives_it);
    tcase_add_test(tcase, links_of_a_ring_lead_to_neighbours_alone);
    tcase_add_test(tcase, links_inside_a_node_are_others_than_between_nodes);
    tcase_add_loop_test(tcase, a_wrong_model_is_said_with_file_key_and_remedy,
                        0, WRONG_MODELS);
    tcase_add_loop_test(tcase,
                        a_wrong_cluster_is_said_with_file_key_and_remedy, 0,
                        WRONG_CLUSTERS);
    return tcase;
}
