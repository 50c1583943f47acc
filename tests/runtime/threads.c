/* threads.c -- the threads of a run: their names and cores, how those that
 * share a core take turns, how one stops for a debugger, and what run_print()
 * tells of them. */
#include "config.h"

#include "plans.h"
#include "runtime/cores.h"
#include "runtime/pinned_threads.h"
#include "runtime/core_share.h"
#include "toy.h"
#include "plan/place.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

START_TEST(there_is_a_core_to_bind_to)
{
    int cores[CORES_MAX];
    int count = cores_allowed(cores);

    ck_assert_int_ge(count, 1);
#ifdef HAVE_SETAFFINITY
    ck_assert_int_ge(cores[0], 0);
    for (int i = 1; i < count; i++)
        ck_assert_int_gt(cores[i], cores[i - 1]);
#else
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(cores[i], -1);
#endif
}
END_TEST

/* What a thread found when it tried to bind itself. */
struct binding {
    int core;
    bool bound;
    int allowed; /* cores */
    int first;
};

static void
bind_self(void *context, int i)
{
    struct binding *binding = context;
    int cores[CORES_MAX];

    (void)i;
    binding->bound = cores_bind(binding->core);
    binding->allowed = cores_allowed(cores);
    binding->first = cores[0];
}

START_TEST(binding_leaves_a_thread_one_core_or_says_no)
{
    struct binding binding;
    int cores[CORES_MAX];
    int count = cores_allowed(cores);

    for (int i = 0; i < count; i++) {
        binding.core = cores[i];
        pinned_threads_run(1, &cores[0], bind_self, &binding);
#ifdef HAVE_SETAFFINITY
        ck_assert(binding.bound);
        ck_assert_int_eq(binding.allowed, 1);
        ck_assert_int_eq(binding.first, cores[i]);
#else
        ck_assert(!binding.bound);
#endif
    }
    binding.core = -1;
    pinned_threads_run(1, &cores[0], bind_self, &binding);
    ck_assert(!binding.bound);
    if (cores[count - 1] == CORES_MAX - 1)
        return;
    binding.core = CORES_MAX - 1;
    pinned_threads_run(1, &cores[0], bind_self, &binding);
    ck_assert(!binding.bound);
}
END_TEST

enum { RANKS = 5 };

/* What the ranks of a run saw of themselves; each writes its own. */
struct faces {
    char name[RANKS][16];
    int allowed[RANKS];
    int first[RANKS];
};

static bool
look(struct toy *toy, const struct action *action, int step)
{
    struct faces *faces = toy->context;
    int rank = toy->plan->rank_of_stage[action->stage];
    int cores[CORES_MAX];

    (void)step;
    faces->allowed[rank] = cores_allowed(cores);
    faces->first[rank] = cores[0];
#ifdef HAVE_SETNAME
    pthread_getname_np(pthread_self(), faces->name[rank], 16);
#else
    snprintf(faces->name[rank], 16, "rank-%d", rank);
#endif
    return true;
}

static bool
is_among(int core, const int cores[], int count)
{
    while (count > 0 && cores[count - 1] != core)
        count--;
    return count > 0;
}

/* _i: two ranks or many, not bound or bound. */
START_TEST(ranks_have_names_and_if_asked_cores)
{
    int ranks = _i / 2 ? RANKS : 2;
    struct fixture_options options = {
        .capacity = 1,
        .steps = 1,
        .bind = _i % 2,
    };
    int cores[CORES_MAX];
    int count = cores_allowed(cores);
    struct faces faces;
    struct fixture f;

    fixture_init(&f, lowered_of("1f1b", ranks, 3), &options);
    f.toy.hook = look;
    f.toy.context = &faces;
    fixture_expect_run(&f, 1);
#ifdef HAVE_SETAFFINITY
    ck_assert_int_eq(f.run->bound, options.bind);
#else
    ck_assert(!f.run->bound);
#endif
    for (int r = 0; r < ranks; r++) {
        char name[16];

        snprintf(name, sizeof name, "rank-%d", r);
        ck_assert_str_eq(faces.name[r], name);
        if (f.run->bound) {
            ck_assert_int_eq(f.run->ranks[r].core, cores[r % count]);
            ck_assert_int_eq(faces.allowed[r], 1);
            /* Ranks that share cores may move between them. */
            if (f.run->shared)
                ck_assert(is_among(faces.first[r], cores, count));
            else
                ck_assert_int_eq(faces.first[r], cores[r % count]);
        } else {
            ck_assert_int_eq(f.run->ranks[r].core, -1);
            ck_assert_ptr_null(f.run->ranks[r].core_share);
            ck_assert_int_eq(faces.allowed[r], count);
        }
    }
    fixture_fini(&f);
}
END_TEST

