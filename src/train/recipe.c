/* recipe.c -- the table of a training's settings, and how their values are read
 * and written. */
#include "config.h"

#include "train/recipe.h"

#include "base/list.h"
#include "plan/plan.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(struct recipe, name)

/* In the order in which a checkpoint has them. */
static const struct setting settings[] = {
    {"layers", SETTING_INT, FIELD(layers), 1, 65535, SETTING_FIXED},
    {"hidden", SETTING_INT, FIELD(hidden), 1, 65536, SETTING_FIXED},
    {"batch", SETTING_INT, FIELD(batch), 1, 1 << 24, SETTING_FIXED},
    {"microbatches", SETTING_INT, FIELD(mbs), 1, PLAN_MAX_MBS, SETTING_FIXED},
    {"optimizer", SETTING_OPTIMIZER, FIELD(optimizer.kind), 0, 0,
     SETTING_FIXED},
    {"lr", SETTING_REAL, FIELD(optimizer.lr), 0, 1000, SETTING_FREE},
    {"momentum", SETTING_REAL, FIELD(optimizer.momentum), 0, 1, SETTING_FREE},
    {"beta1", SETTING_REAL, FIELD(optimizer.beta1), 0, 1, SETTING_CONSTANT},
    {"beta2", SETTING_REAL, FIELD(optimizer.beta2), 0, 1, SETTING_CONSTANT},
    {"epsilon", SETTING_REAL, FIELD(optimizer.epsilon), 0, 1,
     SETTING_CONSTANT},
    {"seed", SETTING_SEED, FIELD(seed), 0, 0, SETTING_FIXED},
    /* The same examples may have moved: their hash decides. */
    {"data", SETTING_NAME, FIELD(data), 0, 0, SETTING_FREE},
    {"steps", SETTING_INT, FIELD(steps), 1, INT_MAX, SETTING_FREE},
};

enum { SETTINGS = sizeof settings / sizeof *settings };

struct recipe
recipe_defaults(void)
{
    return (struct recipe){
        .layers = RECIPE_LAYERS,
        .hidden = 128,
        .batch = 32,
        .mbs = 8,
        .optimizer = optimizer_defaults(OPTIMIZER_ADAM),
        .seed = 42,
        .data = "random",
    };
}

bool
recipe_is_one_batch(const struct recipe *recipe)
{
    return strcmp(recipe->data, "random") == 0;
}

struct mlp
recipe_mlp(const struct recipe *recipe, const struct dataset *data)
{
    return (struct mlp){
        .inputs = data ? data->features : recipe->hidden,
        .hidden = recipe->hidden,
        .layers = recipe->layers,
        .classes = data ? data->classes : 2,
    };
}

const struct setting *
setting_at(int i)
{
    return i < SETTINGS ? &settings[i] : NULL;
}

const struct setting *
setting_find(const char *name)
{
    for (int i = 0; i < SETTINGS; i++)
        if (strcmp(settings[i].name, name) == 0)
            return &settings[i];
    return NULL;
}

/* ---- reading ---- */

/* Whether a number was read that text begins with and ends with; strtol() and
 * its kin pass over blanks before it. */
static bool
is_number(const char *text, const char *end)
{
    return end != text && *end == '\0' && !isspace((unsigned char)*text);
}

static bool
recipe_read_whole(const struct setting *setting, const char *text, void *field,
                  struct cause *cause)
{
    long long number;

    if (!list_one_whole(text, setting->least, setting->most, &number))
        return fail(cause, "%s is %.40s; use a whole number from %lld to %lld",
                    setting->name, text, setting->least, setting->most);
    if (setting->type == SETTING_LONG)
        *(int64_t *)field = number;
    else
        *(int *)field = (int)number;
    return true;
}

static bool
read_real(const struct setting *setting, const char *text, float *field,
          struct cause *cause)
{
    char *end;
    double number = strtod(text, &end);

    if (!is_number(text, end) ||
        !(number >= (double)setting->least && number <= (double)setting->most))
        return fail(cause, "%s is %.40s; use a number from %lld to %lld",
                    setting->name, text, setting->least, setting->most);
    *field = (float)number;
    return true;
}

static bool
read_seed(const struct setting *setting, const char *text, uint64_t *field,
          struct cause *cause)
{
    char *end;
    unsigned long long number;

    errno = 0;
    number = strtoull(text, &end, 10);
    if (!is_number(text, end) || errno || *text == '-')
        return fail(cause, "%s is %.40s; use a whole number from 0 to 2^64-1",
                    setting->name, text);
    *field = number;
    return true;
}

bool
setting_read(const struct setting *setting, const char *text, void *base,
             struct cause *cause)
{
    void *field = (char *)base + setting->field;

    switch (setting->type) {
    case SETTING_INT:
    case SETTING_LONG:
        return recipe_read_whole(setting, text, field, cause);
    case SETTING_REAL:
        return read_real(setting, text, field, cause);
    case SETTING_SEED:
        return read_seed(setting, text, field, cause);
    case SETTING_OPTIMIZER:
        return optimizer_kind_parse(text, field) ||
               fail(cause, "%s is %.40s; use adam or sgd", setting->name,
                    text);
    case SETTING_NAME:
        *(const char **)field = text;
        break;
    }
    return true;
}

/* ---- writing ---- */

static void
real_text(float value, char room[SETTING_TEXT])
{
    int digits = 6;

    do
        snprintf(room, SETTING_TEXT, "%.*g", digits, (double)value);
    while ((float)strtod(room, NULL) != value && ++digits <= 9);
}

const char *
setting_text(const struct setting *setting, const struct recipe *recipe,
             char room[SETTING_TEXT])
{
    const void *field = (const char *)recipe + setting->field;

    switch (setting->type) {
    case SETTING_INT:
        snprintf(room, SETTING_TEXT, "%d", *(const int *)field);
        break;
    case SETTING_LONG:
        snprintf(room, SETTING_TEXT, "%" PRId64, *(const int64_t *)field);
        break;
    case SETTING_REAL:
        real_text(*(const float *)field, room);
        break;
    case SETTING_SEED:
        snprintf(room, SETTING_TEXT, "%" PRIu64, *(const uint64_t *)field);
        break;
    case SETTING_OPTIMIZER:
        return optimizer_kind_name(*(const enum optimizer_kind *)field);
    case SETTING_NAME:
        return *(const char *const *)field;
    }
    return room;
}

void
setting_copy(const struct setting *setting, struct recipe *to,
             const struct recipe *from)
{
    static const size_t sizes[] = {
        [SETTING_INT] = sizeof(int),
        [SETTING_LONG] = sizeof(int64_t),
        [SETTING_REAL] = sizeof(float),
        [SETTING_SEED] = sizeof(uint64_t),
        [SETTING_OPTIMIZER] = sizeof(enum optimizer_kind),
        [SETTING_NAME] = sizeof(const char *),
    };

    memcpy((char *)to + setting->field, (const char *)from + setting->field,
           sizes[setting->type]);
}
