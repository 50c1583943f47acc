/* action.h -- one instruction of a rank: what, for which stage, on which
 * microbatch.
 *
 * Written as a cell: 2F3 is the forward of microbatch 3 through stage 2,
 * 0SEND_F3 sends what 0F3 made, 1STEP updates stage 1's weights, and
 * (0F4;1B2)OVERLAP_F_B runs a forward and a backward as one block. */
#ifndef PIPELAB_PLAN_ACTION_H
#define PIPELAB_PLAN_ACTION_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

enum action_kind {
#define ACTION(constant, text, class, cost) ACTION_##constant,
#include "plan/action.def"
#undef ACTION
    ACTION_KINDS
};

enum action_class {
    ACTION_CLASS_COMPUTE,
    ACTION_CLASS_SEND,
    ACTION_CLASS_RECV,
    ACTION_CLASS_STEP
};

struct action {
    uint8_t kind;        /* enum action_kind */
    uint8_t pair_kind;   /* OVERLAP_F_B: FULL_BACKWARD or BACKWARD_INPUT */
    uint16_t stage;      /* OVERLAP_F_B: the forward's */
    int32_t mb;          /* the forward's likewise; 0 for OPTIMIZER_STEP */
    uint16_t pair_stage; /* OVERLAP_F_B: the backward's */
    int32_t pair_mb;
};

enum { ACTION_CELL_MAX = 64 }; /* bytes of the longest cell, with its NUL */

static inline struct action
action_of(enum action_kind kind, int stage, int mb)
{
    assert(stage >= 0 && stage <= UINT16_MAX);
    return (struct action){
        .kind = (uint8_t)kind, .stage = (uint16_t)stage, .mb = mb};
}

/* Classes by kind, for action_class(). */
extern const enum action_class action_classes[ACTION_KINDS];

static inline enum action_class
action_class(enum action_kind kind)
{
    return action_classes[kind];
}

/* True for what uses a link: a SEND or a RECV. */
static inline bool
action_is_transfer(const struct action *action)
{
    return action_classes[action->kind] == ACTION_CLASS_SEND ||
           action_classes[action->kind] == ACTION_CLASS_RECV;
}

/* "F", "SEND_B", ... */
const char *
action_kind_text(enum action_kind kind);

/* Ticks of the default cost model; see action.def. */
int64_t
action_default_cost(enum action_kind kind);

/* The simple actions that an action consists of: itself, or the forward and
 * the backward of an overlap. Returns how many, 1 or 2. */
static inline int
action_parts(const struct action *action, struct action parts[2])
{
    parts[0] = *action;
    if (action->kind != ACTION_OVERLAP_F_B)
        return 1;
    parts[0] = action_of(ACTION_FORWARD, action->stage, action->mb);
    parts[1] = action_of((enum action_kind)action->pair_kind,
                         action->pair_stage, action->pair_mb);
    return 2;
}

/* Live activations, in (stage, microbatch) pairs: how many, 0 or 1, an action
 * brings to life when it starts... */
static inline int
action_takes(const struct action *action)
{
    return action->kind == ACTION_FORWARD ||
           action->kind == ACTION_OVERLAP_F_B;
}

/* ...and lets go of when it ends: they wait for the backward, or for nothing in
 * a plan that does not train (see plan_trains()). */
static inline int
action_frees(const struct action *action, bool trains)
{
    int kind = action->kind == ACTION_OVERLAP_F_B ? action->pair_kind
                                                  : action->kind;

    return trains ? kind == ACTION_FULL_BACKWARD ||
                        kind == ACTION_BACKWARD_WEIGHT
                  : kind == ACTION_FORWARD;
}

bool
action_equal(const struct action *a, const struct action *b);

/* Whether part is the action or, of an overlap, one of its two. */
bool
action_has(const struct action *action, const struct action *part);

/* The cell's text in cell, which is also returned. */
char *
action_cell(const struct action *action, char cell[ACTION_CELL_MAX]);

/* Reads one cell, which must end where the text ends; within an overlap there
 * may be blanks. False if it is none. */
bool
action_parse(const char *text, struct action *action);

#endif
