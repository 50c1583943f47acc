/* recipe.h -- all that decides the numbers of a training: model, batch,
 * optimizer, seed and data. Stages, ranks and schedule do not change them.
 *
 * Its members are settings. One table names them; the command line and the
 * checkpoint both use it. To add one:
 *
 *   1. its member of struct recipe, which the trainer uses
 *   2. in recipe.c its row of the table and its default
 *   3. in request/options.c its line: the commands that take it, its --help
 *
 * A checkpoint then has one more text: increase the version in checkpoint.c.
 * What no checkpoint has, as nan_continue, needs no row. */
#ifndef PIPELAB_TRAIN_RECIPE_H
#define PIPELAB_TRAIN_RECIPE_H

#include "base/error.h"
#include "data/dataset.h"
#include "nn/mlp.h"
#include "nn/optimizer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct recipe {
    int layers; /* hidden ones; the data decides inputs and classes */
    int hidden; /* width of each */
    int batch;  /* examples of a step */
    int mbs;    /* microbatches of a batch */
    struct optimizer_options optimizer;
    uint64_t seed;     /* of weights, data and shuffling */
    const char *data;  /* name of the set or its directory; borrowed */
    int steps;         /* of the whole training; 0 if epochs are given */
    bool nan_continue; /* do not fail when a number is not finite */
};

enum { RECIPE_LAYERS = 16 }; /* by default */

/* 16 layers of 128, batches of 32 in 8 microbatches, Adam, seed 42, the random
 * set; steps 0. */
struct recipe
recipe_defaults(void);

/* Whether the data is the course's one random batch, which has neither epochs
 * nor a test split. */
bool
recipe_is_one_batch(const struct recipe *recipe);

/* The model for data; or, for NULL, for the course's: inputs as wide as the
 * layers, 2 classes. */
struct mlp
recipe_mlp(const struct recipe *recipe, const struct dataset *data);

enum setting_type {
    SETTING_INT,
    SETTING_LONG, /* int64_t */
    SETTING_REAL, /* float */
    SETTING_SEED, /* uint64_t */
    SETTING_OPTIMIZER,
    SETTING_NAME /* const char * */
};

/* Whether a resumed training may have another value. */
enum setting_change {
    SETTING_FIXED,   /* no: it would be another training */
    SETTING_FREE,    /* yes */
    SETTING_CONSTANT /* no option: every training has the default */
};

struct setting {
    const char *name; /* of the option and of the text in a checkpoint */
    enum setting_type type;
    size_t field;    /* offset in struct recipe */
    long long least; /* of an int, int64_t or float */
    long long most;
    enum setting_change change;
};

/* Row i of the table, or NULL beyond its end. The first SETTING_SHAPES are the
 * layers and their width, which follow from the shapes of the weights too. */
enum { SETTING_SHAPES = 2 };
const struct setting *
setting_at(int i);

/* The row of a name, or NULL. */
const struct setting *
setting_find(const char *name);

/* Reads text into the setting's field of the struct at base; for a row of the
 * table that is a recipe. A name is borrowed. False with the cause, "NAME is
 * TEXT; use ...", if text is not a value of it. */
bool
setting_read(const struct setting *setting, const char *text, void *base,
             struct cause *cause);

/* The value as a text for setting_read(), with the fewest digits that give the
 * same number. A name is returned itself, other values in room. */
enum { SETTING_TEXT = 64 };
const char *
setting_text(const struct setting *setting, const struct recipe *recipe,
             char room[SETTING_TEXT]);

/* Copies the setting's value from one recipe to another. */
void
setting_copy(const struct setting *setting, struct recipe *to,
             const struct recipe *from);

#endif
