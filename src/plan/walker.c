/* walker.c -- what a step leaves to the next one, and where ranks meet other
 * than at links: at a barrier, and with their replicas. */
#include "config.h"

#include "plan/walker.h"

#include "plan/place.h"

void
walker_note_weights(struct walker *w, int rank, const struct action *action)
{
    struct stamp *last = &w->ranks[rank].reduced;
    struct action parts[2];
    int count = action_parts(action, parts);

    for (int p = 0; p < count; p++) {
        int place = plan_place(w->plan, &parts[p]);

        if ((parts[p].kind != ACTION_FULL_BACKWARD &&
             parts[p].kind != ACTION_BACKWARD_WEIGHT &&
             parts[p].kind != ACTION_RECV_G) ||
            --w->weights_left[place] > 0)
            continue;
        *last = stamp_after(stamp_later(w->ranks[rank].clock, *last),
                            w->cost->reduce[parts[p].stage]);
        w->reduced[place] = *last;
    }
}

bool
walker_passes_barrier(struct walker *w, int rank)
{
    struct walk_rank *self = &w->ranks[rank];

    if (!self->at_barrier) {
        self->at_barrier = true;
        w->barrier = stamp_later(self->clock, w->barrier);
        if (--w->barrier_left == 0)
            for (int r = 0; r < w->plan->ranks; r++)
                if (r != rank)
                    w->ready[w->ready_count++] = r;
    }
    return w->barrier_left == 0;
}

/* ---- marks ---- */

size_t
walker_marks(const struct walker *walker)
{
    size_t marks =
        2 * (size_t)walker->plan->ranks + (size_t)walker->wire_count;

    for (int i = 0; i < plan_links(walker->plan); i++)
        if (walker->links[i].sent > 0)
            marks += (size_t)walker->links[i].slots;
    return marks;
}

/* Reads the next mark, and makes it one for the next step. */
static void
read_mark(struct stamp *stamp, int *mark, int64_t at[], int from[])
{
    at[*mark] = stamp->at;
    from[*mark] = stamp->from;
    stamp->from = (*mark)++;
}

void
walker_read_marks(struct walker *walker, int64_t at[], int from[])
{
    int mark = 0;

    for (int r = 0; r < walker->plan->ranks; r++) {
        read_mark(&walker->ranks[r].clock, &mark, at, from);
        read_mark(&walker->ranks[r].reduced, &mark, at, from);
    }
    for (int i = 0; i < walker->wire_count; i++)
        read_mark(&walker->wires[i], &mark, at, from);
    for (int i = 0; i < plan_links(walker->plan); i++) {
        struct walk_link *link = &walker->links[i];

        /* From the slot of the next SEND on: a step need not fill the ring a
         * whole number of times. */
        for (int64_t n = link->sent;
             link->sent > 0 && n < link->sent + link->slots; n++)
            read_mark(&link->ring[n % link->slots].time, &mark, at, from);
    }
}
