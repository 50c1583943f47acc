/* check_checkpoint.c -- a training that is saved and resumed is the one that
 * went on, bit for bit; and files that are no such checkpoint are refused. */
#include "config.h"

#include "base/memory.h"
#include "train/checkpoint.h"
#include "rig.h"
#include "plan/program.h"
#include "search/schedule.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum { STEPS = 5, MBS = 4, HASH = 0xabc };

static char saved[] = "/tmp/pipelab-checkpoint-a-XXXXXX";
static char finished[] = "/tmp/pipelab-checkpoint-b-XXXXXX";
static char resumed[] = "/tmp/pipelab-checkpoint-c-XXXXXX";

static void
make_files(void)
{
    close(mkstemp(saved));
    close(mkstemp(finished));
    close(mkstemp(resumed));
}

static void
remove_files(void)
{
    unlink(saved);
    unlink(finished);
    unlink(resumed);
}

static void
save(const struct trainer *trainer, const char *path)
{
    FILE *out = fopen(path, "wb");

    checkpoint_write(out, trainer, HASH);
    ck_assert_int_eq(fclose(out), 0);
}

static char *
contents(const char *path, size_t *size)
{
    FILE *in = fopen(path, "rb");
    char *bytes;

    fseek(in, 0, SEEK_END);
    *size = (size_t)ftell(in);
    rewind(in);
    bytes = memory_new(*size, 1);
    ck_assert_uint_eq(fread(bytes, 1, *size, in), *size);
    fclose(in);
    return bytes;
}

/* ---- saved and resumed ---- */

/* What is trained: a schedule, or the monolith for "none". */
struct shape {
    const char *schedule;
    int ranks;
    int stages;
};

static const struct shape shapes[] = {
    {"none", 1, 1},
    {"1f1b", 4, 4},
    {"gpipe", 2, 2},
    {"zb1p", 3, 3},
    {"interleaved-1f1b", 2, 8},
    {"zbv", 2, 4},
    {"naive", 5, 5},
    {"dualpipev", 2, 4},
    {"combined-1f1b", 2, 4},
    {"hanayo", 2, 8},
    {"v-half", 3, 6},
};

enum { SHAPES = sizeof shapes / sizeof *shapes };

static void
open_shape(struct rig *rig, const struct shape *shape,
           const struct rig_settings *settings)
{
    int split[RIG_LAYERS];
    struct plan *plan = NULL;
    struct cause cause;

    if (strcmp(shape->schedule, "none") != 0) {
        plan = schedule_plan(shape->schedule, shape->ranks, shape->stages, MBS,
                             &cause);
        ck_assert_msg(plan != NULL, "%s", cause.text);
        rig_split(shape->stages, split);
    }
    rig_open(rig, plan, split, MBS, settings);
    plan_free(plan);
}

/* Trains to the end; the losses of its steps go to losses. */
static void
finish(struct rig *rig, double losses[STEPS], const char *path)
{
    struct trainer *trainer = rig->trainer;
    int first = trainer->step;

    ck_assert_int_eq(trainer_steps(trainer, STEPS - first), RUN_DONE);
    for (int s = first; s < STEPS; s++)
        losses[s] = trainer_loss(trainer, s);
    save(trainer, path);
    rig_close(rig);
}

static void
expect_same_file(const char *what)
{
    size_t sizes[2];
    char *bytes[2] = {contents(finished, &sizes[0]),
                      contents(resumed, &sizes[1])};

    ck_assert_uint_eq(sizes[0], sizes[1]);
    ck_assert_msg(memcmp(bytes[0], bytes[1], sizes[0]) == 0,
                  "%s: the files differ", what);
    free(bytes[0]);
    free(bytes[1]);
}

/* One goes on, the other one is saved after so many steps and resumed. */
static void
expect_resumed_equals(const struct shape *before, const struct shape *after,
                      int steps, const struct rig_settings *settings)
{
    struct rig_settings later = *settings;
    double losses[2][STEPS];
    struct checkpoint checkpoint;
    struct cause cause;
    struct rig rig;
    char what[96];

    snprintf(what, sizeof what, "%s, %d steps, then %s", before->schedule,
             steps, after->schedule);
    open_shape(&rig, before, settings);
    ck_assert_int_eq(trainer_steps(rig.trainer, steps), RUN_DONE);
    save(rig.trainer, saved);
    finish(&rig, losses[0], finished);

    ck_assert_msg(checkpoint_open(&checkpoint, saved, true, &cause), "%s",
                  cause.text);
    ck_assert_int_eq(checkpoint.step, steps);
    later.first_step = steps;
    open_shape(&rig, after, &later);
    ck_assert_msg(checkpoint_restore(&checkpoint, rig.trainer, &cause), "%s",
                  cause.text);
    checkpoint_close(&checkpoint);
    save(rig.trainer, resumed);
    finish(&rig, losses[1], resumed);

    ck_assert_msg(memcmp(&losses[0][steps], &losses[1][steps],
                         (size_t)(STEPS - steps) * sizeof **losses) == 0,
                  "%s: the losses differ", what);
    expect_same_file(what);
}

