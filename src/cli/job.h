/* job.h -- what commands that run the model share: from the options to
 * data, plan, prediction and trainer, and the reports that all of them print. */
#ifndef PIPELAB_CLI_JOB_H
#define PIPELAB_CLI_JOB_H

#include "train/checkpoint.h"
#include "cli/plan_request.h"
#include "train/trainer.h"
#include "sim/forecast.h"

struct session {
    struct plan_request request; /* completed by the checkpoint */
    bool lockstep;               /* one rank moves at a time */
    bool monolith;
    struct checkpoint resumed; /* --resume's file, or closed */
    struct dataset train;
    struct dataset test;   /* count 0 if there is none */
    const struct dataset *data; /* which of the two is run on */
    /* not for the monolith: */
    struct setup setup;
    struct forecast forecast;      /* with spans */
    const struct action *break_at; /* or NULL */
    struct turn *turns;
    size_t turn_count;
    size_t bytes; /* of all of these: see session_room() */
    struct trainer *trainer;
};

/* What the command line asks for; nothing is open yet. */
struct session
session_of(const struct options *options);

/* Opens the checkpoint of --resume and takes from it what options leave open;
 * to_train as of checkpoint_open(). To evaluate, the file's batch and
 * microbatches come first, whatever was given. */
enum status
session_resume(struct session *session, bool to_train, struct cause *cause);

/* Reads the data of --data. Where it has the inputs of the resumed model, it
 * counts that model's classes too, should it have none of the last ones. */
enum status
session_data(struct session *session, struct cause *cause);

/* Makes plan and prediction, from options and data; the trainer is left to the
 * caller. Whatever it returns, session_end() releases all that is there. */
enum status
session_plan(struct session *session, struct cause *cause);
void
session_end(struct session *session);

/* --break-at: the action of the plan that is meant. */
enum status
session_find_break(struct session *session, struct cause *cause);

/* For a trainer on the data, from the first step on. */
struct trainer_options
session_trainer_options(const struct session *session);

/* Counts what the session has and what the trainer will take, and whether the
 * machine has that much. */
enum status
session_room(struct session *session, const struct trainer_options *trainer,
             struct cause *cause);

/* What is run, and who holds which part of it. */
void
session_print_stages(const struct session *session);

/* The clocks of the last of so many steps, and where the time of all went. */
void
session_print_clocks(const struct session *session, int steps);

/* Wall time of all steps. */
double
session_seconds(const struct session *session);

/* Schedule, shape, virtual time, wall time and memory, as members of the open
 * object. */
void
session_json(const struct session *session, struct json *json);

/* Says on stderr that the plan deadlocks, and what helps; returns the status. */
enum status
session_deadlock(const struct session *session);

/* What stopped the run, in words on stderr. */
enum status
session_explain(const struct session *session, enum run_status stopped);

#endif
