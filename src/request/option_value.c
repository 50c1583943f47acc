/* option_value.c -- reads and checks the values of options. */
#include "config.h"

#include "request/option_value.h"

#include "base/list.h"
#include "cluster/bytes.h"
#include "plan/plan.h"
#include "request/sizes.h"
#include "search/schedule.h"
#include "sim/forecast.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

bool
option_int(const struct option_entry *entry, const char *text, void *field,
           struct cause *cause)
{
    struct setting number = {
        .name = entry->name,
        .type = entry->most > INT_MAX ? SETTING_LONG : SETTING_INT,
        .least = entry->least,
        .most = entry->most,
    };
    struct cause why;

    return setting_read(&number, text, field, &why) ||
           fail(cause, "--%s", why.text);
}

bool
option_setting(const struct option_entry *entry, const char *text,
               void *recipe, struct cause *cause)
{
    struct cause why;

    return setting_read(setting_find(entry->name), text, recipe, &why) ||
           fail(cause, "--%s", why.text);
}

bool
option_text(const struct option_entry *entry, const char *text, void *field,
            struct cause *cause)
{
    (void)entry;
    (void)cause;
    *(const char **)field = text;
    return true;
}

/* A schedule by its own name, whichever of its names is given. A name that no
 * schedule has is refused where the plan is made. */
bool
option_schedule(const struct option_entry *entry, const char *text,
                void *field, struct cause *cause)
{
    const struct policy *schedule = schedule_find(text, cause);

    if (strcasecmp(text, "none") == 0)
        text = "none";
    return option_text(entry, schedule ? schedule->name : text, field, cause);
}

/* The names stay as they were given. */
bool
option_schedules(const struct option_entry *entry, const char *text,
                 void *field, struct cause *cause)
{
    const char *list = text;

    for (struct list_item item; list_next(&list, &item);) {
        char name[48];

        snprintf(name, sizeof name, "%.*s", (int)item.length, item.text);
        if (!schedule_find(name, cause))
            return false;
    }
    return option_text(entry, text, field, cause);
}

bool
option_cost(const struct option_entry *entry, const char *text, void *field,
            struct cause *cause)
{
    if (strcmp(text, "measured") != 0 && !cost_parse(NULL, text, cause))
        return fail_of(cause, "--cost");
    return option_text(entry, text, field, cause);
}

bool
option_factors(const struct option_entry *entry, const char *text, void *field,
               struct cause *cause)
{
    return cost_parse_stages(NULL, text, cause)
               ? option_text(entry, text, field, cause)
               : fail_of(cause, "--stage-cost");
}

bool
option_mbs(const struct option_entry *entry, const char *text, void *field,
           struct cause *cause)
{
    return cost_parse_mbs(NULL, 0, text, cause)
               ? option_text(entry, text, field, cause)
               : fail_of(cause, "--microbatch-cost");
}

bool
option_ranks(const struct option_entry *entry, const char *text, void *field,
             struct cause *cause)
{
    return cost_parse_ranks(NULL, 0, text, cause)
               ? option_text(entry, text, field, cause)
               : fail_of(cause, "--rank-cost");
}

bool
option_share(const struct option_entry *entry, const char *text, void *field,
             struct cause *cause)
{
    struct list_item item = {text, strlen(text)};
    double *share = field;

    return (list_real(&item, share) && *share >= 0.0 && *share <= 1.0) ||
           fail(cause, "--%s is %.40s; use a number from 0 to 1", entry->name,
                text);
}

bool
option_size(const struct option_entry *entry, const char *text, void *field,
            struct cause *cause)
{
    double bytes;

    if (!bytes_parse(text, &bytes) || bytes < 1.0)
        return fail(cause, "--%s is %.40s; use bytes, as in 80GiB",
                    entry->name, text);
    *(int64_t *)field = (int64_t)bytes;
    return true;
}

