/* checkpoint.c -- saves a training to a file and takes it up again. */
#include "config.h"

#include "train/checkpoint.h"

#include "base/list.h"
#include "base/memory.h"
#include "base/plural.h"
#include "base/text.h"
#include "train/part.h"

#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT = SETTING_TEXT, /* room for a value, or the name of a tensor */
    PREFIX_MOST = 192,   /* bytes that such names may begin with */
    TEXTS_MOST = 32      /* in a file */
};

/* Of the texts that a checkpoint has; later versions may have others. */
static const char version_key[] = "pipelab_checkpoint";
static const char version[] = "1";

/* ---- writing ---- */

struct texts {
    struct safetensors_text at[TEXTS_MOST];
    char room[TEXTS_MOST][TEXT];
    size_t count;
};

static void
add_text(struct texts *texts, const char *key, const char *text)
{
    texts->at[texts->count++] = (struct safetensors_text){key, text};
}

static void
add_int(struct texts *texts, const char *key, int value)
{
    char *room = texts->room[texts->count];

    snprintf(room, TEXT, "%d", value);
    add_text(texts, key, room);
}

static void
add_texts(struct texts *texts, const struct trainer *trainer,
          uint64_t data_hash)
{
    const struct training_task *task = &trainer->options.task;
    const struct replicas *replicas = task->replicas;
    struct recipe recipe = task->recipe;
    const struct setting *setting;
    char *room;

    /* Replicas are one pipeline with all their examples. */
    if (replicas) {
        recipe.batch *= replicas->count;
        recipe.mbs *= replicas->count;
    }
    /* The usual mark of weights in PyTorch's shapes. */
    add_text(texts, "format", "pt");
    add_text(texts, version_key, version);
    for (int i = 0; (setting = setting_at(i)) != NULL; i++) {
        room = texts->room[texts->count];
        add_text(texts, setting->name, setting_text(setting, &recipe, room));
    }
    add_int(texts, "step", trainer->step);
    add_int(texts, "inputs", task->mlp.inputs);
    add_int(texts, "classes", task->mlp.classes);
    room = texts->room[texts->count];
    snprintf(room, TEXT, "%016" PRIx64, data_hash);
    add_text(texts, "data_hash", room);
}

/* Values come from where they live, one tensor at a time. */
static void
write_part(FILE *out, const struct trainer *trainer, struct part *part)
{
    const struct world *world = trainer->options.run.world;
    int stage = part_stage(trainer, part);
    int home = trainer_home(trainer, stage);
    float *values = part_values(trainer, stage, part);
    float *received = NULL;

    if (!values && out)
        values = received = memory_new(part_bytes(part), 1);
    world_move(world, home, 0, values, part_bytes(part));
    part->tensor.values = values;
    if (out && !ferror(out))
        (void)safetensors_write_values(out, &part->tensor);
    free(received);
}

void
checkpoint_write(FILE *out, const struct trainer *trainer, uint64_t data_hash)
{
    const struct mlp *mlp = &trainer->options.task.mlp;
    enum optimizer_kind kind = trainer->options.task.recipe.optimizer.kind;
    int count = parts_of(mlp, kind);
    struct part *parts;
    struct safetensor *tensors;
    struct texts texts = {.count = 0};

    assert(trainer_copies_agree(trainer));
    if (trainer->options.task.replicas &&
        trainer->options.task.replicas->number > 0)
        return;
    parts = memory_new((size_t)count, sizeof *parts);
    tensors = memory_new((size_t)count, sizeof *tensors);
    for (int i = 0; i < count; i++) {
        part_at(&parts[i], i, mlp, kind);
        tensors[i] = parts[i].tensor;
    }
    add_texts(&texts, trainer, data_hash);
    if (out)
        (void)safetensors_write_header(out, texts.at, texts.count, tensors,
                                       (size_t)count);
    for (int i = 0; i < count; i++)
        write_part(out, trainer, &parts[i]);
    free(tensors);
    free(parts);
}

