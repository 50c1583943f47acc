/* action.h -- one instruction of a rank: what, for which stage, on which
 * microbatch.
 *
 * Written as a cell: 2F3 is the forward of microbatch 3 through stage 2,
 * 0SEND_F3 sends what 0F3 made, 1STEP updates stage 1's weights, 1UNSHARD
 * gathers them, and (0F4;1B2)OVERLAP_F_B runs a forward and a backward as one
 * block. */
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
    ACTION_CLASS_STEP,
    ACTION_CLASS_SHARD
};

struct action {
    uint8_t kind;        /* enum action_kind */
    uint8_t pair_kind;   /* OVERLAP_F_B: FULL_BACKWARD or BACKWARD_INPUT */
    uint16_t stage;      /* of the forward in an OVERLAP_F_B */
    int32_t mb;          /* of the forward likewise; where an action is of all
                          * microbatches (see action_has_mb()) the copy of its
                          * stage, 0 or 1, and for SEND_G and RECV_G the copy
                          * whose weight gradients go: see plan.h */
    uint16_t pair_stage; /* of the backward in an OVERLAP_F_B */
    int32_t pair_mb;     /* of the backward likewise */
};

enum { ACTION_CELL_MAX = 64 }; /* bytes of the longest cell, with its NUL */

static inline struct action
action_of(enum action_kind kind, int stage, int mb)
{
    assert(stage >= 0 && stage <= UINT16_MAX);
    return (struct action){
        .kind = (uint8_t)kind, .stage = (uint16_t)stage, .mb = mb};
}

/* The two as one block: a forward, and a backward of the same rank. */
static inline struct action
action_overlap(struct action forward, struct action backward)
{
    assert(forward.kind == ACTION_FORWARD);
    return (struct action){.kind = ACTION_OVERLAP_F_B,
                           .stage = forward.stage,
                           .mb = forward.mb,
                           .pair_kind = backward.kind,
                           .pair_stage = backward.stage,
                           .pair_mb = backward.mb};
}

/* The class of each kind; read it by action_class(). */
extern const enum action_class action_classes[ACTION_KINDS];

static inline enum action_class
action_class(enum action_kind kind)
{
    return action_classes[kind];
}

/* True for a SEND or a RECV, the actions that use a link. */
static inline bool
action_is_transfer(const struct action *action)
{
    return action_classes[action->kind] == ACTION_CLASS_SEND ||
           action_classes[action->kind] == ACTION_CLASS_RECV;
}

/* False for a STEP and for sharding, which are of a stage. */
static inline bool
action_has_mb(enum action_kind kind)
{
    return action_classes[kind] != ACTION_CLASS_STEP &&
           action_classes[kind] != ACTION_CLASS_SHARD;
}

/* "F", "SEND_B", ... */
const char *
action_kind_text(enum action_kind kind);

/* Ticks of the default cost model; see action.def. */
int64_t
action_default_cost(enum action_kind kind);

/* Splits an action into simple ones: the forward and the backward of an
 * overlap, or the action itself. Returns how many, 1 or 2. */
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

bool
action_equal(const struct action *a, const struct action *b);

/* Whether part is the action itself or one of the two of an overlap. */
bool
action_has(const struct action *action, const struct action *part);

/* Writes the cell's text into cell and returns cell. */
char *
action_cell(const struct action *action, char cell[ACTION_CELL_MAX]);

/* Reads a whole text as one cell; an overlap may contain blanks. False if it
 * is not a cell. */
bool
action_parse(const char *text, struct action *action);

#endif