START_TEST(a_rank_that_cannot_be_bound_runs_without_a_core)
{
    struct fixture_options options = {.capacity = 1, .steps = 2, .bind = true};
    struct fixture f;

    fixture_init(&f, lowered_of("1f1b", RANKS, 3), &options);
    f.run->ranks[1].core = CORES_MAX - 1; /* that no machine here has */
    fixture_expect_run(&f, 2);
    ck_assert_int_eq(f.run->ranks[1].core, -1);
    ck_assert(!f.run->bound);
    fixture_fini(&f);
}
END_TEST

/* ---- one core ---- */

static bool
let_others_run(struct toy *toy, const struct action *action, int step)
{
    (void)toy, (void)action, (void)step;
    for (int i = 0; i < 5; i++)
        sched_yield();
    return true;
}

/* A run on a thread that may use one core only. */
struct narrow {
    struct fixture f;
    struct fixture_options options;
    struct plan *lowered;
    enum run_status status;
};

static void
run_on_one_core(void *context, int i)
{
    struct narrow *narrow = context;

    (void)i;
    fixture_init(&narrow->f, narrow->lowered, &narrow->options);
    narrow->f.toy.hook = let_others_run;
    narrow->status = run_steps(narrow->f.run, 0, narrow->options.steps);
}

static int
most_at_once(struct plan *lowered, int capacity, bool bind, bool lockstep)
{
    struct narrow narrow = {
        .options = {.capacity = capacity,
                    .steps = 4,
                    .bind = bind,
                    .lockstep = lockstep},
        .lowered = lowered,
    };
    int cores[CORES_MAX];
    int most;

    cores_allowed(cores);
    pinned_threads_run(1, cores, run_on_one_core, &narrow);
    ck_assert_int_eq(narrow.status, RUN_DONE);
    toy_expect_done(&narrow.f.toy, 4, fixture_text(&narrow.f));
    most = narrow.f.toy.most_running;
    ck_assert_int_eq(narrow.f.toy.running, 0);
    fixture_fini(&narrow.f);
    return most;
}

START_TEST(ranks_bound_to_one_core_compute_one_at_a_time)
{
    for (int ranks = 2; ranks <= 6; ranks++)
        for (int capacity = 1; capacity <= 3; capacity++)
            for (int s = 0; s < 3; s++) {
                int most =
                    most_at_once(lowered_of(plain_schedules[s], ranks, 5),
                                 capacity, true, false);

#ifdef HAVE_SETAFFINITY
                ck_assert_int_eq(most, 1);
#endif
                (void)most;
            }
    for (int i = 0; drawn_plans[i]; i++)
        most_at_once(lowered_drawn(drawn_plans[i]), CAPACITY_AUTO, true,
                     false);
}
END_TEST

START_TEST(ranks_in_lockstep_compute_one_at_a_time)
{
    for (int ranks = 1; ranks <= 4; ranks++)
        for (int capacity = 1; capacity <= 3; capacity++)
            for (int bind = 0; bind < 2; bind++)
                ck_assert_int_eq(most_at_once(lowered_of("1f1b", ranks, 5),
                                              capacity, bind, true),
                                 1);
}
END_TEST

/* Beside another process a yield costs milliseconds. */
START_TEST(a_rank_that_waits_yields_only_where_ranks_share_cores_unbound)
{
    for (int bind = 0; bind < 2; bind++)
        for (int ranks = 2; ranks <= 6; ranks++) {
            struct fixture_options options = {
                .capacity = 1, .steps = 1, .bind = bind};
            struct fixture f;

            fixture_init(&f, lowered_of("1f1b", ranks, 3), &options);
            for (int i = 0; i < plan_links(f.lowered); i++)
                ck_assert_int_eq(f.run->channels[i].yields,
                                 ranks > f.run->cores && !f.run->shared);
            fixture_fini(&f);
        }
}
END_TEST

/* ---- core_share ---- */

enum { USERS = 7 };

/* Ranks that want one core; the first has it. */
struct queue {
    struct core_share share;
    int order[USERS]; /* guarded by having the core */
    int count;
    bool keeps; /* the first to have the core wants to keep it */
    int64_t work_ns;
};

/* Mean computations: too brief for a change of ranks, worth one, and worth a
 * move to another core. */
enum { BRIEF_NS = 1000, FAIR_NS = 100 * 1000, LONG_NS = 1000 * 1000 };

/* The next action of rank i. Rank 0 has the core, and keeps it if it may: its
 * urgency is between those of ranks 3 and 4. */