/* ---- reading ---- */

/* "FILE: its __metadata__ has X for KEY; expected Y". */
static bool
wrong_text(const struct safetensors *file, const char *key,
           const char *expected, struct cause *cause)
{
    const char *text = safetensors_text(file, key);

    return fail(cause, "%s: its __metadata__ has %.40s for %s; expected %s",
                file->path, text ? text : "nothing", key, expected);
}

static bool
checkpoint_read_setting(struct checkpoint *checkpoint,
                        const struct setting *setting, struct cause *cause)
{
    const struct safetensors *file = &checkpoint->file;
    const char *text = safetensors_text(file, setting->name);
    char room[SETTING_TEXT];
    struct cause why;

    if (!text)
        return wrong_text(file, setting->name, "the option's value", cause);
    if (setting->change == SETTING_CONSTANT) {
        setting_text(setting, &checkpoint->recipe, room);
        return strcmp(text, room) == 0 ||
               wrong_text(file, setting->name, room, cause);
    }
    if (setting->type == SETTING_NAME)
        text = checkpoint->data = text_from_json(text);
    return setting_read(setting, text, &checkpoint->recipe, &why) ||
           fail(cause, "%s: in its __metadata__, %s", file->path, why.text);
}

static bool
read_settings(struct checkpoint *checkpoint, struct cause *cause)
{
    const struct setting *setting;

    while ((setting = setting_at(checkpoint->settings)) != NULL) {
        if (!checkpoint_read_setting(checkpoint, setting, cause))
            return false;
        checkpoint->settings++;
    }
    return true;
}

static bool
checkpoint_read_int(const struct checkpoint *checkpoint, const char *key,
                    int least, int *value, struct cause *cause)
{
    const char *text = safetensors_text(&checkpoint->file, key);
    long long number;

    if (!text || !list_one_whole(text, least, INT_MAX, &number))
        return wrong_text(&checkpoint->file, key,
                          least ? "1 or more" : "0 or more", cause);
    *value = (int)number;
    return true;
}

static bool
read_texts(struct checkpoint *checkpoint, struct cause *cause)
{
    const struct safetensors *file = &checkpoint->file;
    const char *written = safetensors_text(file, version_key);
    const char *hash = safetensors_text(file, "data_hash");
    struct mlp *mlp = &checkpoint->mlp;
    int length = 0;

    if (!written || strcmp(written, version) != 0)
        return wrong_text(file, version_key, "1, as in checkpoints of pipelab",
                          cause);
    if (!read_settings(checkpoint, cause) ||
        !checkpoint_read_int(checkpoint, "step", 0, &checkpoint->step,
                             cause) ||
        !checkpoint_read_int(checkpoint, "inputs", 1, &mlp->inputs, cause) ||
        !checkpoint_read_int(checkpoint, "classes", 1, &mlp->classes, cause))
        return false;
    mlp->hidden = checkpoint->recipe.hidden;
    mlp->layers = checkpoint->recipe.layers;
    if (!hash ||
        sscanf(hash, "%16" SCNx64 "%n", &checkpoint->data_hash, &length) !=
            1 ||
        length != 16 || hash[16] != '\0')
        return wrong_text(file, "data_hash", "16 hexadecimal digits", cause);
    return true;
}

/* What names of tensors begin with, before "layers." */
static void
find_prefix(struct checkpoint *checkpoint)
{
    static const char first[] = "layers.0.weight";

    for (size_t i = 0; i < checkpoint->file.count; i++) {
        const char *name = checkpoint->file.tensors[i].name;
        size_t length = strlen(name);

        if (length < sizeof first - 1)
            continue;
        length -= sizeof first - 1;
        if (strcmp(name + length, first) == 0 && length < PREFIX_MOST &&
            (length == 0 || name[length - 1] == '.')) {
            checkpoint->prefix = name;
            checkpoint->prefix_length = (int)length;
            return;
        }
    }
}

