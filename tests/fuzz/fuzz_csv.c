/* A plan as CSV is read or refused; what the check lets through is written and
 * read back as it was. */
#include "config.h"

#include "fuzz.h"

#include "plan/program.h"
#include "plan/csv.h"
#include "plan/posted.h"

#include <stdlib.h>
#include <string.h>

/* A cell may name a microbatch far beyond the file's length; the check of such
 * a plan takes memory and time, not other ways. */
enum { CELLS_MOST = 1 << 16 };

static void
expect(bool holds)
{
    if (!holds)
        abort();
}

static void
same_lists(const struct plan *a, const struct plan *b)
{
    expect(a->ranks == b->ranks && a->stages == b->stages && a->mbs == b->mbs);
    for (int r = 0; r < a->ranks; r++) {
        const struct action_list *x = &a->lists[r];
        const struct action_list *y = &b->lists[r];
        size_t i = 0;
        size_t j = 0;

        /* STEPs have no cell. */
        while (true) {
            while (i < x->count && x->at[i].kind == ACTION_OPTIMIZER_STEP)
                i++;
            while (j < y->count && y->at[j].kind == ACTION_OPTIMIZER_STEP)
                j++;
            if (i == x->count || j == y->count)
                break;
            expect(action_equal(&x->at[i++], &y->at[j++]));
        }
        expect(i == x->count && j == y->count);
    }
}

static void
write_and_read(const struct plan *plan)
{
    char *text;
    size_t size;
    struct csv_notes notes;
    struct cause cause;
    FILE *out = open_memstream(&text, &size);
    FILE *in;
    struct plan *again;

    csv_write(out, plan);
    fclose(out);
    in = fmemopen(text, size, "r");
    again = csv_read(in, "again", &notes, &cause);
    fclose(in);
    expect(again != NULL);
    same_lists(plan, again);
    plan_free(again);
    free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct cause cause = {.text = ""};
    struct program *program;
    struct plan *plan;
    struct csv_notes notes;
    FILE *in;

    /* fmemopen() does not open nothing. */
    if (size == 0)
        return 0;
    in = fmemopen((void *)(uintptr_t)bytes, size, "r");
    plan = csv_read(in, "input", &notes, &cause);
    fclose(in);
    if (plan)
        posted_settle(plan);
    expect(plan || (*cause.text && !strchr(cause.text, '\n')));
    if (plan && (int64_t)plan->stages * plan->mbs <= CELLS_MOST &&
        (program = program_make(plan, &cause)) != NULL) {
        write_and_read(plan);
        program_free(program);
    }
    plan_free(plan);
    return 0;
}
