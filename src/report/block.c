/* block.c -- chooses the spans that a picture draws. */
#include "config.h"

#include "report/block.h"

#include <stdio.h>
#include <string.h>

bool
block_drawn(const struct span *span)
{
    return !action_is_transfer(&span->action) && span->end > span->start;
}

int
block_label(const struct plan *plan, const struct action *action,
            char label[ACTION_CELL_MAX])
{
    if (action->kind == ACTION_OPTIMIZER_STEP)
        return snprintf(label, ACTION_CELL_MAX, "S");
    if (action_class((enum action_kind)action->kind) == ACTION_CLASS_SHARD)
        return snprintf(label, ACTION_CELL_MAX, "%s",
                        action->kind == ACTION_UNSHARD ? "U" : "R");
    if (action->kind == ACTION_OVERLAP_F_B)
        return snprintf(label, ACTION_CELL_MAX, "F%d%s%d", action->mb,
                        action_kind_text((enum action_kind)action->pair_kind),
                        action->pair_mb);
    if (plan->stages > plan->ranks)
        return (int)strlen(action_cell(action, label));
    return snprintf(label, ACTION_CELL_MAX, "%s%d",
                    action_kind_text((enum action_kind)action->kind),
                    action->mb);
}

void
block_lines(const struct plan *plan, const struct action *action,
            char upper[ACTION_CELL_MAX], char lower[ACTION_CELL_MAX])
{
    struct action parts[2];
    int count = action_parts(action, parts);

    block_label(plan, &parts[0], upper);
    lower[0] = '\0';
    if (count == 2) {
        block_label(plan, &parts[1], lower);
    } else if (action_has_mb((enum action_kind)action->kind)) {
        char *mb = upper + strlen(upper) - snprintf(NULL, 0, "%d", action->mb);

        strcpy(lower, mb);
        *mb = '\0';
    }
}

int
block_strip(char label[ACTION_CELL_MAX])
{
    const char *kind = label + strspn(label, "0123456789");
    size_t length = strlen(kind);

    memmove(label, kind, length + 1);
    return (int)length;
}

int
block_fit(char label[ACTION_CELL_MAX], int room)
{
    if (strlen(label) > (size_t)room)
        block_strip(label);
    if (strlen(label) > (size_t)room)
        label[1] = '\0';
    return (int)strlen(label);
}