/* NULL if it is not there. */
static const struct safetensor *
find_tensor(const struct checkpoint *checkpoint, const char *name)
{
    char whole[PREFIX_MOST + TEXT];

    snprintf(whole, sizeof whole, "%.*s%s", checkpoint->prefix_length,
             checkpoint->prefix ? checkpoint->prefix : "", name);
    return safetensors_find(&checkpoint->file, whole);
}

static const struct safetensor *
find_weight(const struct checkpoint *checkpoint, int layer)
{
    char name[TEXT];

    snprintf(name, sizeof name, "layers.%d.weight", layer);
    return find_tensor(checkpoint, name);
}

/* Without texts: the model that the shapes of the weights make. */
static bool
read_shapes(struct checkpoint *checkpoint, struct cause *cause)
{
    const char *path = checkpoint->file.path;
    struct mlp *mlp = &checkpoint->mlp;
    const struct safetensor *first = find_weight(checkpoint, 0);
    const struct safetensor *head = first;
    char texts[SETTING_SHAPES][TEXT];
    struct cause why;

    checkpoint->weights_alone = true;
    for (int layer = 1; find_weight(checkpoint, layer); layer++) {
        head = find_weight(checkpoint, layer);
        mlp->layers = layer;
    }
    if (mlp->layers == 0)
        return fail(cause,
                    "%s: it has no tensors layers.0.weight and "
                    "layers.1.weight, a hidden layer and the head, as in "
                    "checkpoints of pipelab",
                    path);
    if (first->dims != 2 || head->dims != 2 || first->shape[1] < 1 ||
        first->shape[1] > INT_MAX || head->shape[0] < 1 ||
        head->shape[0] > INT_MAX)
        return fail(cause,
                    "%s: tensors %.100s and %.100s have no two "
                    "dimensions of 1 or more",
                    path, first->name, head->name);
    mlp->inputs = (int)first->shape[1];
    mlp->classes = (int)head->shape[0];
    snprintf(texts[0], TEXT, "%d", mlp->layers);
    snprintf(texts[1], TEXT, "%" PRId64, first->shape[0]);
    for (int i = 0; i < SETTING_SHAPES; i++)
        if (!setting_read(setting_at(i), texts[i], &checkpoint->recipe, &why))
            return fail(cause, "%s: by its tensors, %s", path, why.text);
    checkpoint->settings = SETTING_SHAPES;
    mlp->hidden = checkpoint->recipe.hidden;
    return true;
}

static bool
checkpoint_check_part(const struct checkpoint *checkpoint,
                      const struct part *part, struct cause *cause)
{
    const char *path = checkpoint->file.path;
    const struct safetensor *want = &part->tensor;
    const struct safetensor *got = find_tensor(checkpoint, part->name);
    char columns[32] = "";

    if (!got)
        return fail(cause, "%s: it has no tensor %s%s", path, part->name,
                    part->array > 0 ? ", so training cannot go on from it; "
                                      "pipelab eval needs weights alone"
                                    : "");
    if (got->dims == want->dims && got->shape[0] == want->shape[0] &&
        (part->bias || got->shape[1] == want->shape[1]))
        return true;
    if (!part->bias)
        snprintf(columns, sizeof columns, ", %" PRId64, want->shape[1]);
    return fail(cause,
                "%s: tensor %s has another shape than [%" PRId64 "%s], "
                "which %s for",
                path, got->name, want->shape[0], columns,
                checkpoint->weights_alone ? "its other tensors call"
                                          : "its __metadata__ calls");
}

static bool
is_optimizers(const struct checkpoint *checkpoint, const char *name)
{
    static const char first[] = "optimizer.";

    return strncmp(name, first, sizeof first - 1) == 0 ||
           strncmp(name + checkpoint->prefix_length, first,
                   sizeof first - 1) == 0;
}