static const struct {
    int step;
    int64_t level;
} claims[USERS] = {
    {1, 85}, {2, 100}, {0, 10}, {1, 90}, {1, 80}, {0, 93}, {1, 70},
};

static int
waiting(struct core_share *share)
{
    int count = 0;

    pthread_mutex_lock(&share->lock);
    for (int r = 0; r < share->ranks; r++)
        count += share->users[r].state == CORE_USER_WAITS;
    pthread_mutex_unlock(&share->lock);
    return count;
}

static void
claim(void *context, int i)
{
    struct queue *queue = context;

    if (i > 0) {
        core_share_mark(&queue->share, i, claims[i].step, claims[i].level,
                        queue->work_ns);
        core_share_join(&queue->share, i);
    } else {
        while (waiting(&queue->share) < USERS - 1)
            sched_yield();
        core_share_mark(&queue->share, 0, claims[0].step, claims[0].level,
                        queue->work_ns);
        if (queue->keeps)
            core_share_keep(&queue->share, 0);
    }
    queue->order[queue->count++] = i;
    core_share_leave(&queue->share, i);
}

/* _i: the first rank gives up the core; would keep it; keeps it, because its
 * computations are brief. */
START_TEST(of_ranks_that_want_a_core_the_most_urgent_comes_first)
{
    static const int expected[3][USERS] = {
        {0, 5, 2, 3, 4, 6, 1},
        {5, 2, 3, 0, 4, 6, 1},
        {0, 5, 2, 3, 4, 6, 1},
    };
    struct queue queue = {
        .keeps = _i > 0,
        .work_ns = _i == 2 ? BRIEF_NS : FAIR_NS,
    };
    int cores[CORES_MAX];
    int all[USERS];
    int count = cores_allowed(cores);

    for (int i = 0; i < USERS; i++)
        all[i] = cores[i % count];
    core_share_init(&queue.share, cores, 1, USERS);
    core_share_join(&queue.share, 0);
    pinned_threads_run(USERS, all, claim, &queue);
    ck_assert_int_eq(queue.count, USERS);
    for (int i = 0; i < USERS; i++)
        ck_assert_int_eq(queue.order[i], expected[_i][i]);
    ck_assert(!queue.share.cores[0].taken);
    ck_assert_int_eq(queue.share.cores[0].wanted, 0);
    core_share_fini(&queue.share);
}
END_TEST

START_TEST(a_called_rank_moves_to_a_free_core_only_if_that_pays)
{
    int cores[CORES_MAX];
    struct core_share share;
    int most = cores_allowed(cores);

    /* One core by two names will do. */
    cores[1] = most > 1 ? cores[1] : cores[0];
    core_share_init(&share, cores, 2, 3);
    core_share_join(&share, 0);
    core_share_join(&share, 1);
    core_share_leave(&share, 1);
    share.users[2].thread = pthread_self();

    core_share_mark(&share, 2, 0, 5, _i ? LONG_NS : FAIR_NS);
    core_share_ready(&share, 2);
    ck_assert_int_eq(share.users[2].state,
                     _i ? CORE_USER_RUNS : CORE_USER_WAITS);
    ck_assert_int_eq(share.users[2].core, _i);
    ck_assert_int_eq(core_share_wanted(&share, 0), !_i);
    core_share_leave(&share, 0);
    ck_assert_int_eq(share.users[2].state, CORE_USER_RUNS);
    ck_assert_int_eq(share.users[2].core, _i);
    core_share_leave(&share, 2);
    core_share_fini(&share);
}
END_TEST

START_TEST(the_most_urgent_rank_keeps_its_core)
{
    int cores[CORES_MAX];
    struct core_share share;

    cores_allowed(cores);
    core_share_init(&share, cores, 1, 2);
    core_share_join(&share, 0);
    core_share_mark(&share, 0, 0, 9, FAIR_NS);
    core_share_keep(&share, 0);
    core_share_mark(&share, 1, 0, 9, FAIR_NS);
    core_share_ready(&share, 1);
    ck_assert(core_share_wanted(&share, 0));
    core_share_keep(&share, 0);
    ck_assert_int_eq(share.users[0].state, CORE_USER_RUNS);
    ck_assert_int_eq(share.users[1].state, CORE_USER_WAITS);
    core_share_leave(&share, 0);
    ck_assert_int_eq(share.users[1].state, CORE_USER_RUNS);
    core_share_leave(&share, 1);
    ck_assert(!share.cores[0].taken);
    core_share_fini(&share);
}
END_TEST

/* ---- break_at ---- */

static atomic_int traps;
static _Atomic pthread_t trapped;

static void
count_trap(int signal)
{
    (void)signal;
    atomic_fetch_add(&traps, 1);
    atomic_store(&trapped, pthread_self());
}

