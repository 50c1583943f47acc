/* sharding.c -- where UNSHARD, RESHARD and REDUCE_GRAD may stand. */
#include "config.h"

#include "plan/program.h"

#include "cases.h"
#include "plans.h"

#include <string.h>

/* A stage computes while its weights are whole, and reduces its gradients once
 * they are all there. */
START_TEST(sharding_has_an_order)
{
    static const struct {
        const char *csv;
        const char *says;
    } wrong[] = {
        {"0F0,0UNSHARD,0B0\n",
         "position 0, 0F0: its weights are sharded; put an UNSHARD"},
        {"0UNSHARD,0F0,0RESHARD,0B0\n",
         "position 3, 0B0: its weights are sharded; put an UNSHARD"},
        {"0F0,0RESHARD,0B0\n", "position 2, 0B0: its weights are sharded"},
        {"0UNSHARD,0UNSHARD,0F0,0B0\n",
         "position 1, 0UNSHARD: the stage is not sharded; remove it"},
        {"0UNSHARD,0F0,0B0,0RESHARD,0RESHARD\n",
         "position 4, 0RESHARD: the stage is sharded already; remove it"},
        {"0F0,0F1,0B0,0REDUCE_GRAD,0B1\n",
         "position 3, 0REDUCE_GRAD: the stage's weight gradients are not all "
         "there"},
        {"0F0,0B0,0REDUCE_GRAD,0REDUCE_GRAD\n",
         "position 3, 0REDUCE_GRAD: it is there twice"},
        {"0F0,0B0,0STEP,0REDUCE_GRAD\n",
         "position 2, 0STEP: the stage's gradients are not reduced; move it"},
        {"0F0,0REDUCE_GRAD\n",
         "position 1, 0REDUCE_GRAD: the stage's weight gradients are not all "
         "there"},
    };
    static const char good[] = "0UNSHARD,0F0,0RESHARD,0UNSHARD,0B0,"
                               "0REDUCE_GRAD,0RESHARD,0STEP\n1F0,1B0\n";
    struct plan *plan = plan_drawn(good);
    struct cause cause = {.text = ""};
    struct program *program = program_make(plan, &cause);

    ck_assert_msg(program != NULL, "%s", cause.text);
    program_free(program);
    plan_free(plan);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        plan = plan_drawn(wrong[i].csv);
        ck_assert_ptr_null(program_make(plan, &cause));
        ck_assert_msg(strstr(cause.text, wrong[i].says) != NULL, "%s",
                      cause.text);
        plan_free(plan);
    }
}
END_TEST

TCase *
sharding_case(void)
{
    TCase *tcase = tcase_create("sharding");

    tcase_add_test(tcase, sharding_has_an_order);
    return tcase;
}
