/* session.h -- shared by all commands that run the model: takes options to
 * data, plan, forecast and trainer, and prints the reports. */
#ifndef PIPELAB_CLI_SESSION_H
#define PIPELAB_CLI_SESSION_H

#include "train/checkpoint.h"
#include "request/setup.h"
#include "report/curve.h"
#include "train/trainer.h"
#include "sim/forecast.h"

struct session {
    struct plan_request request; /* completed by the checkpoint */
    bool lockstep;               /* one rank moves at a time */
    bool monolith;
    struct world world;         /* of the plan's ranks: see session_world() */
    struct replicas replicas;   /* of the pipeline; count 1 if there is one */
    struct checkpoint resumed;  /* --resume's file, or closed */
    struct dataset train;       /* in several processes each has the arrays
                                    * that its stages need */
    struct dataset test;        /* count 0 if there is none */
    const struct dataset *data; /* train or test: the examples to run */
    struct setup setup;         /* of the monolith: a plan of one rank */
    struct forecast forecast;   /* with spans; in lockstep with turns */
    const struct action *break_at; /* or NULL */
    size_t bytes;                  /* of all of these; see session_room() */
    struct trainer *trainer;
};

/* A session for the options; nothing is open yet. */
struct session
session_of(const struct options *options);

/* The processes that run the plan, or NULL if there is one. All of them have a
 * session and call the functions below. */
const struct world *
session_world(const struct session *session);

/* Opens the checkpoint of --resume and takes from it the settings that were
 * not given; to_train: see checkpoint_open(). To evaluate, batch and
 * microbatches are always the file's. */
enum status
session_resume(struct session *session, bool to_train, struct cause *cause);

/* Reads the data of --data. If it has as many inputs as the resumed model, it
 * gets at least the classes of that model, even if no example has the last
 * ones. */
enum status
session_data(struct session *session, struct cause *cause);

/* The same, and takes the training examples, of which there must be enough for
 * a batch. */
enum status
session_training_data(struct session *session, struct cause *cause);

/* Makes plan and forecast from options and data; the caller makes the trainer.
 * Release with session_end() in any case. */
enum status
session_plan(struct session *session, struct cause *cause);
void
session_end(struct session *session);

/* Finds the action of --break-at in the plan. */
enum status
session_find_break(struct session *session, struct cause *cause);

/* Examples of a step, of all replicas. */
int
session_batch(const struct session *session);

/* A hash of the training examples; call it before session_plan(). */
uint64_t
session_data_hash(const struct session *session);

/* Options for a trainer on the data, from the first step on. */
struct trainer_options
session_trainer_options(const struct session *session);

/* Adds up the bytes of the session and of the trainer, and checks that the
 * machine has them. */
enum status
session_room(struct session *session, const struct trainer_options *trainer,
             struct cause *cause);

/* Prints what is run, and the layers, rank, core and bytes of each stage. */
void
session_print_stages(const struct session *session);

/* Prints virtual time, wall time of the median of the latest steps, and the
 * parts of the wall time of all steps. */
void
session_print_clocks(const struct session *session, int steps);

/* The loss of every step that was run. */
struct curve
session_losses(const struct session *session);

/* Wall time of all steps. */
double
session_seconds(const struct session *session);

/* What each rank holds; the caller frees it. */
struct memory_summary *
session_memory(const struct session *session);

/* Schedule, shape, virtual time, wall time and memory, as members of the open
 * object. */
void
session_json(const struct session *session, struct json *json);

/* Says on stderr that the plan deadlocks and which capacity to use; returns
 * the status. */
enum status
session_deadlock(const struct session *session);

/* In several processes: whether the plan deadlocks, which is known beforehand,
 * as where each rank then stands: bounded first-in-first-out links leave no
 * choice. Says so. No such run is to be begun. */
bool
session_foresees_deadlock(const struct session *session);

/* Says on stderr which number of a failed run is not finite, and what to do;
 * returns the status. */
enum status
session_not_finite(const struct trainer *trainer);

/* Says on stderr what stopped the run; returns the status. */
enum status
session_explain(const struct session *session, enum run_status stopped);

#endif
