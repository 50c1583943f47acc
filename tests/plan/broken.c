/* broken.c -- random plans with an action too few, too many, in another place
 * or on another rank: what the check says of them names actions that are
 * there. */
#include "config.h"

#include "plan/program.h"

#include "base/rng.h"
#include "cases.h"
#include "plans.h"

#include <string.h>

enum { PLANS = 1500 };

static void
remove_at(struct action_list *list, size_t i)
{
    list->count--;
    memmove(&list->at[i], &list->at[i + 1],
            (list->count - i) * sizeof *list->at);
}

static void
swap(struct action_list *list, size_t i, size_t j)
{
    struct action kept = list->at[i];

    list->at[i] = list->at[j];
    list->at[j] = kept;
}

static void
break_once(struct plan *plan, struct rng *rng)
{
    int rank = (int)rng_below(rng, (uint32_t)plan->ranks);
    struct action_list *list = &plan->lists[rank];
    size_t i;

    if (list->count == 0)
        return;
    i = rng_below(rng, (uint32_t)list->count);
    switch (rng_below(rng, 4)) {
    case 0:
        remove_at(list, i);
        break;
    case 1:
        plan_add(plan, rank, list->at[i]);
        swap(list, rng_below(rng, (uint32_t)list->count), list->count - 1);
        break;
    case 2:
        plan_add(plan, (int)rng_below(rng, (uint32_t)plan->ranks),
                 list->at[i]);
        remove_at(list, i);
        break;
    default:
        swap(list, i, rng_below(rng, (uint32_t)list->count));
    }
}

/* All actions in the text, but one that the plan is said to lack, are the
 * plan's; returns how many. */
static int
expect_names_own(const struct plan *plan, char *text)
{
    const char *before = "";
    int named = 0;
    char *rest = text;

    for (char *word; (word = strsep(&rest, " :,;()")) != NULL;) {
        struct action action;

        if (*word == '\0')
            continue;
        if (action_parse(word, &action)) {
            named++;
            ck_assert_msg(strcmp(before, "lacks") == 0
                              ? !plan_find(plan, &action)
                              : plan_find(plan, &action) != NULL,
                          "%s: %s", shape_text(plan), word);
        }
        before = word;
    }
    return named;
}

START_TEST(check_names_actions_of_the_plan_and_no_transfers)
{
    int refused = 0;

    for (unsigned seed = 0; seed < PLANS; seed++) {
        struct plan *plan = plan_random(seed);
        struct cause cause = {.text = ""};
        struct program *program;
        struct rng rng;

        rng_init(&rng, seed, RNG_TEST, 1);
        for (uint32_t n = rng_below(&rng, 3); n < 3; n++)
            break_once(plan, &rng);
        if ((program = program_make(plan, &cause)) != NULL) {
            program_free(program);
        } else {
            ck_assert_msg(!strstr(cause.text, "SEND") &&
                              !strstr(cause.text, "RECV") &&
                              !strchr(cause.text, '\n'),
                          "%s", cause.text);
            ck_assert_int_ge(expect_names_own(plan, cause.text), 1);
            refused++;
        }
        plan_free(plan);
    }
    ck_assert_int_gt(refused, PLANS / 2);
}
END_TEST

TCase *
broken_case(void)
{
    TCase *tcase = tcase_create("broken");

    tcase_set_timeout(tcase, 60); /* a sweep, also under valgrind */
    tcase_add_test(tcase, check_names_actions_of_the_plan_and_no_transfers);
    return tcase;
}
