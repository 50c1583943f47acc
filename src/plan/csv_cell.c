/* csv_cell.c -- reads one cell of a plan, and says why it cannot be read. */
#include "config.h"

#include "plan/csv_cell.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>

static const char BLANKS[] = " \t";
static const char DIGITS[] = "0123456789";
static const char BATCH[] = ")BATCH_P2P";
static const char OVERLAP[] = ")OVERLAP_F_B";

static void
add_action(struct action_list *row, struct action action, uint32_t column)
{
    size_t room = row->room;

    memory_grow(&row->at, &row->room, row->count, sizeof *row->at);
    memory_grow(&row->columns, &room, row->count, sizeof *row->columns);
    row->at[row->count] = action;
    row->columns[row->count++] = column;
}

/* Reads one of PyTorch's actions on sharded parameters, "1UNSHARD" and such; a
 * microbatch behind it says nothing. */
static bool
read_sharding(const char *cell, struct action *action)
{
    char bare[ACTION_CELL_MAX];
    size_t length = strlen(cell);

    while (length > 0 && strchr(DIGITS, cell[length - 1]))
        length--;
    if (length >= sizeof bare)
        return false;
    memcpy(bare, cell, length);
    bare[length] = '\0';
    return action_parse(bare, action) &&
           action_class((enum action_kind)action->kind) == ACTION_CLASS_SHARD;
}

/* What is left of "a;b;c" between the parentheses of a cell. */
struct parts {
    const char *rest; /* NULL after the last */
    const char *end;
};

/* Whether a cell is "(", parts and this end. */
static bool
has_parts(const char *cell, const char *end, struct parts *parts)
{
    size_t length = strlen(cell);
    size_t tail = strlen(end);

    if (*cell != '(' || length <= tail ||
        strcmp(cell + length - tail, end) != 0)
        return false;
    *parts = (struct parts){cell + 1, cell + length - tail};
    return true;
}

/* Copies the next part, without blanks around it. False after the last. */
static bool
next_part(struct parts *parts, char part[ACTION_CELL_MAX])
{
    const char *start = parts->rest;
    const char *end;
    size_t length;

    if (!start)
        return false;
    end = memchr(start, ';', (size_t)(parts->end - start));
    parts->rest = end ? end + 1 : NULL;
    if (!end)
        end = parts->end;
    while (start < end && strchr(BLANKS, *start))
        start++;
    while (end > start && strchr(BLANKS, end[-1]))
        end--;
    length = (size_t)(end - start);
    /* A part that is too long for an action is none; read it as empty. */
    if (length >= ACTION_CELL_MAX)
        length = 0;
    memcpy(part, start, length);
    part[length] = '\0';
    return true;
}

/* PyTorch posts the transfers of a batch together: none waits for another.
 * Here they run one after the other. A SEND waits only for room, so SENDs go
 * first. */
static bool
read_batch(const struct parts *all, struct action_list *row, uint32_t column,
           struct cause *why)
{
    static const enum action_class classes[] = {ACTION_CLASS_SEND,
                                                ACTION_CLASS_RECV};
    char part[ACTION_CELL_MAX];

    for (int c = 0; c < 2; c++) {
        struct parts parts = *all;

        while (next_part(&parts, part)) {
            struct action action;

            if (!action_parse(part, &action) || !action_is_transfer(&action))
                return fail(why, "BATCH_P2P holds SENDs and RECVs; write it "
                                 "like (0SEND_F1;0RECV_B0)BATCH_P2P");
            if (action_class((enum action_kind)action.kind) == classes[c])
                add_action(row, action, column);
        }
    }
    return true;
}

/* The whole backward of older PyTorch, like 2BW3. */
static bool
csv_cell_read_whole(const char *cell, struct action *action)
{
    char newer[ACTION_CELL_MAX];
    size_t stage = strspn(cell, DIGITS);

    if (strncmp(cell + stage, "BW", 2) != 0 || strlen(cell) >= sizeof newer)
        return false;
    snprintf(newer, sizeof newer, "%.*sB%s", (int)stage, cell,
             cell + stage + 2);
    if (!action_parse(newer, action))
        return false;
    action->pair_kind = ACTION_BACKWARD_WEIGHT;
    return true;
}

/* If the two parts of an overlap are in the wrong order, says how to write
 * it. */
static bool
explain_overlap(struct parts parts, struct cause *why)
{
    char halves[2][ACTION_CELL_MAX] = {"", ""};
    char turned[2 * ACTION_CELL_MAX + 16];
    struct action action;

    next_part(&parts, halves[0]);
    next_part(&parts, halves[1]);
    snprintf(turned, sizeof turned, "(%s;%s%s", halves[1], halves[0], OVERLAP);
    if (!parts.rest && action_parse(turned, &action))
        return fail(why, "the forward of an overlap comes first; write %s",
                    turned);
    return fail(why, "an overlap is one forward and then one B or I; write "
                     "it like (0F4;1B2)OVERLAP_F_B");
}

/* If a cell is an action with a number that is too large, says so. */
static bool
explain_number(const char *cell, struct cause *why)
{
    size_t stage = strspn(cell, DIGITS);
    size_t kind = strcspn(cell + stage, DIGITS);
    const char *mb = cell + stage + kind;
    char small[ACTION_CELL_MAX];
    struct action action;

    if (stage == 0 || strlen(cell + stage) >= sizeof small - 2)
        return false;
    snprintf(small, sizeof small, "0%s", cell + stage);
    if (action_parse(small, &action))
        return !fail(why, "its stage is too large; the largest is %d",
                     PLAN_MAX_STAGES - 1);
    snprintf(small, sizeof small, "0%.*s0", (int)kind, cell + stage);
    if (mb[strspn(mb, DIGITS)] == '\0' && action_parse(small, &action))
        return !fail(why, "its microbatch is too large; the largest is %d",
                     PLAN_MAX_MBS - 1);
    return false;
}

static bool
explain(const char *cell, struct cause *why)
{
    struct parts parts;

    if (has_parts(cell, OVERLAP, &parts))
        return explain_overlap(parts, why);
    if (explain_number(cell, why))
        return false;
    return fail(why, "it is no action; write it like 0F3, 2SEND_B1 or "
                     "(0F4;1B2)OVERLAP_F_B");
}

bool
csv_cell_read(const char *cell, struct action_list *row, uint32_t column,
              struct csv_cells *cells, struct cause *why)
{
    struct action action;
    struct parts parts;

    if (read_sharding(cell, &action)) {
        cells->sharding++;
        if (cells->sharded)
            add_action(row, action, column);
        return true;
    }
    if (has_parts(cell, BATCH, &parts))
        return read_batch(&parts, row, column, why);
    if (csv_cell_read_whole(cell, &action))
        cells->whole++;
    else if (!action_parse(cell, &action))
        return explain(cell, why);
    add_action(row, action, column);
    return true;
}
