/* searching.h -- the plan of a request's schedule, and what is said of a
 * search. */
#ifndef PIPELAB_REQUEST_SEARCHING_H
#define PIPELAB_REQUEST_SEARCHING_H

#include "base/json.h"
#include "request/setup.h"

/* The plan of request->schedule for the setup's costs; the caller frees it. Of
 * a search it fills setup->search and remarks what that found. NULL with the
 * cause. */
struct plan *
searching_plan(struct setup *setup, const struct plan_request *request,
               struct cause *cause);

/* What a search was for and found, as members of the open object; nothing of a
 * plan that was not searched for. */
void
searching_json(struct json *json, const struct setup *setup);

#endif
