#include "config.h"

#include "drawn.h"

#include "plan/plans.h"
#include "plan/walk.h"

#include <string.h>

static void
record(void *context, int rank, const struct walk_event *event)
{
    struct span span = {
        .action = *event->action, .start = event->start, .end = event->end};

    span.parts[action_is_transfer(event->action) ? SPAN_WAIT_INPUT
                                                 : SPAN_COMPUTE] =
        event->end - event->start;
    trace_add(context, rank, &span);
}

void
drawn_init(struct drawn *drawn, const char *schedule, int ranks, int mbs)
{
    drawn_init_at(drawn, schedule, ranks, mbs, "F=1,B=2");
}

void
drawn_init_at(struct drawn *drawn, const char *schedule, int ranks, int mbs,
              const char *costs)
{
    struct cost cost;
    struct walk walk;
    struct cause cause;

    drawn->plan = lowered_of(schedule, ranks, mbs);
    cost_init(&cost, ranks);
    ck_assert_msg(cost_parse(&cost, costs, &cause), "%s", cause.text);
    cost.latency = 1;
    trace_init(&drawn->trace, drawn->plan, 1);
    walk_run(&walk, drawn->plan, &cost, WALK_UNBOUNDED, record, &drawn->trace);
    ck_assert(walk.complete);
    walk_fini(&walk);
    cost_fini(&cost);
    metrics_of(&drawn->metrics, &drawn->trace);
}

void
drawn_fini(struct drawn *drawn)
{
    metrics_fini(&drawn->metrics);
    trace_fini(&drawn->trace);
    plan_free(drawn->plan);
}

int
occurrences(const char *text, const char *of)
{
    int count = 0;

    for (; (text = strstr(text, of)) != NULL; text += strlen(of))
        count++;
    return count;
}