bool
option_latency(const struct option_entry *entry, const char *text, void *field,
               struct cause *cause)
{
    return cost_parse_latency(NULL, text, cause)
               ? option_text(entry, text, field, cause)
               : fail_of(cause, "--latency");
}

bool
option_bytes(const struct option_entry *entry, const char *text, void *field,
             struct cause *cause)
{
    struct sizes sizes;

    return sizes_parse(&sizes, text, cause)
               ? option_text(entry, text, field, cause)
               : fail_of(cause, "--bytes");
}

bool
option_bandwidth(const struct option_entry *entry, const char *text,
                 void *field, struct cause *cause)
{
    double bytes;

    return sizes_bandwidth(text, -1.0, &bytes, cause)
               ? option_text(entry, text, field, cause)
               : fail_of(cause, "--bandwidth");
}

bool
option_split(const struct option_entry *entry, const char *text, void *field,
             struct cause *cause)
{
    const char *wrong;

    if (list_wholes(text, 1, INT_MAX, NULL, 0, &wrong) == 0)
        return fail(cause,
                    "--split %.60s: \"%.20s\" is no number of layers; use "
                    "one a stage, as in 5,4,4,3",
                    text, wrong);
    return option_text(entry, text, field, cause);
}

bool
option_cut(const struct option_entry *entry, const char *text, void *field,
           struct cause *cause)
{
    return (strcmp(text, "measured") == 0 ? option_text : option_split)(
        entry, text, field, cause);
}

bool
option_switch(const struct option_entry *entry, const char *text, void *field,
              struct cause *cause)
{
    (void)entry;
    (void)text;
    (void)cause;
    *(bool *)field = true;
    return true;
}

bool
option_capacity(const struct option_entry *entry, const char *text,
                void *field, struct cause *cause)
{
    if (strcmp(text, "auto") == 0) {
        *(int *)field = CAPACITY_AUTO;
        return true;
    }
    if (!option_int(entry, text, field, cause))
        return fail(cause,
                    "--capacity is %.40s; use auto or a number of slots up to "
                    "%lld, 0 for rendezvous",
                    text, entry->most);
    return true;
}

bool
option_word(const struct option_entry *entry, const char *text, void *field,
            struct cause *cause)
{
    const char *second = strchr(entry->argument, '|') + 1;
    int first = (int)(second - 1 - entry->argument);

    *(bool *)field = strcmp(text, second) == 0;
    return *(bool *)field ||
           (strncmp(text, entry->argument, (size_t)first) == 0 &&
            text[first] == '\0') ||
           fail(cause, "--%s is %.40s; use %.*s or %s", entry->name, text,
                first, entry->argument, second);
}

bool
option_sheet(const struct option_entry *entry, const char *text, void *field,
             struct cause *cause)
{
    bool filled;

    if (!option_word(entry, text, &filled, cause))
        return false;
    *(enum sheet_kind *)field = filled ? SHEET_FILLED : SHEET_BLANK;
    return true;
}

bool
option_lower(const struct option_entry *entry, const char *text, void *field,
             struct cause *cause)
{
    *(enum lowering *)field = text ? LOWER_PYTORCH : LOWER_PLAIN;
    return !text || strcmp(text, "pytorch") == 0 ||
           fail(cause, "--%s=%.40s: use --%s alone, or --%s=pytorch",
                entry->name, text, entry->name, entry->name);
}

/* The formats a command can print: those named in the help's argument. */
bool
option_format(const struct option_entry *entry, const char *text, void *field,
              struct cause *cause)
{
    static const char *const names[] = {
        [FORMAT_TEXT] = "text",
        [FORMAT_LIST] = "list",
        [FORMAT_CSV] = "csv",
        [FORMAT_JSON] = "json",
    };

    for (int f = FORMAT_TEXT; f <= FORMAT_JSON; f++)
        if (strcmp(names[f], text) == 0 && strstr(entry->argument, text)) {
            *(enum format *)field = (enum format)f;
            return true;
        }
    return fail(cause, "--%s is %.40s; use one of %s", entry->name, text,
                entry->argument);
}