static const struct rig_settings usual = {
    .optimizer = OPTIMIZER_ADAM,
    .shuffle = true,
    .bind = true,
    .capacity = CAPACITY_AUTO,
    .batch = RIG_BATCH,
    .steps = STEPS,
};

/* _i: the steps before. There are two batches, so after an odd number the
 * shuffled epoch is half over. */
START_TEST(a_resumed_run_equals_the_one_that_went_on)
{
    static const enum optimizer_kind kinds[] = {OPTIMIZER_SGD, OPTIMIZER_ADAM};
    struct rig_settings settings = usual;

    for (int kind = 0; kind < 2; kind++)
        for (int shuffle = 0; shuffle < 2; shuffle++)
            for (int s = 0; s < SHAPES; s++) {
                settings.optimizer = kinds[kind];
                settings.shuffle = shuffle == 1;
                expect_resumed_equals(&shapes[s], &shapes[(s + _i) % SHAPES],
                                      _i, &settings);
            }
}
END_TEST

START_TEST(also_between_any_two_schedules)
{
    for (int s = 0; s < SHAPES; s++)
        for (int t = 0; t < SHAPES; t++)
            expect_resumed_equals(&shapes[s], &shapes[t], 3, &usual);
}
END_TEST

/* Whose sums are others than with one copy: saved once, resumed in both. */
START_TEST(so_are_both_copies_of_a_stage)
{
    static const struct shape both[] = {{"chimera", 4, 4}, {"dualpipe", 2, 2}};

    for (int s = 0; s < 2; s++)
        expect_resumed_equals(&both[s], &both[s], 3, &usual);
}
END_TEST

START_TEST(also_in_lockstep_and_with_other_links)
{
    struct rig_settings settings = usual;

    settings.lockstep = true;
    settings.capacity = 1;
    expect_resumed_equals(&shapes[1], &shapes[4], 3, &settings);
    settings.lockstep = false;
    settings.bind = false;
    expect_resumed_equals(&shapes[5], &shapes[0], 2, &settings);
}
END_TEST

/* Not only what training makes: every bit pattern comes back. */
START_TEST(any_floats_come_back)
{
    struct checkpoint checkpoint;
    struct cause cause;
    struct slice *slice;
    struct rig rig;
    float *before;

    open_shape(&rig, &shapes[0], &usual);
    slice = rig.trainer->stages[0].slice;
    slice->weights[0] = NAN;
    slice->weights[1] = -INFINITY;
    slice->weights[2] = -0.0f;
    slice->weights[3] = 1e-45f;
    before = memory_new(slice->params, sizeof *before);
    memcpy(before, slice->weights, slice->params * sizeof *before);
    save(rig.trainer, saved);
    memset(slice->weights, 0, slice->params * sizeof *before);
    ck_assert(checkpoint_open(&checkpoint, saved, true, &cause));
    ck_assert(checkpoint_restore(&checkpoint, rig.trainer, &cause));
    ck_assert_mem_eq(slice->weights, before, slice->params * sizeof *before);
    checkpoint_close(&checkpoint);
    free(before);
    rig_close(&rig);
}
END_TEST

/* ---- files that are no checkpoint ---- */

