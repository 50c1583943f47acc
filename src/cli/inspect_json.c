#include "config.h"

#include "cli/inspect_json.h"

#include "base/memory.h"
#include "cli/facts.h"

#include <inttypes.h>
#include <stdlib.h>

static void
cell_member(struct json *json, const char *key, const struct action *action)
{
    char cell[ACTION_CELL_MAX];

    json_text(json, key, action_cell(action, cell));
}

/* ---- what was done ---- */

static void
transfer_members(struct json *json, const struct stepper *stepper,
                 const struct stepper_action *done)
{
    const struct channel *channel =
        &stepper->trainer->run->channels[plan_link(done->action)];
    struct tensor tensor = facts_transferred(stepper, done->action);

    json_int(json, "peer", plan_peer(stepper->options.plan, done->action));
    json_int(json, "rows", tensor.rows);
    json_int(json, "columns", tensor.cols);
    json_int(json, "capacity", channel->capacity);
    json_int(json, "slots_used", channel->sent - channel->received);
}

/* What a forward of the last stage adds to the loss. */
static void
loss_member(struct json *json, const struct stepper *stepper,
            const struct action *action)
{
    struct action parts[2];
    int count = action_parts(action, parts);

    for (int p = 0; p < count; p++) {
        const struct mlp_stage *stage =
            &stepper->trainer->stages[parts[p].stage];

        if (parts[p].kind == ACTION_FORWARD && stage->mb_loss)
            json_number(json, "adds_to_loss", stage->mb_loss[parts[p].mb]);
    }
}

static void
action_members(struct json *json, const struct stepper *stepper,
               const struct stepper_action *done)
{
    const struct span *span = stepper_span(stepper, done);

    json_int(json, "rank", done->rank);
    cell_member(json, "action", done->action);
    json_int(json, "start", span->start);
    json_int(json, "end", span->end);
    if (action_is_transfer(done->action))
        transfer_members(json, stepper, done);
    else
        loss_member(json, stepper, done->action);
}

void
inspect_json_turn(struct json *json, const struct stepper *stepper)
{
    struct stepper_action last[2];
    int count = stepper_last(stepper, last);

    for (int i = 0; i < count; i++) {
        json_open(json, NULL, '{');
        json_text(json, "event", "action");
        action_members(json, stepper, &last[i]);
        json_close(json, '}');
    }
}

void
inspect_json_step(struct json *json, const struct stepper *stepper)
{
    char hash[17];

    snprintf(hash, sizeof hash, "%016" PRIx64,
             trainer_weights_hash(stepper->trainer));
    json_open(json, NULL, '{');
    json_text(json, "event", "step");
    json_int(json, "step", stepper->step);
    json_number(json, "loss", stepper->trainer->losses[stepper->step]);
    json_text(json, "weights_hash", hash);
    json_close(json, '}');
}

/* ---- where everybody stands ---- */

static const char *
stand_word(const struct facts_stand *stand)
{
    static const char *const words[] = {
        [WHY_DONE] = "done",
        [WHY_INPUT] = "waits for input",
        [WHY_ROOM] = "waits for room",
        [WHY_TAKER] = "waits for its receiver",
    };

    if (stand->arrival >= 0)
        return "waits for arrival";
    if (stand->why.kind == WHY_FREE)
        return action_is_transfer(stand->why.at) ? "ready" : "runs";
    return words[stand->why.kind];
}

static void
rank_object(struct json *json, const struct stepper *stepper,
            const struct facts_stand *stand, int rank)
{
    const struct why *why = &stand->why;

    json_open(json, NULL, '{');
    json_int(json, "rank", rank);
    json_int(json, "done", (int64_t)stepper->position[rank]);
    if (why->at)
        cell_member(json, "at", why->at);
    json_text(json, "state", stand_word(stand));
    if (why->peer >= 0) {
        json_int(json, "waits_for", why->peer);
        cell_member(json, "until", why->until);
    }
    if (stand->arrival >= 0)
        json_int(json, "arrival", stand->arrival);
    json_int(json, "live", facts_live(stepper, rank));
    json_close(json, '}');
}

