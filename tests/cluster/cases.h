/* cases.h -- test cases of the cluster room's program, and files in memory. */
#ifndef PIPELAB_TESTS_CLUSTER_CASES_H
#define PIPELAB_TESTS_CLUSTER_CASES_H

#include "cluster/cluster.h"
#include "cluster/model.h"

#include "checks.h"

/* Reads text as the file "m.json" or "c.json"; NULL with the cause. */
struct model *
model_of_text(const char *text, struct cause *cause);
struct cluster *
cluster_of_text(const char *text, struct cause *cause);

/* The same of text that has to be right. */
struct model *
right_model(const char *text);
struct cluster *
right_cluster(const char *text);

TCase *
files_case(void);
TCase *
needs_case(void);

#endif