/* A model of one layer of 2, with 2 inputs and 2 classes, trained by SGD. */
static const float zeros[4];
static const struct safetensors_text texts[] = {
    {"pipelab_checkpoint", "1"},
    {"layers", "1"},
    {"hidden", "2"},
    {"batch", "8"},
    {"microbatches", "4"},
    {"optimizer", "sgd"},
    {"lr", "0.001"},
    {"momentum", "0.9"},
    {"beta1", "0.9"},
    {"beta2", "0.999"},
    {"epsilon", "1e-08"},
    {"seed", "42"},
    {"data", "digits"},
    {"steps", "20"},
    {"step", "10"},
    {"inputs", "2"},
    {"classes", "2"},
    {"data_hash", "0123456789abcdef"},
};
static const struct safetensor tensors[] = {
    {.name = "layers.0.weight", .dims = 2, .shape = {2, 2}, .values = zeros},
    {.name = "layers.0.bias", .dims = 1, .shape = {2}, .values = zeros},
    {.name = "layers.1.weight", .dims = 2, .shape = {2, 2}, .values = zeros},
    {.name = "layers.1.bias", .dims = 1, .shape = {2}, .values = zeros},
    {.name = "optimizer.layers.0.weight.momentum_buffer",
     .dims = 2,
     .shape = {2, 2},
     .values = zeros},
    {.name = "optimizer.layers.0.bias.momentum_buffer",
     .dims = 1,
     .shape = {2},
     .values = zeros},
    {.name = "optimizer.layers.1.weight.momentum_buffer",
     .dims = 2,
     .shape = {2, 2},
     .values = zeros},
    {.name = "optimizer.layers.1.bias.momentum_buffer",
     .dims = 1,
     .shape = {2},
     .values = zeros},
};

enum {
    TEXTS = sizeof texts / sizeof *texts,
    TENSORS = sizeof tensors / sizeof *tensors
};

/* The file with one text changed, or left out if text is NULL; and with a
 * tensor replaced, left out if other is NULL, or added if which is TENSORS. */
static void
put_file(const char *key, const char *text, int which,
         const struct safetensor *other)
{
    struct safetensors_text some_texts[TEXTS];
    struct safetensor some_tensors[TENSORS + 1];
    size_t text_count = 0;
    size_t tensor_count = 0;
    FILE *out = fopen(saved, "wb");

    for (int i = 0; i < TEXTS; i++) {
        bool meant = key && strcmp(texts[i].key, key) == 0;

        if (meant && !text)
            continue;
        some_texts[text_count] = texts[i];
        if (meant)
            some_texts[text_count].text = text;
        text_count++;
    }
    for (int i = 0; i <= TENSORS; i++)
        if (i == which && other)
            some_tensors[tensor_count++] = *other;
        else if (i != which && i < TENSORS)
            some_tensors[tensor_count++] = tensors[i];
    ck_assert(safetensors_write(out, some_texts, text_count, some_tensors,
                                tensor_count));
    ck_assert_int_eq(fclose(out), 0);
}

static void
expect_refused(const char *reason)
{
    struct checkpoint checkpoint;
    struct cause cause;

    ck_assert_msg(!checkpoint_open(&checkpoint, saved, true, &cause),
                  "not refused: %s", reason);
    ck_assert_msg(strstr(cause.text, reason) != NULL, "\"%s\", not %s",
                  cause.text, reason);
    ck_assert_ptr_eq(strstr(cause.text, saved), cause.text);
}

START_TEST(the_example_itself_is_a_checkpoint)
{
    struct checkpoint checkpoint;
    struct cause cause;

    put_file(NULL, NULL, -1, NULL);
    ck_assert_msg(checkpoint_open(&checkpoint, saved, true, &cause), "%s",
                  cause.text);
    ck_assert_int_eq(checkpoint.step, 10);
    ck_assert_int_eq(checkpoint.mlp.inputs, 2);
    ck_assert_uint_eq(checkpoint.data_hash, UINT64_C(0x0123456789abcdef));
    checkpoint_close(&checkpoint);
    checkpoint_close(&checkpoint);
}
END_TEST