static void
turn_member(struct json *json, const char *key,
            const struct stepper_action actions[], int count)
{
    json_open(json, key, '[');
    for (int i = 0; i < count; i++) {
        json_open(json, NULL, '{');
        json_int(json, "rank", actions[i].rank);
        cell_member(json, "action", actions[i].action);
        json_close(json, '}');
    }
    json_close(json, ']');
}

void
inspect_json_state(struct json *json, const struct stepper *stepper)
{
    int ranks = stepper->options.plan->ranks;
    size_t *position = memory_new((size_t)ranks, sizeof *position);
    struct stepper_action turn[2];

    stepper_whereabouts(stepper, position);
    json_open(json, "state", '{');
    json_int(json, "step", stepper->step);
    json_int(json, "turn", (int64_t)stepper->turn);
    json_int(json, "now", stepper->now);
    turn_member(json, "last", turn, stepper_last(stepper, turn));
    turn_member(json, "next", turn, stepper_next(stepper, turn));
    json_open(json, "ranks", '[');
    for (int r = 0; r < ranks; r++) {
        struct facts_stand stand = facts_stand(stepper, position, r);

        rank_object(json, stepper, &stand, r);
    }
    json_close(json, ']');
    json_close(json, '}');
    free(position);
}

/* ---- tensors, links, memory ---- */

static void
tensor_member(struct json *json, const char *key, struct tensor tensor)
{
    size_t count = tensor_count(tensor);
    const size_t corners[] = {0, (size_t)tensor.cols - 1,
                              count - (size_t)tensor.cols, count - 1};

    json_open(json, key, '{');
    json_int(json, "rows", tensor.rows);
    json_int(json, "columns", tensor.cols);
    json_number(json, "norm", tensor_norm(tensor));
    json_open(json, "corners", '[');
    for (int c = 0; c < 4 && count > 0; c++)
        json_number(json, NULL, (double)tensor.data[corners[c]]);
    json_close(json, ']');
    json_close(json, '}');
}

static void
port_members(struct json *json, const struct stepper *stepper,
             const struct action *part)
{
    static const char *const keys[] = {
        [PORT_INPUT] = "input",
        [PORT_OUTPUT] = "output",
        [PORT_GRAD_OUTPUT] = "output_gradient",
        [PORT_GRAD_INPUT] = "input_gradient",
    };
    struct tensor tensor;

    json_int(json, "microbatch", part->mb);
    for (int port = PORT_INPUT; port <= PORT_GRAD_INPUT; port++)
        if (facts_port(stepper, part->stage, part->mb, (enum port)port,
                       &tensor))
            tensor_member(json, keys[port], tensor);
}

static void
part_object(struct json *json, const struct stepper *stepper,
            const struct action *part)
{
    int stage = part->stage;

    json_open(json, NULL, '{');
    json_int(json, "stage", stage);
    json_int(json, "rank", stepper->options.plan->rank_of_stage[stage]);
    if (part->kind != ACTION_OPTIMIZER_STEP)
        port_members(json, stepper, part);
    tensor_member(json, "weights", facts_weights(stepper, stage));
    tensor_member(json, "weights_gradient", facts_gradients(stepper, stage));
    json_close(json, '}');
}

void
inspect_json_tensors(struct json *json, const struct stepper *stepper,
                     const struct action actions[], int count)
{
    struct action parts[2];

    json_open(json, "tensors", '[');
    for (int i = 0; i < count; i++)
        for (int p = 0; p < action_parts(&actions[i], parts); p++)
            part_object(json, stepper, &parts[p]);
    json_close(json, ']');
}

