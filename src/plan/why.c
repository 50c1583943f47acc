/* why.c -- finds what a waiting rank waits for, down to the root. */
#include "config.h"

#include "plan/why.h"

#include "base/columns.h"
#include "base/memory.h"
#include "base/plural.h"
#include "plan/place.h"

#include <stddef.h>
#include <stdlib.h>

static bool
why_is_send(const struct action *action)
{
    return action_class((enum action_kind)action->kind) == ACTION_CLASS_SEND;
}

static const struct action *
standing_at(const struct plan *plan, const size_t position[], int rank)
{
    const struct action_list *list = &plan->lists[rank];

    return position[rank] < list->count ? &list->at[position[rank]] : NULL;
}

/* Whether two transfers are the SEND and the RECV of one message. */
static bool
why_meet(const struct plan *plan, const struct action *a,
         const struct action *b)
{
    return action_is_transfer(b) && plan_link(plan, a) == plan_link(plan, b) &&
           why_is_send(a) != why_is_send(b);
}

bool
why_can_go(const struct plan *plan, const struct action *at,
           const struct action *peer_at, int on_link, int capacity)
{
    if (!action_is_transfer(at))
        return true;
    if (capacity == 0)
        return peer_at && why_meet(plan, at, peer_at);
    return why_is_send(at) ? on_link < capacity : on_link > 0;
}

/* The next transfer of the peer on a transfer's link, or NULL. */
static const struct action *
counterpart(const struct plan *plan, const size_t position[],
            const struct action *action)
{
    int peer = plan_peer(plan, action);
    const struct action_list *list = &plan->lists[peer];

    for (size_t i = position[peer]; i < list->count; i++)
        if (why_meet(plan, action, &list->at[i]))
            return &list->at[i];
    return NULL;
}

/* Number of SENDs minus RECVs that a rank has done on a link. */
static int
put(const struct plan *plan, const size_t position[], int rank, int link)
{
    const struct action_list *list = &plan->lists[rank];
    int count = 0;

    for (size_t i = 0; i < position[rank]; i++)
        if (action_is_transfer(&list->at[i]) &&
            plan_link(plan, &list->at[i]) == link)
            count += why_is_send(&list->at[i]) ? 1 : -1;
    return count;
}

/* Whether the transfer at which a rank stands can take place. */
static bool
why_can_move(const struct plan *plan, const size_t position[], int capacity,
             int rank, const struct action *action)
{
    int peer = plan_peer(plan, action);
    int link = plan_link(plan, action);

    return why_can_go(plan, action, standing_at(plan, position, peer),
                      put(plan, position, rank, link) +
                          put(plan, position, peer, link),
                      capacity);
}

struct why
why_of(const struct plan *plan, const size_t position[], int capacity,
       int rank)
{
    const struct action *at = standing_at(plan, position, rank);
    struct why why = {.kind = WHY_FREE, .at = at, .peer = -1};

    if (!at) {
        why.kind = WHY_DONE;
    } else if (action_is_transfer(at) &&
               !why_can_move(plan, position, capacity, rank, at)) {
        why.kind = !why_is_send(at) ? WHY_INPUT
                   : capacity == 0  ? WHY_TAKER
                                    : WHY_ROOM;
        why.peer = plan_peer(plan, at);
        why.until = counterpart(plan, position, at);
        assert(why.until);
    }
    return why;
}

void
why_print_wait(FILE *out, const struct why *why)
{
    bool gradient =
        why->at->kind == ACTION_SEND_B || why->at->kind == ACTION_RECV_B;
    bool exchange =
        why->at->kind == ACTION_SEND_G || why->at->kind == ACTION_RECV_G;
    char cell[ACTION_CELL_MAX];

    fprintf(out, "waits to %s ", why_is_send(why->at) ? "send" : "receive");
    if (exchange)
        fprintf(out, "the weight gradients of stage %d ", why->at->stage);
    else
        fprintf(out, "the %s of microbatch %d ",
                gradient ? "gradient" : "activation", why->at->mb);
    action_cell(why->until, cell);
    if (why->kind == WHY_INPUT)
        fprintf(out, "from rank %d (%s)", why->peer, cell);
    else
        fprintf(out, "until rank %d %s (%s)", why->peer,
                why->kind == WHY_ROOM ? "makes room" : "takes it", cell);
}

/* "runs 2F1, 4 actions before 2SEND_B0": awaited is in the rank's list, or
 * NULL. */
static void
print_root(FILE *out, const struct why *why, const struct action *awaited)
{
    char cell[ACTION_CELL_MAX];

    if (why->kind == WHY_DONE) {
        fputs("has done its list", out);
        return;
    }
    fprintf(out, "%s %s",
            action_is_transfer(why->at) ? "goes on with" : "runs",
            action_cell(why->at, cell));
    if (awaited && awaited != why->at)
        fprintf(out, ", %td action%s before %s", awaited - why->at,
                plural(awaited - why->at), action_cell(awaited, cell));
}