static const struct {
    const char *key;
    const char *text;
    const char *reason;
} wrong_texts[] = {
    {"pipelab_checkpoint", "2", "has 2 for pipelab_checkpoint; expected 1"},
    {"layers", "0", "__metadata__, layers is 0"},
    {"layers", "-1", "__metadata__, layers is -1"},
    {"layers", "1e3", "__metadata__, layers is 1e3"},
    {"layers", "99999999999999999999", "__metadata__, layers is 9999"},
    {"layers", "2", "no tensor layers.2.weight"},
    {"hidden", "3", "layers.0.weight has another shape than [3, 2]"},
    {"hidden", "65536", "another shape"},
    {"hidden", "65537", "__metadata__, hidden is 65537"},
    {"batch", "", "__metadata__, batch is "},
    {"microbatches", "0", "__metadata__, microbatches is 0"},
    {"optimizer", "adagrad", "__metadata__, optimizer is adagrad"},
    {"optimizer", "adam", "no tensor optimizer.layers.0.weight.exp_avg"},
    {"lr", "nan", "__metadata__, lr is nan"},
    {"lr", "inf", "__metadata__, lr is inf"},
    {"lr", "-1", "__metadata__, lr is -1"},
    {"momentum", "2", "__metadata__, momentum is 2"},
    {"beta1", "0.5", "has 0.5 for beta1; expected 0.9"},
    {"beta2", "1", "has 1 for beta2"},
    {"epsilon", "0", "has 0 for epsilon"},
    {"seed", "-1", "__metadata__, seed is -1"},
    {"seed", "18446744073709551616", "__metadata__, seed is"},
    {"steps", "0", "__metadata__, steps is 0"},
    {"step", "-1", "has -1 for step; expected 0 or more"},
    {"step", "2147483648", "for step"},
    {"step", "99999999999999999999", "for step"},
    {"step", "ten", "has ten for step"},
    {"step", "10.5", "for step"},
    {"step", "", "has  for step"},
    {"inputs", "0", "has 0 for inputs"},
    {"inputs", "3", "layers.0.weight has another shape than [2, 3]"},
    {"classes", "3", "layers.1.weight has another shape than [3, 2]"},
    {"classes", "-2", "for classes"},
    {"data_hash", "", "for data_hash"},
    {"data_hash", "0123", "for data_hash"},
    {"data_hash", "0123456789abcdeg", "for data_hash"},
    {"data_hash", "0123456789abcdef0", "for data_hash"},
};

START_TEST(wrong_texts_are_named)
{
    put_file(wrong_texts[_i].key, wrong_texts[_i].text, -1, NULL);
    expect_refused(wrong_texts[_i].reason);
}
END_TEST

START_TEST(missing_texts_are_named)
{
    char reason[64];

    put_file(texts[_i].key, NULL, -1, NULL);
    snprintf(reason, sizeof reason, "has nothing for %s", texts[_i].key);
    expect_refused(reason);
}
END_TEST

START_TEST(missing_tensors_are_named)
{
    char reason[64];

    put_file(NULL, NULL, _i, NULL);
    snprintf(reason, sizeof reason, "has no tensor %s", tensors[_i].name);
    expect_refused(reason);
}
END_TEST

START_TEST(tensors_of_other_shapes_are_named)
{
    struct safetensor other = tensors[_i];
    char reason[96];

    snprintf(reason, sizeof reason, "%s has another shape", other.name);
    other.shape[0] = 1;
    put_file(NULL, NULL, _i, &other);
    expect_refused(reason);
    other = tensors[_i];
    other.shape[other.dims++] = 1;
    put_file(NULL, NULL, _i, &other);
    expect_refused(reason);
    other.dims = 0;
    put_file(NULL, NULL, _i, &other);
    expect_refused(reason);
}
END_TEST

START_TEST(tensors_that_do_not_belong_are_named)
{
    struct safetensor other = tensors[0];

    other.name = "layers.2.weight";
    put_file(NULL, NULL, TENSORS, &other);
    expect_refused("layers.2.weight is none of its model's");
    other.name = "layers.0.weight.exp_avg";
    put_file(NULL, NULL, TENSORS, &other);
    expect_refused("layers.0.weight.exp_avg is none of its model's");
}
END_TEST

/* The examples' columns and labels, which no option says. */
START_TEST(a_trainer_of_another_model_is_not_filled)
{
    struct checkpoint checkpoint;
    struct cause cause;
    struct rig rig;

    open_shape(&rig, &shapes[0], &usual);
    save(rig.trainer, saved);
    ck_assert(checkpoint_open(&checkpoint, saved, true, &cause));
    checkpoint.mlp.inputs++;
    ck_assert(!checkpoint_restore(&checkpoint, rig.trainer, &cause));
    ck_assert_ptr_nonnull(strstr(cause.text, "10 inputs and 3 classes, the "
                                             "data 9 and 3"));
    checkpoint_close(&checkpoint);
    rig_close(&rig);
}
END_TEST

/* ---- weights alone ---- */

/* The example's weights, the last of them as given; with the texts up to
 * text_count, the optimizer's tensors from TENSORS / 2 on up to tensor_count,
 * and a beginning for all names. */
static void
put_weights(const char *prefix, size_t text_count, size_t tensor_count,
            struct safetensor head)
{
    struct safetensor some[TENSORS];
    char names[TENSORS][256];
    FILE *out = fopen(saved, "wb");

