/* action.c -- names actions and reads them from cells. */
#include "config.h"

#include "plan/action.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text;
    int64_t cost;
} kinds[ACTION_KINDS] = {
#define ACTION(constant, text, class, cost) [ACTION_##constant] = {text, cost},
#include "plan/action.def"
#undef ACTION
};

const enum action_class action_classes[ACTION_KINDS] = {
#define ACTION(constant, text, class, cost)                                   \
    [ACTION_##constant] = ACTION_CLASS_##class,
#include "plan/action.def"
#undef ACTION
};

const char *
action_kind_text(enum action_kind kind)
{
    return kinds[kind].text;
}

int64_t
action_default_cost(enum action_kind kind)
{
    return kinds[kind].cost;
}

bool
action_equal(const struct action *a, const struct action *b)
{
    return a->kind == b->kind && a->stage == b->stage && a->mb == b->mb &&
           a->pair_kind == b->pair_kind && a->pair_stage == b->pair_stage &&
           a->pair_mb == b->pair_mb;
}

bool
action_has(const struct action *action, const struct action *part)
{
    struct action parts[2];
    int count = action_parts(action, parts);

    return action_equal(action, part) || action_equal(&parts[0], part) ||
           (count == 2 && action_equal(&parts[1], part));
}

char *
action_cell(const struct action *action, char cell[ACTION_CELL_MAX])
{
    const char *text = kinds[action->kind].text;

    if (action->kind == ACTION_OVERLAP_F_B)
        snprintf(cell, ACTION_CELL_MAX, "(%dF%d;%d%s%d)%s", action->stage,
                 action->mb, action->pair_stage, kinds[action->pair_kind].text,
                 action->pair_mb, text);
    else if (!action_has_mb((enum action_kind)action->kind))
        snprintf(cell, ACTION_CELL_MAX, "%d%s", action->stage, text);
    else
        snprintf(cell, ACTION_CELL_MAX, "%d%s%d", action->stage, text,
                 action->mb);
    return cell;
}

/* Reads a number up to most at *text and moves past it. */
static bool
parse_number(const char **text, long most, int *number)
{
    char *end;
    long value;

    if (!isdigit((unsigned char)**text))
        return false;
    value = strtol(*text, &end, 10);
    if (value > most)
        return false;
    *number = (int)value;
    *text = end;
    return true;
}

/* Reads stage, kind and microbatch at *text and moves past them. */
static bool
parse_simple(const char **text, struct action *action)
{
    int stage;
    int mb = 0;
    size_t best = 0;
    enum action_kind kind = ACTION_KINDS;

    if (!parse_number(text, UINT16_MAX, &stage))
        return false;
    for (int k = 0; k < ACTION_KINDS; k++) {
        size_t length = strlen(kinds[k].text);

        if (length > best && strncmp(*text, kinds[k].text, length) == 0) {
            best = length;
            kind = (enum action_kind)k;
        }
    }
    if (kind == ACTION_KINDS || kind == ACTION_OVERLAP_F_B)
        return false;
    *text += best;
    if (action_has_mb(kind) && !parse_number(text, INT32_MAX, &mb))
        return false;
    *action = action_of(kind, stage, mb);
    return true;
}

static bool
is_backward(enum action_kind kind)
{
    return kind == ACTION_FULL_BACKWARD || kind == ACTION_BACKWARD_INPUT;
}

/* Reads one of an overlap's two, blanks around it and what ends it. */
static bool
parse_half(const char **text, char end, struct action *action)
{
    *text += strspn(*text, " \t");
    if (!parse_simple(text, action))
        return false;
    *text += strspn(*text, " \t");
    return *(*text)++ == end;
}

/* PyTorch takes the two by their places: the forward comes first. */
static bool
parse_overlap(const char *text, struct action *action)
{
    struct action backward;

    if (*text++ != '(' || !parse_half(&text, ';', action) ||
        !parse_half(&text, ')', &backward) ||
        strcmp(text, kinds[ACTION_OVERLAP_F_B].text) != 0 ||
        action->kind != ACTION_FORWARD ||
        !is_backward((enum action_kind)backward.kind))
        return false;
    action->kind = ACTION_OVERLAP_F_B;
    action->pair_kind = backward.kind;
    action->pair_stage = backward.stage;
    action->pair_mb = backward.mb;
    return true;
}

bool
action_parse(const char *text, struct action *action)
{
    if (*text == '(')
        return parse_overlap(text, action);
    return parse_simple(&text, action) && *text == '\0';
}