/* Blanks before the lines of a long chain. */
enum { DEEPEST = 16 };

/* Prints the chain from a rank and marks those in it as named. */
static void
print_chain(FILE *out, const struct plan *plan, const size_t position[],
            int capacity, int rank, bool named[])
{
    bool *here = memory_new((size_t)plan->ranks, sizeof *here);
    const struct action *awaited = NULL;
    int depth = 0;

    while (rank >= 0) {
        struct why why = why_of(plan, position, capacity, rank);

        fprintf(out, "%*srank %d ", depth, "", rank);
        if (depth < DEEPEST)
            depth += 2;
        if (here[rank]) {
            fputs("again: a circle, in which no rank can move\n", out);
            break;
        }
        here[rank] = true;
        named[rank] = true;
        if (why.peer >= 0)
            why_print_wait(out, &why);
        else
            print_root(out, &why, awaited);
        fputc('\n', out);
        awaited = why.until;
        rank = why.peer;
    }
    free(here);
}

void
why_print(FILE *out, const struct plan *plan, const size_t position[],
          int capacity, int rank)
{
    bool *named = memory_new((size_t)plan->ranks, sizeof *named);

    print_chain(out, plan, position, capacity, rank, named);
    free(named);
}

/* First the chains from ranks for which no rank waits, then the circles that
 * no chain leads to. */
void
why_print_all(FILE *out, const struct plan *plan, const size_t position[],
              int capacity)
{
    bool *awaited = memory_new((size_t)plan->ranks, sizeof *awaited);
    bool *named = memory_new((size_t)plan->ranks, sizeof *named);

    for (int r = 0; r < plan->ranks; r++) {
        struct why why = why_of(plan, position, capacity, r);

        if (why.peer >= 0)
            awaited[why.peer] = true;
        else
            named[r] = true;
    }
    for (int circles = 0; circles < 2; circles++)
        for (int r = 0; r < plan->ranks; r++)
            if (!named[r] && (circles || !awaited[r]))
                print_chain(out, plan, position, capacity, r, named);
    free(awaited);
    free(named);
}

/* ---- in a deadlock ---- */

void
why_print_stuck(FILE *out, const struct plan *plan, const size_t position[],
                int capacity)
{
    static const char *const needs[] = {
        [WHY_INPUT] = "to send it",
        [WHY_ROOM] = "to make room on the link",
        [WHY_TAKER] = "to receive it",
    };
    struct columns_lines lines;
    char cell[ACTION_CELL_MAX];

    columns_begin(&lines);
    for (int r = 0; r < plan->ranks; r++) {
        struct why why = why_of(plan, position, capacity, r);
        const struct action *other;

        if (why.peer < 0)
            continue;
        fprintf(lines.to, "  rank %d, action %zu, %s: waits for rank %d %s", r,
                position[r], action_cell(why.at, cell), why.peer,
                needs[why.kind]);
        other = standing_at(plan, position, why.peer);
        fprintf(lines.to, ", which is at %s\n", action_cell(other, cell));
    }
    columns_end(&lines, out, columns_of(out));
}

int
why_circle_start(const struct plan *plan, const size_t position[],
                 int capacity)
{
    int rank = 0;

    while (rank < plan->ranks &&
           why_of(plan, position, capacity, rank).peer < 0)
        rank++;
    if (rank == plan->ranks)
        return -1;
    for (int i = 0; i < plan->ranks && rank >= 0; i++)
        rank = why_of(plan, position, capacity, rank).peer;
    return rank;
}

const struct action *
why_shown_at(const struct plan *plan, const size_t position[], int rank,
             bool transfers)
{
    const struct action_list *list = &plan->lists[rank];
    size_t i = position[rank];

    while (!transfers && i < list->count && action_is_transfer(&list->at[i]))
        i++;
    return i < list->count ? &list->at[i] : NULL;
}

void
why_circle(char *text, size_t size, const struct plan *plan,
           const size_t position[], int capacity, bool transfers)
{
    int start = why_circle_start(plan, position, capacity);
    int rank = start;
    size_t used = 0;

    text[0] = '\0';
    while (rank >= 0 && used < size) {
        struct why why = why_of(plan, position, capacity, rank);
        const struct action *action =
            why_shown_at(plan, position, rank, transfers);
        bool last = why.peer == start;
        char cell[ACTION_CELL_MAX] = "its end";

        if (action)
            action_cell(action, cell);

        used += (size_t)snprintf(text + used, size - used, "%srank %d at %s%s",
                                 used ? " waits for " : "", rank, cell,
                                 last ? " waits for " : "");
        if (last && used < size)
            snprintf(text + used, size - used, "rank %d", start);
        rank = last ? -1 : why.peer;
    }
}