    for (size_t i = 0; i < tensor_count; i++) {
        some[i] = i == 2 ? head : tensors[i];
        snprintf(names[i], sizeof names[i], "%s%s", prefix, some[i].name);
        some[i].name = names[i];
    }
    ck_assert(safetensors_write(out, texts, text_count, some, tensor_count));
    ck_assert_int_eq(fclose(out), 0);
}

/* _i: 1 with the texts, 2 with the optimizer's tensors, 4 with a prefix. */
START_TEST(weights_alone_are_enough_to_evaluate)
{
    const char *prefix = _i & 4 ? "model." : "";
    struct checkpoint checkpoint;
    struct cause cause;

    put_weights(prefix, _i & 1 ? TEXTS : 0, _i & 2 ? TENSORS : 4, tensors[2]);
    ck_assert_msg(checkpoint_open(&checkpoint, saved, false, &cause), "%s",
                  cause.text);
    ck_assert_int_eq(checkpoint.weights_alone, !(_i & 1));
    ck_assert_int_eq(checkpoint.mlp.inputs, 2);
    ck_assert_int_eq(checkpoint.mlp.hidden, 2);
    ck_assert_int_eq(checkpoint.mlp.layers, 1);
    ck_assert_int_eq(checkpoint.mlp.classes, 2);
    ck_assert_int_eq(checkpoint.recipe.layers, 1);
    ck_assert_int_eq(checkpoint.recipe.hidden, 2);
    /* Without texts the shapes fix the model and nothing else. */
    ck_assert_ptr_eq(setting_at(checkpoint.settings),
                     _i & 1 ? NULL : setting_find("batch"));
    checkpoint_close(&checkpoint);
    ck_assert_int_eq(checkpoint_open(&checkpoint, saved, true, &cause),
                     (_i & 3) == 3);
    checkpoint_close(&checkpoint);
}
END_TEST

/* Weights and biases come back under any common beginning of their names. */
START_TEST(a_prefix_changes_no_weight)
{
    enum { WEIGHTS = 2 * (RIG_LAYERS + 1) };
    struct safetensor some[WEIGHTS];
    char names[WEIGHTS][64];
    struct checkpoint checkpoint;
    struct cause cause;
    struct rig_settings settings = usual;
    struct slice *slice;
    struct rig rig;
    uint64_t hash;
    FILE *out;

    settings.forward_only = true;
    open_shape(&rig, &shapes[0], &settings);
    hash = trainer_weights_hash(rig.trainer);
    slice = rig.trainer->stages[0].slice;
    for (int i = 0; i < WEIGHTS; i++) {
        struct tensor weight = slice_layer(slice, slice->weights, i / 2);
        bool bias = i % 2 == 1;

        snprintf(names[i], sizeof names[i], "a.b.layers.%d.%s", i / 2,
                 bias ? "bias" : "weight");
        some[i] = (struct safetensor){
            .name = names[i],
            .dims = bias ? 1 : 2,
            .shape = {weight.rows, weight.cols},
            .values = weight.data + (bias ? tensor_count(weight) : 0)};
    }
    out = fopen(saved, "wb");
    ck_assert(safetensors_write(out, NULL, 0, some, WEIGHTS));
    fclose(out);
    memset(slice->weights, 0, slice->params * sizeof *slice->weights);
    ck_assert_msg(checkpoint_open(&checkpoint, saved, false, &cause), "%s",
                  cause.text);
    ck_assert(checkpoint_restore(&checkpoint, rig.trainer, &cause));
    ck_assert_uint_eq(trainer_weights_hash(rig.trainer), hash);
    checkpoint_close(&checkpoint);
    rig_close(&rig);
}
END_TEST

START_TEST(weights_that_are_no_model_are_named)
{
    static const struct {
        struct safetensor head;
        const char *reason;
    } heads[] = {
        {{.name = "layers.1.weight", .dims = 1, .shape = {4}},
         "layers.0.weight and layers.1.weight have no two dimensions"},
        {{.name = "layers.1.weight", .dims = 2, .shape = {0, 2}},
         "no two dimensions of 1 or more"},
        {{.name = "layers.1.weight", .dims = 2, .shape = {1, 4}},
         "layers.1.weight has another shape than [1, 2], which its other "
         "tensors call for"},
        {{.name = "layers.2.weight", .dims = 2, .shape = {2, 2}},
         "no tensors layers.0.weight and layers.1.weight"},
    };
    struct checkpoint checkpoint;
    struct cause cause;

    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct safetensor head = heads[i].head;

        head.values = zeros;
        put_weights("", 0, 4, head);
        ck_assert(!checkpoint_open(&checkpoint, saved, false, &cause));
        ck_assert_msg(strstr(cause.text, heads[i].reason) != NULL, "%s",
                      cause.text);
    }
}
END_TEST