/* Operation 1F1 finds the trap of its own step, and of no later one. */
static bool
comes_after_its_trap(struct toy *toy, const struct action *action, int step)
{
    struct action watched = action_of(ACTION_FORWARD, 1, 1);

    (void)toy;
    return !action_equal(action, &watched) ||
           (atomic_load(&traps) == step + 1 &&
            pthread_equal(atomic_load(&trapped), pthread_self()));
}

/* _i: in lockstep or not. */
START_TEST(an_action_to_break_at_traps_its_rank_before_it_once_a_step)
{
    struct fixture_options options = {
        .capacity = 1, .steps = 5, .lockstep = _i};
    struct sigaction count = {.sa_handler = count_trap};
    struct action watched = action_of(ACTION_FORWARD, 1, 1);
    struct fixture f;

    sigaction(SIGTRAP, &count, NULL);
    fixture_init(&f, lowered_of("1f1b", 3, 4), &options);
    f.toy.hook = comes_after_its_trap;
    f.run->options.break_at = plan_find(f.lowered, &watched);
    fixture_expect_run(&f, options.steps);
    ck_assert_int_eq(atomic_load(&traps), options.steps);
    fixture_fini(&f);
}
END_TEST

/* ---- run_print ---- */

START_TEST(a_run_prints_its_ranks_and_links)
{
    struct fixture_options options = {.capacity = 0, .steps = 1};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct fixture f;

    fixture_init(&f, lowered_of("1f1b", 2, 2), &options);
    run_print(out, f.run);
    fixture_expect_deadlock(&f, 1);
    run_print(out, f.run);
    fclose(out);
    ck_assert_str_eq(text,
                     "rank 0: core -1, step 0, position 0, -, clock 0\n"
                     "rank 1: core -1, step 0, position 0, -, clock 0\n"
                     "link rank 0 -> rank 1: 0 of 0 slots used\n"
                     "link rank 1 -> rank 0: 0 of 0 slots used\n"
                     "rank 0: core -1, step 0, position 3, 0SEND_F1, clock 2\n"
                     "rank 1: core -1, step 0, position 3, 1SEND_B0, clock 4\n"
                     "link rank 0 -> rank 1: 0 of 0 slots used, closed\n"
                     "link rank 1 -> rank 0: 0 of 0 slots used, closed\n");
    free(text);
    fixture_fini(&f);
}
END_TEST

START_TEST(a_run_prints_the_core_that_a_rank_moved_to)
{
    struct fixture_options options = {.capacity = 1, .steps = 1, .bind = true};
    int cores[CORES_MAX];
    int count = cores_allowed(cores);
    char *text = NULL;
    char there[32];
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct fixture f;

    fixture_init(&f, lowered_of("1f1b", RANKS, 3), &options);
    if (f.run->shared)
        f.run->core_share.users[1].core = 0;
    run_print(out, f.run);
    fclose(out);
    snprintf(there, sizeof there, "\nrank 1: core %d,",
             f.run->ranks[1].core < 0 ? -1
                                      : cores[f.run->shared ? 0 : 1 % count]);
    ck_assert_msg(strstr(text, there), "%s", text);
    free(text);
    fixture_fini(&f);
}
END_TEST

TCase *
threads_case(void)
{
    TCase *tcase = tcase_create("threads");

    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, there_is_a_core_to_bind_to);
    tcase_add_test(tcase, binding_leaves_a_thread_one_core_or_says_no);
    tcase_add_loop_test(tcase, ranks_have_names_and_if_asked_cores, 0, 4);
    tcase_add_test(tcase, a_rank_that_cannot_be_bound_runs_without_a_core);
    tcase_add_test(tcase, ranks_bound_to_one_core_compute_one_at_a_time);
    tcase_add_test(tcase, ranks_in_lockstep_compute_one_at_a_time);
    tcase_add_loop_test(
        tcase, of_ranks_that_want_a_core_the_most_urgent_comes_first, 0, 3);
    tcase_add_test(
        tcase, a_rank_that_waits_yields_only_where_ranks_share_cores_unbound);
    tcase_add_test(tcase, the_most_urgent_rank_keeps_its_core);
    tcase_add_loop_test(
        tcase, a_called_rank_moves_to_a_free_core_only_if_that_pays, 0, 2);
    tcase_add_loop_test(
        tcase, an_action_to_break_at_traps_its_rank_before_it_once_a_step, 0,
        2);
    tcase_add_test(tcase, a_run_prints_its_ranks_and_links);
    tcase_add_test(tcase, a_run_prints_the_core_that_a_rank_moved_to);
    return tcase;
}