static void
link_object(struct json *json, const struct channel *channel, int link)
{
    int up = link % 2; /* gradients go from the stage above */

    json_open(json, NULL, '{');
    json_text(json, "carries", up ? "gradients" : "activations");
    json_int(json, "from_stage", link / 2 + up);
    json_int(json, "to_stage", link / 2 + !up);
    json_int(json, "sender", channel->sender);
    json_int(json, "receiver", channel->receiver);
    json_int(json, "capacity", channel->capacity);
    json_open(json, "messages", '[');
    for (int64_t n = channel->received; n < channel->sent; n++) {
        const struct message *message = channel_message(channel, n);

        json_open(json, NULL, '{');
        json_int(json, "microbatch", message->mb);
        json_int(json, "arrival", message->arrival);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
}

void
inspect_json_links(struct json *json, const struct stepper *stepper)
{
    json_open(json, "links", '[');
    for (int link = 0; link < plan_links(stepper->options.plan); link++) {
        const struct channel *channel = &stepper->trainer->run->channels[link];

        if (channel->capacity >= 0)
            link_object(json, channel, link);
    }
    json_close(json, ']');
}

void
inspect_json_memory(struct json *json, const struct stepper *stepper)
{
    int ranks = stepper->options.plan->ranks;
    struct facts_memory *memory = memory_new((size_t)ranks, sizeof *memory);

    facts_memory(stepper, memory);
    json_open(json, "memory", '[');
    for (int r = 0; r < ranks; r++) {
        json_open(json, NULL, '{');
        json_int(json, "rank", r);
        json_int(json, "live", memory[r].live);
        json_int(json, "peak", memory[r].peak);
        json_int(json, "activation_bytes", memory[r].activations);
        json_int(json, "peak_bytes", memory[r].peak_activations);
        json_int(json, "weight_bytes", memory[r].weights);
        json_int(json, "gradient_bytes", memory[r].gradients);
        json_int(json, "optimizer_bytes", memory[r].optimizer);
        json_close(json, '}');
    }
    json_close(json, ']');
    free(memory);
}

/* ---- why, and the grid ---- */

/* Up to the root, or until a circle closes. */
static void
chain(struct json *json, const struct stepper *stepper,
      const size_t position[], int rank)
{
    int ranks = stepper->options.plan->ranks;
    bool *here = memory_new((size_t)ranks, sizeof *here);

    json_open(json, NULL, '[');
    while (rank >= 0 && !here[rank]) {
        struct facts_stand stand = facts_stand(stepper, position, rank);

        here[rank] = true;
        rank_object(json, stepper, &stand, rank);
        rank = stand.why.peer;
    }
    json_close(json, ']');
    free(here);
}

void
inspect_json_why(struct json *json, const struct stepper *stepper, int rank)
{
    int ranks = stepper->options.plan->ranks;
    size_t *position = memory_new((size_t)ranks, sizeof *position);

    stepper_whereabouts(stepper, position);
    json_open(json, "why", '[');
    for (int r = 0; r < ranks; r++) {
        struct facts_stand stand = facts_stand(stepper, position, r);

        if (rank < 0 ? facts_waits(&stand) : r == rank)
            chain(json, stepper, position, r);
    }
    json_close(json, ']');
    free(position);
}

void
inspect_json_grid(struct json *json, const struct stepper *stepper,
                  const struct trace *whole)
{
    json_open(json, "grid", '[');
    for (int r = 0; r < whole->ranks; r++) {
        json_open(json, NULL, '[');
        for (size_t i = 0; i < whole->lanes[r].count; i++) {
            const struct span *span = &whole->lanes[r].spans[i];

            json_open(json, NULL, '{');
            cell_member(json, "action", &span->action);
            json_int(json, "start", span->start);
            json_int(json, "end", span->end);
            json_bool(json, "done", i < stepper->position[r]);
            json_close(json, '}');
        }
        json_close(json, ']');
    }
    json_close(json, ']');
}
