/* examples.c -- makes or reads the data set that a training is asked for. */
#include "config.h"

#include "cli/examples.h"

#include "base/plural.h"
#include "request/setup.h"

#include <string.h>

/* The course's one fixed batch: as wide as the layers, two classes. */
static enum status
make_batch(struct dataset *train, const struct plan_request *request,
           struct cause *cause)
{
    const struct recipe *recipe = &request->recipe;
    int replicas = request->options->replicas;
    int count = recipe->batch * (replicas > 1 ? replicas : 1);
    struct machine_need need = {
        .bytes = dataset_random_bytes(count, recipe->hidden)};
    enum status status = setup_room(request, need, "the random batch",
                                    "lower --batch or --hidden", cause);

    if (status == STATUS_DONE)
        dataset_random(train, count, recipe->hidden, 2, recipe->seed);
    return status;
}

/* Both splits of a directory or, if it is named so, of the package. */
static bool
read_sets(struct dataset *train, struct dataset *test, const char *name,
          struct cause *cause)
{
    bool packaged = strcmp(name, "fashion-mnist") == 0;
    const char *dir = packaged ? "/usr/share/datasets/fashion-mnist" : name;

    if (!dataset_idx_dir(train, dir, false, cause)) {
        if (packaged)
            strncat(cause->text, " (package dataset-fashion-mnist)",
                    sizeof cause->text - strlen(cause->text) - 1);
        return false;
    }
    if (!dataset_idx_dir(test, dir, true, cause))
        return false;
    if (test->count > 0 && test->features != train->features)
        return fail(cause,
                    "%s: training images have %d pixel%s, test images %d; use "
                    "files of one set",
                    name, train->features, plural(train->features),
                    test->features);
    if (train->classes < test->classes)
        train->classes = test->classes;
    test->classes = train->classes;
    return true;
}

enum status
examples_read(struct dataset *train, struct dataset *test,
              const struct plan_request *request, struct cause *cause)
{
    const struct recipe *recipe = &request->recipe;

    *train = *test = (struct dataset){0};
    if (recipe_is_one_batch(recipe))
        return make_batch(train, request, cause);
    if (strcmp(recipe->data, "digits") == 0) {
        dataset_digits(train, false, DIGITS_TRAIN, recipe->seed);
        dataset_digits(test, true, DIGITS_TEST, recipe->seed);
    } else if (!read_sets(train, test, recipe->data, cause)) {
        dataset_fini(train);
        dataset_fini(test);
        return STATUS_INVALID;
    }
    return STATUS_DONE;
}
