/* recording.c -- writes a training's metrics, trace and picture. */
#include "config.h"

#include "cli/recording.h"

#include "cli/run_report.h"
#include "cli/session_panels.h"
#include "report/clocks.h"
#include "report/curve.h"
#include "report/svg.h"

/* Of the trace's two processes. */
enum { CLOCK_PREDICTED = 1, CLOCK_MEASURED };

bool
recording_open(struct recording *recording, const struct session *session,
               struct cause *cause)
{
    const struct options *options = session->request.options;
    int ranks = session->setup.plan->ranks;

    recording->session = session;
    if (options->svg && !output_possible("--svg", options->svg, cause))
        return false;
    if (options->html && !run_report_possible(options->html, cause))
        return false;
    if (options->metrics && !output_open(&recording->metrics, "--metrics",
                                         options->metrics, true, cause))
        return false;
    if (!options->trace)
        return true;
    if (!output_open(&recording->trace, "--trace", options->trace, true,
                     cause))
        return false;
    chrome_open(&recording->chrome, recording->trace.out);
    chrome_clock(&recording->chrome, CLOCK_PREDICTED, "predicted", ranks);
    chrome_clock(&recording->chrome, CLOCK_MEASURED, "measured", ranks);
    return true;
}

void
recording_add_metrics(struct recording *recording, int from)
{
    const struct trainer *trainer = recording->session->trainer;
    FILE *out = recording->metrics.out;

    if (!out)
        return;
    for (int s = from; s < trainer->step; s++) {
        struct json json = {.out = out};

        json_open(&json, NULL, '{');
        json_int(&json, "step", s);
        json_number(&json, "loss", trainer_loss(trainer, s));
        json_close(&json, '}');
        fputc('\n', out);
    }
    output_flush(&recording->metrics);
}

/* A trace of the last step so far, where it lies since the training began. */
static void
add_trace(struct recording *recording, int clock, const struct trace *trace,
          double us)
{
    const struct trainer *trainer = recording->session->trainer;
    const struct run *run = trainer->run;
    struct chrome_time time = {
        .us = us,
        .start = (double)(run_last(run)->start_ns - trainer->start_ns) * 1e-3,
    };

    chrome_add(&recording->chrome, clock, run->options.plan, trace, time);
}

/* One step an epoch; without epochs one whenever twice as many are done, so
 * that there is something early and never too much. */
static bool
is_to_be_traced(const struct recording *recording)
{
    const struct trainer *trainer = recording->session->trainer;

    if (trainer_shuffles(trainer))
        return trainer->step % trainer->batches.per_epoch == 0;
    return trainer->step >= 2 * recording->traced;
}

static void
trace_measured(struct recording *recording)
{
    const struct trainer *trainer = recording->session->trainer;

    if (recording->traced == trainer->step)
        return;
    recording->traced = trainer->step;
    add_trace(recording, CLOCK_MEASURED, &run_last(trainer->run)->wall, 1e-3);
}

void
recording_add(struct recording *recording, int from)
{
    recording_add_metrics(recording, from);
    if (recording->trace.out && is_to_be_traced(recording))
        trace_measured(recording);
}

static bool
recording_write_svg(const struct session *session, struct cause *cause)
{
    const struct options *options = session->request.options;
    struct curve curve = session_losses(session);
    struct svg_style style = {
        .unit = "ms", .arrows = options->arrows, .curve = &curve};
    struct session_panels drawn;
    struct output output;

    if (!output_open(&output, "--svg", options->svg, false, cause))
        return false;
    session_panels_init(&drawn, session);
    svg_write(output.out, drawn.panels, SESSION_PANELS, &style);
    session_panels_fini(&drawn);
    return output_close(&output, cause);
}

bool
recording_finish(struct recording *recording, struct cause *cause)
{
    const struct options *options = recording->session->request.options;
    const struct run *run = recording->session->trainer->run;
    const struct trace *predicted = &recording->session->forecast.trace;

    if (recording->trace.out) {
        trace_measured(recording);
        /* Over it, in ticks as long as they came to be. */
        add_trace(recording, CLOCK_PREDICTED, predicted,
                  1e-3 * clocks_tick_ns(predicted, &run_last(run)->wall));
    }
    return (!options->svg || recording_write_svg(recording->session, cause)) &&
           (!options->html ||
            session_report(recording->session, "train", cause));
}

bool
recording_close(struct recording *recording, struct cause *cause)
{
    bool written = output_close(&recording->metrics, cause);

    if (recording->trace.out)
        chrome_close(&recording->chrome);
    return output_close(&recording->trace, cause) && written;
}
