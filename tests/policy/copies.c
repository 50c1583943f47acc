/* copies.c -- the bidirectional schedules, cell for cell, and plans with two
 * copies of each stage as text. */
#include "config.h"

#include "policy/policy.h"

#include "cases.h"
#include "plan/csv.h"
#include "plan/plans.h"
#include "plan/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TWO_WAY_RANKS = 8 };

/* ---- chimera ---- */

/* Li and Hoefler, figure 3: four stages, four microbatches, F and B a slot. */
START_TEST(chimera_is_the_papers_figure)
{
    struct plan *plan = policy_plan(policy_find("chimera"), 4, 4, 4);
    char *text = csv_text(plan);

    ck_assert_str_eq(text, "# two copies of each stage\n"
                           "0F0,0F1,,3F2,3B2,3F3,3B3,0B0,,0B1\n"
                           ",1F0,2F2,1F1,2F3,2B2,1B0,2B3,1B1\n"
                           ",1F2,2F0,1F3,2F1,2B0,1B2,2B1,1B3\n"
                           "0F2,0F3,,3F0,3B0,3F1,3B1,0B2,,0B3\n");
    free(text);
    plan_free(plan);
}
END_TEST

/* A way's cells of a unit on a rank: 1F1B over P/2 microbatches. */
static void
expect_way(const struct plan *plan, int rank, int way, int first)
{
    int each = plan->ranks / 2;
    int stage = way ? plan->ranks - 1 - rank : rank;
    int ahead = plan->ranks - 1 - stage;
    int done[2] = {0, 0};

    ahead = ahead < each ? ahead : each;
    for (size_t i = 0; i < plan->lists[rank].count; i++) {
        const struct action *action = &plan->lists[rank].at[i];
        bool backward = action->kind == ACTION_FULL_BACKWARD;
        int mb = action->mb - first - way * each;

        if (mb < 0 || mb >= each)
            continue;
        ck_assert_int_eq(action->stage, stage);
        ck_assert_int_eq(plan->copy_of_mb[action->mb], way);
        ck_assert_int_eq(mb, done[backward]);
        /* After the warm-up a forward, a backward, ..., while there are. */
        ck_assert_msg(backward ==
                          (done[0] == each || done[0] - done[1] > ahead),
                      "%s rank %d, cell %zu", shape_text(plan), rank, i);
        done[backward]++;
    }
    ck_assert(done[0] == each && done[1] == each);
}

/* The slot at which each cell starts, one a slot; returns the last one's end.
 * Rank after rank, since no list is long. */
static int
slots_of(const struct plan *plan)
{
    char *text = csv_text(plan);
    int columns = 0;
    int most = 0;

    for (const char *c = strchr(text, '\n') + 1; *c; c++) {
        columns += *c == ',';
        if (*c == '\n') {
            most = columns + 1 > most ? columns + 1 : most;
            columns = 0;
        }
    }
    free(text);
    return most;
}

START_TEST(chimera_merges_two_ways_of_1f1b_without_conflict)
{
    for (int ranks = 2; ranks <= TWO_WAY_RANKS; ranks += 2)
        for (int units = 1; units <= 4; units++) {
            struct plan *plan = policy_plan(policy_find("chimera"), ranks,
                                            ranks, units * ranks);

            for (int r = 0; r < ranks; r++)
                for (int u = 0; u < units; u++)
                    for (int way = 0; way < 2; way++)
                        expect_way(plan, r, way, u * ranks);
            /* P - 2 slots idle, section 3.1; units follow without a gap. */
            ck_assert_int_eq(slots_of(plan), 2 * units * ranks + ranks - 2);
            plan_free(plan);
        }
}
END_TEST

/* ---- dualpipe ---- */

/* A rank of DeepSeek's program: what its eight steps run, as cells. */
struct script {
    char text[16384];
    size_t length;
    int stage[2]; /* of phase 0 and 1 */
    int forward[2];
    int backward[2];
    char owed[64][16]; /* weight gradients put off, first in first out */
    int put;
    int got;
};

