/* check_cluster.c -- model and cluster files, and what follows from them. */
#include "config.h"

#include "cases.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

static FILE *
file_of(const char *text)
{
    FILE *in = tmpfile();

    ck_assert_ptr_nonnull(in);
    ck_assert_uint_eq(fwrite(text, 1, strlen(text), in), strlen(text));
    rewind(in);
    return in;
}

struct model *
model_of_text(const char *text, struct cause *cause)
{
    FILE *in = file_of(text);
    struct model *model = model_read(in, "m.json", cause);

    fclose(in);
    return model;
}

struct cluster *
cluster_of_text(const char *text, struct cause *cause)
{
    FILE *in = file_of(text);
    struct cluster *cluster = cluster_read(in, "c.json", cause);

    fclose(in);
    return cluster;
}

struct model *
right_model(const char *text)
{
    struct cause cause = {.text = ""};
    struct model *model = model_of_text(text, &cause);

    ck_assert_msg(model != NULL, "%s", cause.text);
    return model;
}

struct cluster *
right_cluster(const char *text)
{
    struct cause cause = {.text = ""};
    struct cluster *cluster = cluster_of_text(text, &cause);

    ck_assert_msg(cluster != NULL, "%s", cause.text);
    return cluster;
}

int
main(void)
{
    Suite *suite = suite_create("cluster");

    suite_add_tcase(suite, files_case());
    suite_add_tcase(suite, needs_case());
    return suite_main(suite);
}
