/* verdict.c -- prints what the check says of a plan, and the plan, as JSON. */
#include "config.h"

#include "request/verdict.h"

#include "plan/place.h"

static void
json_plan(struct json *json, const struct plan *plan)
{
    char cell[ACTION_CELL_MAX];

    json_bool(json, "lowered", plan->lowered);
    if (plan->copies == 2)
        json_int(json, "copies", plan->copies);
    json_open(json, "rank_of_stage", '[');
    for (int p = 0; p < plan_places(plan); p++)
        json_int(json, NULL, plan->rank_of_stage[p]);
    json_close(json, ']');
    json_open(json, "plan", '[');
    for (int r = 0; r < plan->ranks; r++) {
        json_open(json, NULL, '[');
        for (size_t i = 0; i < plan->lists[r].count; i++)
            json_text(json, NULL, action_cell(&plan->lists[r].at[i], cell));
        json_close(json, ']');
    }
    json_close(json, ']');
}

void
verdict_json(struct json *json, const struct setup *setup,
             const struct plan *shown)
{
    setup_json(json, setup);
    json_int(json, "smallest_capacity",
             program_smallest_capacity(setup->program));
    json_int(json, "messages", setup->program->messages);
    json_bool(json, "ascending_weight_gradients",
              setup->program->unordered_stage < 0);
    json_open(json, "peak_activations", '[');
    for (int r = 0; r < setup->plan->ranks; r++)
        json_number(json, NULL, setup->program->peak_activations[r]);
    json_close(json, ']');
    if (shown)
        json_plan(json, shown);
}