static void
cell(struct script *s, const char *text)
{
    s->length += (size_t)snprintf(s->text + s->length,
                                  sizeof s->text - s->length, " %s", text);
}

static void
run_f(struct script *s, int phase)
{
    char text[32];

    snprintf(text, sizeof text, "%dF%d", s->stage[phase], s->forward[phase]++);
    cell(s, text);
}

static void
run_b(struct script *s, int phase, bool zero_bubble)
{
    char text[32];
    int mb = s->backward[phase]++;

    if (zero_bubble)
        snprintf(s->owed[s->put++ % 64], 16, "%dW%d", s->stage[phase], mb);
    snprintf(text, sizeof text, "%d%c%d", s->stage[phase],
             zero_bubble ? 'I' : 'B', mb);
    cell(s, text);
}

static void
run_fb(struct script *s, int f, int b)
{
    char text[64];

    snprintf(text, sizeof text, "(%dF%d;%dB%d)OVERLAP_F_B", s->stage[f],
             s->forward[f]++, s->stage[b], s->backward[b]++);
    cell(s, text);
}

static void
run_w(struct script *s)
{
    char text[16];

    ck_assert_int_lt(s->got, s->put);
    memcpy(text, s->owed[s->got++ % 64], sizeof text);
    cell(s, text);
}

/* dualpipe.py of github.com/deepseek-ai/DualPipe, DualPipe.step(). */
static void
run_steps(struct script *s, int half_ranks, int half_rank, int half_chunks)
{
    int left = half_ranks - half_rank - 1;
    bool middle = left == 0;
    bool zero_bubble = false;

    for (int i = 0; i < 2 * left; i++)
        run_f(s, 0);
    for (int i = 0; i <= half_rank; i++) {
        run_f(s, 0);
        run_f(s, 1);
    }
    for (int i = 0; i < left; i++) {
        run_b(s, 1, true);
        run_w(s);
        run_f(s, 1);
    }
    for (int i = 0; i < half_chunks - 2 * half_ranks + half_rank + 1; i++) {
        if (i == 0 && middle) {
            run_f(s, 0);
            run_b(s, 1, false);
        } else {
            run_fb(s, 0, 1);
        }
        run_fb(s, 1, 0);
    }
    for (int i = 0; i < left; i++) {
        run_b(s, 1, false);
        run_fb(s, 1, 0);
    }
    for (int i = 0; i <= half_rank; i++) {
        zero_bubble |= i == (half_rank + 1) / 2 && half_rank % 2 == 1;
        run_b(s, 1, zero_bubble);
        zero_bubble |= i == (half_rank + 1) / 2 && half_rank % 2 == 0;
        run_b(s, 0, zero_bubble);
    }
    for (int i = 0; i < left; i++) {
        run_w(s);
        run_b(s, 0, true);
    }
    for (int i = 0; i <= half_rank; i++)
        run_w(s);
}

static void
expect_dualpipe(int ranks, int mbs)
{
    struct plan *plan =
        policy_plan(policy_find("dualpipe"), ranks, ranks, mbs);
    struct script *script = calloc(1, sizeof *script);

    ck_assert_ptr_nonnull(script);
    for (int r = 0; r < ranks; r++) {
        bool second = r >= ranks / 2; /* phase 0 is the way up */
        char name[16], got[16384] = "";
        size_t length = 0;

        *script = (struct script){.length = 0};
        for (int phase = 0; phase < 2; phase++) {
            bool up = (phase == 1) != second;

            script->stage[phase] = up ? ranks - 1 - r : r;
            script->forward[phase] = script->backward[phase] =
                up ? mbs / 2 : 0;
        }
        run_steps(script, ranks / 2, second ? ranks - 1 - r : r, mbs / 2);
        for (size_t i = 0; i < plan->lists[r].count; i++)
            length +=
                (size_t)snprintf(got + length, sizeof got - length, " %s",
                                 action_cell(&plan->lists[r].at[i],
                                             (char[ACTION_CELL_MAX]){""}));
        snprintf(name, sizeof name, "rank %d", r);
        ck_assert_msg(strcmp(got, script->text) == 0, "%s %s:%s\nnot%s",
                      shape_text(plan), name, got, script->text);
    }
    free(script);
    plan_free(plan);
}

