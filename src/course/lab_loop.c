/* lab_loop.c -- the training loop as an interpreter: a plan is a program for
 * each rank, an action is an instruction, and training is running it.
 *
 *   for each action of my list:
 *       F, B   compute on my stage
 *       SEND   put a tensor on a link
 *       RECV   take one from it
 *       STEP   update my weights
 *
 * src/runtime/rank.c is that loop on a thread a rank. Here it is again on one
 * thread, which takes an action of one rank at a time in virtual-time order. */
#include "config.h"

#include "course/course.h"

#include "base/hash.h"
#include "train/stage.h"
#include "runtime/channel.h"
#include "plan/place.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct loop {
    const struct plan *plan; /* lowered */
    struct training_task task;
    struct dataset batch;
    struct batches batches;
    struct mlp_stage stages[COURSE_RANKS];
    struct board board;
    struct channel links[2 * (COURSE_RANKS - 1)];
    double losses[COURSE_STEPS];
    int64_t actions;  /* done */
    int64_t messages; /* received */
};

static void
loop_init(struct loop *loop, const struct course_plan *course)
{
    int split[COURSE_RANKS];
    struct slot_index *index;
    struct cause cause;
    int first = 0;

    *loop = (struct loop){.plan = course->program->lowered};
    course_batch(&loop->batch);
    batches_init(&loop->batches, &loop->batch, COURSE_BATCH);
    loop->task = course_task(loop->plan->mbs);
    loop->task.batches = &loop->batches;
    if (!mlp_split(&course_mlp, COURSE_RANKS, split, &cause))
        die("%s", cause.text);
    index = slots_index_new(loop->plan);
    for (int s = 0; s < COURSE_RANKS; s++) {
        mlp_stage_init(&loop->stages[s], &loop->task, index, s, first,
                       split[s], loop->losses, NULL);
        first += split[s];
    }
    slots_index_free(index);
    /* Link 2s goes from rank s up to s+1, link 2s+1 back down. */
    board_init(&loop->board, COURSE_RANKS, COURSE_RANKS);
    for (int l = 0; l < plan_links(loop->plan); l++)
        channel_init(&loop->links[l], course->forecast.capacity,
                     COURSE_BATCH * COURSE_HIDDEN, l / 2 + l % 2,
                     l / 2 + 1 - l % 2, &loop->board);
}

static void
loop_fini(struct loop *loop)
{
    for (int l = 0; l < plan_links(loop->plan); l++)
        channel_fini(&loop->links[l]);
    board_fini(&loop->board);
    for (int s = 0; s < COURSE_RANKS; s++)
        mlp_stage_fini(&loop->stages[s]);
    batches_fini(&loop->batches);
    dataset_fini(&loop->batch);
}

/* The one instruction. False if a number was not finite or a link closed. */
static bool
execute(struct loop *loop, const struct action *action, int step)
{
    const struct stage_ops *ops = &mlp_stage_ops;
    struct mlp_stage *stage = &loop->stages[action->stage];
    struct channel *link = action_is_transfer(action)
                               ? &loop->links[plan_link(loop->plan, action)]
                               : NULL;
    struct transfer transfer;
    struct cause cause;
    int mb = action->mb;

    switch ((enum action_kind)action->kind) {
    case ACTION_FORWARD:
        return ops->forward(stage, step, mb, &cause);
    case ACTION_FULL_BACKWARD:
        return ops->backward(stage, step, mb, &cause);
    case ACTION_OPTIMIZER_STEP:
        return ops->optimizer_step(stage, step, &cause);
    case ACTION_SEND_F:
        return channel_send(link, mb, ops->tensor(stage, PORT_OUTPUT, mb), 0,
                            0, &transfer);
    case ACTION_RECV_F:
        return channel_recv(link, mb, ops->tensor(stage, PORT_INPUT, mb), 0, 0,
                            &transfer);
    case ACTION_SEND_B:
        return channel_send(link, mb, ops->tensor(stage, PORT_GRAD_INPUT, mb),
                            0, 0, &transfer);
    case ACTION_RECV_B:
        return channel_recv(link, mb, ops->tensor(stage, PORT_GRAD_OUTPUT, mb),
                            0, 0, &transfer);
    default:
        return false; /* no other kind is in the plans of this course */
    }
}

/* One step: each turn moves one rank by one action. */
static bool
run_turns(struct loop *loop, const struct forecast *forecast, int step)
{
    size_t position[COURSE_RANKS] = {0};

    for (size_t t = 0; t < forecast->turn_count; t++) {
        int rank = forecast->turns[t].rank;

        if (!execute(loop, &loop->plan->lists[rank].at[position[rank]++],
                     step))
            return false;
        loop->actions++;
    }
    return true;
}

static void
show_programs(struct lab *lab, const struct plan *plan)
{
    enum { SHOWN = 8 };
    FILE *out = lab_show(lab);
    char cell[ACTION_CELL_MAX];

    for (int r = 0; r < plan->ranks; r++) {
        const struct action_list *list = &plan->lists[r];

        fprintf(out, "rank %d:", r);
        for (int i = 0; i < SHOWN; i++)
            fprintf(out, " %s", action_cell(&list->at[i], cell));
        fprintf(out, " ... %s\n",
                action_cell(&list->at[list->count - 1], cell));
    }
}

