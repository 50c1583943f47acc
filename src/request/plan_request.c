/* plan_request.c -- begins a request with the options and changes it as a
 * checkpoint asks. */
#include "config.h"

#include "request/plan_request.h"

#include <string.h>

struct plan_request
plan_request_of(const struct options *options, const struct means *means)
{
    return (struct plan_request){
        .options = options,
        .means = means,
        .load = options->load,
        .schedule = options->schedule,
        .stages = options->stages,
        .ranks = options->ranks,
        .recipe = options->recipe,
        .forward_only = options->forward_only,
    };
}

bool
plan_request_fit_stages(struct plan_request *request, int layers)
{
    const struct options *options = request->options;
    int ranks = options_ranks(options, 1);

    if (options_given(options, "stages") || request->load ||
        request->stages <= layers || ranks > layers)
        return false;
    request->stages = layers / ranks * ranks;
    request->ranks = options_ranks(options, request->stages);
    request->schedule =
        options_schedule(options, request->ranks, request->stages);
    return !options_is_monolith(options);
}

bool
plan_request_resume(struct plan_request *request, const struct recipe *kept,
                    int settings, bool may_differ, struct cause *cause)
{
    const struct options *options = request->options;
    char texts[2][SETTING_TEXT];

    for (int i = 0; i < settings; i++) {
        const struct setting *setting = setting_at(i);
        bool given = options_given(options, setting->name) != 0;
        bool fixed = setting->change == SETTING_FIXED;
        const char *was = setting_text(setting, kept, texts[0]);
        const char *now = setting_text(setting, &options->recipe, texts[1]);

        if (given && fixed && !may_differ && strcmp(was, now) != 0)
            return fail(cause,
                        "--%s is %s, but %s was trained with %s; leave it to "
                        "the file",
                        setting->name, now, options->resume, was);
        if (!given || fixed)
            setting_copy(setting, &request->recipe, kept);
    }
    return true;
}