/* ---- settings ---- */

START_TEST(a_checkpoint_gives_the_recipe_that_it_was_written_by)
{
    struct recipe recipe = recipe_defaults();
    struct checkpoint checkpoint;
    const struct setting *setting;
    struct cause cause;

    put_file("lr", "0.25", -1, NULL);
    ck_assert(checkpoint_open(&checkpoint, saved, true, &cause));
    for (int i = 0; (setting = setting_at(i)) != NULL; i++) {
        char rooms[2][SETTING_TEXT];

        setting_copy(setting, &recipe, &checkpoint.recipe);
        ck_assert_str_eq(setting_text(setting, &recipe, rooms[0]),
                         setting_text(setting, &checkpoint.recipe, rooms[1]));
    }
    ck_assert_int_eq(recipe.layers, 1);
    ck_assert_int_eq(recipe.hidden, 2);
    ck_assert_int_eq(recipe.batch, 8);
    ck_assert_int_eq(recipe.mbs, 4);
    ck_assert_int_eq(recipe.steps, 20);
    ck_assert_int_eq(recipe.optimizer.kind, OPTIMIZER_SGD);
    ck_assert(recipe.optimizer.momentum == 0.9f);
    ck_assert(recipe.optimizer.lr == 0.25f);
    ck_assert_uint_eq(recipe.seed, 42);
    ck_assert_str_eq(recipe.data, "digits");
    checkpoint_close(&checkpoint);
}
END_TEST

START_TEST(a_setting_is_read_as_it_is_written)
{
    const struct recipe defaults = recipe_defaults();
    const struct setting *setting;

    for (int i = 0; (setting = setting_at(i)) != NULL; i++) {
        struct recipe recipe = {.layers = 0};
        char rooms[2][SETTING_TEXT];
        const char *text = setting_text(setting, &defaults, rooms[0]);
        struct cause cause;

        ck_assert_ptr_eq(setting_find(setting->name), setting);
        if (strcmp(setting->name, "steps") == 0)
            text = "7"; /* by default epochs may say how many */
        ck_assert_msg(setting_read(setting, text, &recipe, &cause), "%s",
                      cause.text);
        ck_assert_str_eq(setting_text(setting, &recipe, rooms[1]), text);
        if (setting->type == SETTING_NAME)
            continue;
        ck_assert(!setting_read(setting, "-", &recipe, &cause));
        ck_assert_ptr_eq(strstr(cause.text, setting->name), cause.text);
        ck_assert_ptr_nonnull(strstr(cause.text, "use"));
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("checkpoint");
    TCase *laws = tcase_create("saved and resumed");
    TCase *files = tcase_create("files");

    tcase_set_timeout(laws, 60);
    tcase_add_checked_fixture(laws, make_files, remove_files);
    tcase_add_loop_test(laws, a_resumed_run_equals_the_one_that_went_on, 1,
                        STEPS);
    tcase_add_test(laws, also_between_any_two_schedules);
    tcase_add_test(laws, so_are_both_copies_of_a_stage);
    tcase_add_test(laws, also_in_lockstep_and_with_other_links);
    tcase_add_test(laws, any_floats_come_back);
    tcase_add_checked_fixture(files, make_files, remove_files);
    tcase_add_test(files, the_example_itself_is_a_checkpoint);
    tcase_add_loop_test(files, wrong_texts_are_named, 0,
                        (int)(sizeof wrong_texts / sizeof *wrong_texts));
    tcase_add_loop_test(files, missing_texts_are_named, 0, TEXTS);
    tcase_add_loop_test(files, missing_tensors_are_named, 0, TENSORS);
    tcase_add_loop_test(files, tensors_of_other_shapes_are_named, 0, TENSORS);
    tcase_add_test(files, tensors_that_do_not_belong_are_named);
    tcase_add_test(files, a_trainer_of_another_model_is_not_filled);
    tcase_add_loop_test(files, weights_alone_are_enough_to_evaluate, 0, 8);
    tcase_add_test(files, a_prefix_changes_no_weight);
    tcase_add_test(files, weights_that_are_no_model_are_named);
    tcase_add_test(files,
                   a_checkpoint_gives_the_recipe_that_it_was_written_by);
    tcase_add_test(files, a_setting_is_read_as_it_is_written);
    suite_add_tcase(suite, laws);
    suite_add_tcase(suite, files);
    return suite_main(suite);
}
