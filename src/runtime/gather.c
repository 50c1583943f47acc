/* gather.c -- sends what a rank did to process 0. */
#include "config.h"

#include "runtime/gather.h"

/* The spans of a lane, later by this much. */
static void
gather_lane(const struct world *world, int home, struct lane *lane,
            int64_t later)
{
    world_move(world, home, 0, &lane->count, sizeof lane->count);
    for (size_t i = 0; i < lane->count; i++) {
        lane->spans[i].start += later;
        lane->spans[i].end += later;
    }
    world_move(world, home, 0, lane->spans, lane->count * sizeof *lane->spans);
}

static void
gather_rank(struct run *run, struct rank *rank)
{
    const struct world *world = run->options.world;
    int home = world_home(world, rank->number);
    int end = run->first_step + run->steps;
    int steps = run->steps < run->kept.count ? run->steps : run->kept.count;
    struct rank theirs = *rank;

    world_move(world, home, 0, &theirs, sizeof theirs);
    theirs.run = run;
    theirs.core_share = NULL;
    theirs.thread = rank->thread;
    theirs.action = NULL;
    *rank = theirs;
    gather_lane(world, home, &run->virtual.lanes[rank->number], 0);
    for (int s = end - steps; s < end; s++)
        gather_lane(world, home,
                    &kept_at(&run->kept, s)->wall.lanes[rank->number],
                    world->offset_ns);
}

void
gather_run(struct run *run)
{
    for (int r = 0; r < run->options.plan->ranks; r++) {
        int home = world_home(run->options.world, r);

        if (home != 0 && (world_process(run->options.world) == 0 ||
                          world_process(run->options.world) == home))
            gather_rank(run, &run->ranks[r]);
    }
}
