/* session_panels.c -- lays a run's predicted time over its measured time. */
#include "config.h"

#include "cli/session_panels.h"

#include "base/plural.h"
#include "cli/run_report.h"
#include "report/clocks.h"
#include "report/panels.h"
#include "train/rank_memory.h"

#include <stdlib.h>

void
session_panels_init(struct session_panels *drawn,
                    const struct session *session)
{
    const struct run *run = session->trainer->run;
    const struct forecast *forecast = &session->forecast;
    int of;
    const struct trace *wall = &kept_median(&run->kept, &of)->wall;
    double tick_us = 1e-3 * clocks_tick_ns(&forecast->trace, wall);

    snprintf(drawn->notes[0], sizeof drawn->notes[0],
             "predicted, a tick as %.4g us", tick_us);
    snprintf(drawn->notes[1], sizeof drawn->notes[1],
             "measured: the median of the last %d step%s", of, plural(of));
    metrics_of(&drawn->measured, wall);
    drawn->panels[0] = (struct svg_panel){
        .title = run->options.plan->name,
        .note = drawn->notes[0],
        .plan = run->options.plan,
        .trace = &forecast->trace,
        .metrics = &forecast->metrics,
        .scale = 1e-3 * tick_us,
    };
    drawn->panels[1] = (struct svg_panel){
        .title = run->options.plan->name,
        .note = drawn->notes[1],
        .plan = run->options.plan,
        .trace = wall,
        .metrics = &drawn->measured,
        .scale = 1e-6,
        .begin = trace_begin(wall),
    };
}

void
session_panels_fini(struct session_panels *drawn)
{
    metrics_fini(&drawn->measured);
}

/* Of the microbatches that the trainer runs; the caller frees it. */
static struct footprint *
stages_of(const struct session *session)
{
    const struct training_task *task = &session->trainer->options.task;

    return rank_memory_stages(session->setup.plan, &task->mlp,
                              session->setup.split, task->recipe.batch,
                              session->setup.cost.recompute);
}

bool
session_report(const struct session *session, const char *command,
               struct cause *cause)
{
    struct session_panels drawn;
    struct run_report report;
    struct curve losses = session_losses(session);
    struct json *json = &report.json;
    struct footprint *stages = stages_of(session);
    struct memory_summary *ranks = session_memory(session);
    struct memory_chart chart = {.stages = stages, .ranks = ranks};

    session_panels_init(&drawn, session);
    for (int p = 0; p < SESSION_PANELS; p++)
        drawn.panels[p].memory = &chart;
    run_report_begin(&report, session->request.options->html, command);
    panels_json(json, drawn.panels, SESSION_PANELS, "ms");
    json_open(json, "losses", '[');
    for (int i = 0; i < losses.count; i++)
        json_number(json, NULL, losses.values[i]);
    json_close(json, ']');
    json_open(json, "session", '{');
    session_json(session, json);
    json_close(json, '}');
    session_panels_fini(&drawn);
    free(ranks);
    free(stages);
    return run_report_end(&report, cause);
}
