/* recipe.h -- what decides the numbers of a training: the model, the batch, the
 * optimizer, the seed and the data. Stages, ranks and schedule are none of it.
 *
 * Its members are settings, which one table names. The command line reads them
 * by that table, and a checkpoint writes and reads them by it. To add one:
 *
 *   1. its member of struct recipe, which the trainer goes by
 *   2. in recipe.c its row of the table and its default
 *   3. in cli/options.c its line: which commands take it, what --help says
 *
 * A checkpoint then has one text more: the version in checkpoint.c goes up. */
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
    int mbs;    /* into which it is cut */
    struct optimizer_options optimizer;
    uint64_t seed;    /* of weights, data and shuffling */
    const char *data; /* name of the set or its directory; borrowed */
    int steps;        /* to train in all; 0 where epochs say how many */
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

/* Whether a training that goes on may have another value. */
enum setting_change {
    SETTING_FIXED,   /* no: it would be another training */
    SETTING_FREE,    /* yes */
    SETTING_CONSTANT /* there is no option: every training has the default */
};

struct setting {
    const char *name; /* of the option and of the text in a checkpoint */
    enum setting_type type;
    size_t field;    /* offset in struct recipe */
    long long least; /* of an int, int64_t or float */
    long long most;
    enum setting_change change;
};

/* Row i of the table, or NULL past its end. The first SETTING_SHAPES are the
 * layers and their width, which the shapes of weights say, too. */
enum { SETTING_SHAPES = 2 };
const struct setting *
setting_at(int i);

/* The row of a name, or NULL. */
const struct setting *
setting_find(const char *name);

/* Reads text into the setting's field of what lies at base, which is a recipe
 * for a row of the table. A name is borrowed. False with the cause, "NAME is
 * TEXT; use ...", if that is no value for it. */
bool
setting_read(const struct setting *setting, const char *text, void *base,
             struct cause *cause);

/* The value as setting_read() reads it, in as few digits as give the same
 * number. A name is returned itself, another value in room. */
enum { SETTING_TEXT = 64 };
const char *
setting_text(const struct setting *setting, const struct recipe *recipe,
             char room[SETTING_TEXT]);

/* Gives one recipe the value that another has. */
void
setting_copy(const struct setting *setting, struct recipe *to,
             const struct recipe *from);

#endif