static bool
check_tensors(const struct checkpoint *checkpoint, bool to_train,
              struct cause *cause)
{
    const struct safetensors *file = &checkpoint->file;
    enum optimizer_kind kind = checkpoint->recipe.optimizer.kind;
    int count = parts_of(&checkpoint->mlp, kind);
    bool *known = memory_new(file->count, sizeof *known);
    bool good = true;

    for (int i = 0; i < count && good; i++) {
        struct part part;

        part_at(&part, i, &checkpoint->mlp, kind);
        if (part.array > 0 && !to_train)
            break;
        good = checkpoint_check_part(checkpoint, &part, cause);
        if (good)
            known[find_tensor(checkpoint, part.name) - file->tensors] = true;
    }
    for (size_t i = 0; i < file->count && good; i++)
        if (!known[i] &&
            (to_train || !is_optimizers(checkpoint, file->tensors[i].name)))
            good = fail(cause, "%s: tensor %.100s is none of its model's",
                        file->path, file->tensors[i].name);
    free(known);
    return good;
}

bool
checkpoint_open(struct checkpoint *checkpoint, const char *path, bool to_train,
                struct cause *cause)
{
    bool texts;

    *checkpoint = (struct checkpoint){.recipe = recipe_defaults()};
    if (!safetensors_open(&checkpoint->file, path, cause))
        return false;
    find_prefix(checkpoint);
    texts = to_train || safetensors_text(&checkpoint->file, version_key);
    if ((texts ? read_texts : read_shapes)(checkpoint, cause) &&
        check_tensors(checkpoint, to_train, cause))
        return true;
    checkpoint_close(checkpoint);
    return false;
}

void
checkpoint_close(struct checkpoint *checkpoint)
{
    safetensors_close(&checkpoint->file);
    free(checkpoint->data);
    checkpoint->data = NULL;
}

/* Layers and width are settings; the data decides the rest. */
static bool
check_model(const struct checkpoint *checkpoint, const struct trainer *trainer,
            struct cause *cause)
{
    const struct mlp *kept = &checkpoint->mlp;
    const struct mlp *now = &trainer->options.task.mlp;

    assert(now->layers == kept->layers && now->hidden == kept->hidden);
    return (now->inputs == kept->inputs && now->classes == kept->classes) ||
           fail(cause,
                "%s: its model has %d input%s and %d class%s, the data %d and "
                "%d; %s",
                checkpoint->file.path, kept->inputs, plural(kept->inputs),
                kept->classes, plural_es(kept->classes), now->inputs,
                now->classes,
                checkpoint->weights_alone
                    ? "give the data that it was trained on"
                    : "leave the data to the file");
}

static bool
restore_part(const struct checkpoint *checkpoint, struct trainer *trainer,
             int copy, const struct part *part, struct cause *cause)
{
    int place = copy * trainer->stage_count + part_stage(trainer, part);
    float *values = part_values(trainer, place, part);

    return !values || safetensors_read(&checkpoint->file,
                                       find_tensor(checkpoint, part->name),
                                       values, cause);
}

bool
checkpoint_restore(const struct checkpoint *checkpoint,
                   struct trainer *trainer, struct cause *cause)
{
    enum optimizer_kind kind = checkpoint->recipe.optimizer.kind;
    int count = parts_of(&checkpoint->mlp, kind);

    if (!check_model(checkpoint, trainer, cause))
        return false;
    for (int p = 0; p < trainer->copies * trainer->stage_count; p++)
        if (trainer->stages[p].slice)
            trainer->stages[p].slice->optimizer.steps = checkpoint->step;
    for (int i = 0; i < count; i++) {
        struct part part;

        part_at(&part, i, &checkpoint->mlp, kind);
        for (int c = 0; c < trainer->copies; c++)
            if (!restore_part(checkpoint, trainer, c, &part, cause))
                return false;
    }
    trainer_pack(trainer);
    return true;
}
