/* training.h -- what pipelab train has done, and how it is shown. */
#ifndef PIPELAB_CLI_TRAINING_H
#define PIPELAB_CLI_TRAINING_H

#include "cli/session.h"
#include "cli/recording.h"

#include <stddef.h>
#include <stdint.h>

struct epoch {
    int first;       /* step; of a resumed one the first that is run here */
    double loss;     /* mean of its steps */
    double accuracy; /* after it, with a test split */
};

/* A training from its options to its reports. */
struct training {
    struct session session;
    struct recording recording;
    uint64_t data_hash;
    int first_step;       /* 0, or where it is resumed */
    int steps;            /* in all, with those before first_step */
    uint64_t weights;     /* their hash, at the end */
    int saved;            /* what --save has, or first_step */
    struct epoch *epochs; /* that ended here, or with the training */
    size_t epoch_room;
    int epochs_done; /* so many */
};

/* One line for an epoch that has just ended. */
void
training_print_epoch(const struct training *training,
                     const struct epoch *epoch);

/* One line if the batch does not divide the examples. Each epoch has its own
 * order, so each leaves out other examples. */
void
training_print_left_out(const struct training *training);

/* The results, after at least one step. */
void
training_print_text(const struct training *training);
void
training_print_json(const struct training *training);

/* The losses of the steps that a failed training has finished; its weights are
 * not of one step. */
void
training_print_failed(struct training *training);

#endif