START_TEST(dualpipe_is_deepseeks_cell_for_cell)
{
    for (int ranks = 2; ranks <= TWO_WAY_RANKS; ranks += 2)
        for (int mbs = 2 * ranks; mbs <= 4 * ranks; mbs += 2)
            expect_dualpipe(ranks, mbs);
}
END_TEST

/* ---- shapes and text ---- */

START_TEST(shapes_that_have_no_two_ways_are_refused)
{
    static const struct {
        const char *schedule;
        int ranks;
        int mbs;
        const char *says;
    } shapes[] = {
        {"chimera", 3, 3, "with 3 ranks one has both"},
        {"chimera", 4, 6, "use a multiple of 4"},
        {"dualpipe", 5, 10, "with 5 ranks one has both"},
        {"dualpipe", 4, 6, "use 8 microbatches"},
        {"dualpipe", 4, 9, "an even number of microbatches"},
    };

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct cause cause;

        ck_assert(!policy_suits(policy_find(shapes[i].schedule),
                                shapes[i].ranks, shapes[i].ranks,
                                shapes[i].mbs, &cause));
        ck_assert_msg(strstr(cause.text, shapes[i].says) != NULL, "%s",
                      cause.text);
    }
}
END_TEST

/* What a text is refused for, as it is read or checked. */
static void
expect_refused(const char *text, const char *says)
{
    FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    struct cause cause = {.text = ""};
    struct csv_notes notes;
    struct plan *plan = csv_read(in, "drawn", &notes, &cause);
    struct program *program = plan ? program_make(plan, &cause) : NULL;

    fclose(in);
    ck_assert_msg(!program && strstr(cause.text, says), "%s", cause.text);
    program_free(program);
    plan_free(plan);
}

START_TEST(two_copies_need_their_mark_and_two_ranks)
{
    expect_refused(
        "0F0,1F1\n1F0,0F1\n",
        "rank 1, position 0, 1F0: stage 1 is on ranks 0 and 1 (rank "
        "0, position 1, 1F1); keep each stage on one rank");
    expect_refused("0F0,0SEND_G0\n", "number copies 0 and 1");
    expect_refused("# two copies of each stage\n0F0\n1F0\n",
                   "no rank has copy 1 of stage 0");
    expect_refused("# two copies of each stage\n0F0,1F1\n0F1,1F0,2F0,2F1\n",
                   "both copies of stage 2 are on rank 1");
    expect_refused("# two copies of each stage\n0F0,1F1,1B1,0B0,1F2\n"
                   "0F1,1F0,1B0,0B1,0F2,1B2,0B2\n",
                   "keep");
    expect_refused("# two copies of each stage\n"
                   "0F0,1RECV_F1,1F1,1B1,1SEND_B1,0SEND_F0,0RECV_B0,0B0,"
                   "0SEND_G0,1SEND_G1,0RECV_G1\n"
                   "0F1,0SEND_F1,1RECV_F0,1F0,1B0,1SEND_B0,0RECV_B1,0B1,"
                   "1SEND_G0,0SEND_G1,0RECV_G0,1RECV_G1\n",
                   "rank 0 lacks 1RECV_G0");
}
END_TEST

TCase *
copies_case(void)
{
    TCase *tcase = tcase_create("copies");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, chimera_is_the_papers_figure);
    tcase_add_test(tcase, chimera_merges_two_ways_of_1f1b_without_conflict);
    tcase_add_test(tcase, dualpipe_is_deepseeks_cell_for_cell);
    tcase_add_test(tcase, shapes_that_have_no_two_ways_are_refused);
    tcase_add_test(tcase, two_copies_need_their_mark_and_two_ranks);
    return tcase;
}
