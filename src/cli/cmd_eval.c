/* cmd_eval.c -- takes a checkpoint's test split through forwards alone. */
#include "config.h"

#include "base/plural.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/processes.h"
#include "cli/run_report.h"
#include "cli/session.h"
#include "cli/session_panels.h"
#include "request/tick.h"

/* The checkpoint's model and data; how many at a time is free. */
static enum status
take_checkpoint(struct session *session, struct cause *cause)
{
    const struct options *options = session->request.options;
    enum status status;

    if (!options->resume) {
        fail(cause, "there is nothing to evaluate; give --resume FILE, which "
                    "pipelab train --save writes");
        return STATUS_USAGE;
    }
    status = session_resume(session, false, cause);
    if (status == STATUS_DONE && session->resumed.weights_alone &&
        !options_given(options, "data")) {
        fail(cause,
             "%s holds weights alone and does not say of which data; "
             "give --data",
             options->resume);
        return STATUS_USAGE;
    }
    return status;
}

static enum status
eval_begin(struct session *session, struct cause *cause)
{
    const struct options *options = session->request.options;
    struct recipe *recipe = &session->request.recipe;
    struct trainer_options trainer;
    enum status status;

    if (options->html && !run_report_possible(options->html, cause))
        status = STATUS_FAILED;
    else
        status = take_checkpoint(session, cause);
    status = processes_agree(status, cause);
    if (status == STATUS_DONE)
        status = session_data(session, cause);
    if (status != STATUS_DONE)
        return status;
    session->data = session->test.count > 0 ? &session->test : &session->train;
    if (options_given(options, "batch"))
        recipe->batch = options->recipe.batch;
    if (options_given(options, "microbatches"))
        recipe->mbs = options->recipe.mbs;
    session->request.forward_only = true;
    status = session_plan(session, cause);
    if (status != STATUS_DONE)
        return status;
    recipe->steps = (session->data->count - 1) / recipe->batch + 1;
    recipe->nan_continue = true; /* a loss that is none is a result */
    trainer = session_trainer_options(session);
    trainer.task.forward_only = true;
    status = processes_agree(session_room(session, &trainer, cause), cause);
    if (status != STATUS_DONE)
        return status;
    session->trainer = trainer_new(&trainer);
    if (!checkpoint_restore(&session->resumed, session->trainer, cause))
        status = STATUS_INVALID;
    return processes_agree(status, cause);
}

static const char *
split_name(const struct session *session)
{
    return session->data == &session->test ? "test" : "train";
}

static double
accuracy(const struct session *session)
{
    return (double)trainer_correct(session->trainer) / session->data->count;
}

static double
eval_samples_per_second(const struct session *session)
{
    return (double)session->data->count / session_seconds(session);
}

static void
eval_print_text(const struct session *session)
{
    const struct trainer *trainer = session->trainer;

    if (!session->resumed.weights_alone)
        printf("after step %d, ", session->resumed.step);
    printf("%d example%s of the %s split: accuracy %.2f %%, mean loss %.6f\n"
           "%d batch%s in %.3f s, %.0f samples a second\n",
           session->data->count, plural(session->data->count),
           split_name(session), 100.0 * accuracy(session),
           trainer_mean_loss(trainer), trainer->step, plural_es(trainer->step),
           session_seconds(session), eval_samples_per_second(session));
    if (trainer->run)
        session_print_clocks(session, trainer->step);
}

static void
eval_print_json(const struct session *session)
{
    const struct trainer *trainer = session->trainer;
    struct json json = {.out = stdout};

    json_open(&json, NULL, '{');
    session_json(session, &json);
    if (!session->resumed.weights_alone)
        json_int(&json, "step", session->resumed.step);
    json_text(&json, "split", split_name(session));
    json_int(&json, "batch", trainer->options.task.recipe.batch);
    json_int(&json, "examples", session->data->count);
    json_int(&json, "correct", trainer_correct(trainer));
    json_number(&json, "accuracy", accuracy(session));
    json_number(&json, "mean_loss", trainer_mean_loss(trainer));
    json_number(&json, "seconds", session_seconds(session));
    json_number(&json, "samples_per_second", eval_samples_per_second(session));
    json_close(&json, '}');
    putchar('\n');
}

static enum status
eval_run(struct session *session, struct cause *cause)
{
    const struct options *options = session->request.options;
    bool text = options->format == FORMAT_TEXT;
    enum run_status stopped;

    text_release();
    tick_remark(&session->setup, options);
    if (session_foresees_deadlock(session))
        return STATUS_DEADLOCK;
    if (text)
        session_print_stages(session);
    stopped = trainer_evaluate(session->trainer);
    if (stopped != RUN_DONE)
        return session_explain(session, stopped);
    if (!processes_speak())
        return STATUS_DONE;
    (text ? eval_print_text : eval_print_json)(session);
    if (options->html && !session_report(session, "eval", cause))
        return (enum status)complain(STATUS_FAILED, cause);
    return STATUS_DONE;
}

static int
cmd_eval(const struct options *options)
{
    struct session session = session_of(options);
    struct cause cause;
    enum status status = eval_begin(&session, &cause);

    if (status == STATUS_DONE)
        status = eval_run(&session, &cause);
    else
        complain(status, &cause);
    session_end(&session);
    return (int)status;
}

const struct command command_eval = {
    .name = "eval",
    .summary = "Take a checkpoint's test split through forwards alone: "
               "accuracy and loss.",
    .takes = TAKES_PLAN | TAKES_TIME | TAKES_EVAL | TAKES_HTML | TAKES_FORMAT,
    .examples = "  pipelab eval --resume digits.safetensors\n"
                "  pipelab eval --resume digits.safetensors --schedule zbv "
                "--ranks 2\n",
    .run = cmd_eval,
};