static void
show_turns(struct lab *lab, const struct forecast *forecast)
{
    enum { SHOWN = 12 };
    const struct plan *plan = forecast->program->lowered;
    size_t position[COURSE_RANKS] = {0};
    char cell[ACTION_CELL_MAX];
    FILE *out = lab_show(lab);

    for (int t = 0; t < SHOWN; t++) {
        int rank = forecast->turns[t].rank;

        fprintf(out, "turn %2d: rank %d  %s\n", t, rank,
                action_cell(&plan->lists[rank].at[position[rank]++], cell));
    }
}

static void
lab_loop_train(struct lab *lab, const struct course_plan *course,
               const struct forecast *forecast)
{
    struct loop loop;
    struct course_training whole;
    uint64_t hash = HASH_START;
    bool good = true;

    loop_init(&loop, course);
    for (int step = 0; good && step < COURSE_STEPS; step++)
        good = run_turns(&loop, forecast, step);
    for (int s = 0; s < COURSE_RANKS; s++)
        hash = slice_hash(loop.stages[s].slice, hash);
    for (int l = 0; l < plan_links(loop.plan); l++)
        loop.messages += loop.links[l].received;
    lab_claim(lab,
              good && loop.actions ==
                          (int64_t)plan_actions(loop.plan) * COURSE_STEPS,
              "a step is every action of the plan, once",
              "%lld actions in %d steps, %zu in the plan",
              (long long)loop.actions, COURSE_STEPS, plan_actions(loop.plan));
    lab_claim(
        lab,
        loop.messages == 2 * (COURSE_RANKS - 1) * COURSE_MBS * COURSE_STEPS,
        "in a step each microbatch crosses each cut twice: 2 (P-1) M "
        "messages",
        "%lld messages in %d steps", (long long)loop.messages, COURSE_STEPS);
    course_train(&whole, NULL, 0);
    lab_claim(lab,
              good && hash == trainer_weights_hash(whole.trainer) &&
                  memcmp(loop.losses, whole.trainer->losses,
                         sizeof loop.losses) == 0,
              "this loop trains to the monolith's weights, bit for bit",
              "weights %016" PRIx64
              ", the monolith's in %d microbatches %016" PRIx64
              "; last loss %.6f",
              hash, COURSE_MBS, trainer_weights_hash(whole.trainer),
              loop.losses[COURSE_STEPS - 1]);
    course_training_fini(&whole);
    loop_fini(&loop);
}

static void
lab_loop_run(struct lab *lab)
{
    struct course_plan course;
    struct forecast forecast;

    course_plan_init(&course, "1f1b", COURSE_RANKS, COURSE_MBS);
    forecast_make(&forecast, course.program, &course.cost, CAPACITY_AUTO,
                  FORECAST_TURNS);
    lab_say(lab, "A plan is a program for each rank. Lowered, it says when to "
                 "receive, compute, send and step; this is how the lists of "
                 "1F1B begin and end:");
    show_programs(lab, course.program->lowered);
    lab_say(lab, "The loop takes an instruction and does it: execute() in "
                 "src/course/lab_loop.c is the whole of it. On one thread "
                 "the ranks take turns. In the order of virtual time no rank "
                 "ever waits:");
    show_turns(lab, &forecast);
    lab_loop_train(lab, &course, &forecast);
    lab_say(lab, "On threads there are no turns. Each rank runs its own list, "
                 "and only the links order them:");
    course_claim_monolith(lab, "1f1b");
    forecast_fini(&forecast);
    course_plan_fini(&course);
}

static void
lab_loop_sheet(struct sheet *sheet)
{
    enum { SHOWN = 8 };
    struct course_plan course;
    char cell[ACTION_CELL_MAX];

    course_plan_init(&course, "1f1b", COURSE_RANKS, COURSE_MBS);
    sheet_task(
        sheet,
        "1F1B on %d ranks as a program for each. The computations of rank "
        "r begin with F0 .. F(P-1-r), then B0, F.., B1, ... Put the "
        "transfers between them: a RECV just before the action that needs "
        "it, a SEND just after the one that makes it. Write the first %d "
        "instructions of each rank, with its stage before: 1RECV_F0, 1F0, "
        "1SEND_F0. Which is the last instruction of every rank?",
        COURSE_RANKS, SHOWN);
    sheet_head(sheet, "rank");
    for (int i = 0; i < SHOWN; i++)
        sheet_head(sheet, "%d", i);
    for (int r = 0; r < COURSE_RANKS; r++) {
        sheet_add(sheet, "%d", r);
        for (int i = 0; i < SHOWN; i++)
            sheet_add(
                sheet, "%s",
                action_cell(&course.program->lowered->lists[r].at[i], cell));
    }
    course_plan_fini(&course);
}

const struct lab_page lab_loop = {
    .name = "loop",
    .summary = "the training loop: a plan is a program, a rank runs it",
    .run = lab_loop_run,
    .sheet = lab_loop_sheet,
    .shell = {"pipelab train --steps 10 --microbatches 8",
              "pipelab train --steps 10 --lockstep",
              "pipelab schedule --lower"},
    .gdb = {"gdb --args pipelab train --lockstep --steps 2",
            "tbreak rank_action_begin if action->stage == 2", "run",
            "print *action", "finish", "pipelab grid", "pipelab next"},
};
