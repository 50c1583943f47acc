/* calls.c -- the calls of a step function as a plan. */
#include "config.h"

#include "calls.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>

static void
note(struct step *step, struct call call)
{
    struct record *record = step->record;

    memory_grow(&record->at, &record->room, record->count, sizeof call);
    record->at[record->count++] = call;
}

static void
note_plain(struct step *step, enum action_kind kind, int mb)
{
    note(step, (struct call){.action = action_of(kind, step->rank, mb)});
}

void
recv_forward(struct step *step, int mb)
{
    note_plain(step, ACTION_RECV_F, mb);
}

void
forward(struct step *step, int mb)
{
    note_plain(step, ACTION_FORWARD, mb);
}

void
send_forward(struct step *step, int mb)
{
    note_plain(step, ACTION_SEND_F, mb);
}

void
recv_backward(struct step *step, int mb)
{
    note_plain(step, ACTION_RECV_B, mb);
}

void
backward(struct step *step, int mb)
{
    note_plain(step, ACTION_FULL_BACKWARD, mb);
}

void
send_backward(struct step *step, int mb)
{
    note_plain(step, ACTION_SEND_B, mb);
}

static int
note_isend(struct step *step, enum action_kind kind, int mb)
{
    int request = step->record->requests++;

    note(step,
         (struct call){CALL_ISEND, action_of(kind, step->rank, mb), request});
    return request;
}

int
isend_forward(struct step *step, int mb)
{
    return note_isend(step, ACTION_SEND_F, mb);
}

int
isend_backward(struct step *step, int mb)
{
    return note_isend(step, ACTION_SEND_B, mb);
}

void
wait_for(struct step *step, int request)
{
    struct record *record = step->record;
    struct call wait = {.type = CALL_WAIT, .request = request};

    for (size_t i = 0; i < record->count; i++)
        if (record->at[i].type == CALL_ISEND &&
            record->at[i].request == request)
            wait.action = record->at[i].action;
    note(step, wait);
}

struct record
record_of(void (*function)(struct step *), int rank, int ranks, int mbs)
{
    struct record record = {0};
    struct step step = {
        .rank = rank,
        .ranks = ranks,
        .mbs = mbs,
        .up = memory_new((size_t)mbs, sizeof *step.up),
        .down = memory_new((size_t)mbs, sizeof *step.down),
        .record = &record,
    };

    function(&step);
    free(step.up);
    free(step.down);
    return record;
}

void
record_free(struct record *record)
{
    free(record->at);
    *record = (struct record){0};
}

struct plan *
made_by_steps(void (*function)(struct step *), int ranks, int mbs)
{
    struct plan *plan = empty_plan(ranks, mbs);

    for (int r = 0; r < ranks; r++) {
        struct record record = record_of(function, r, ranks, mbs);

        for (size_t i = 0; i < record.count; i++)
            if (record.at[i].type != CALL_WAIT)
                plan_add(plan, r, record.at[i].action);
        record_free(&record);
    }
    plan->lowered = true;
    return plan;
}

void
steps_must_run(void (*function)(struct step *), int ranks, int mbs, int slots)
{
    struct plan *plan = made_by_steps(function, ranks, mbs);

    must_run_with(plan, slots);
    plan_free(plan);
}

void
steps_must_run_at_every_shape(void (*function)(struct step *), int slots)
{
    for (int ranks = 1; ranks <= MOST_RANKS; ranks++)
        for (int mbs = 1; mbs <= MOST_MBS; mbs++)
            steps_must_run(function, ranks, mbs, slots);
}
