/* cmd_lab.c -- lists and runs labs, and grades schedule files. */
#include "config.h"

#include "cli/commands.h"
#include "course/grade.h"
#include "course/lab.h"
#include "cli/plan_request.h"

#include <string.h>

static void
list_text(void)
{
    const struct lab_page *page;

    for (int i = 0; (page = lab_page_at(i)) != NULL; i++)
        printf("%2d  %-12s %s\n", i + 1, page->name, page->summary);
    puts("\npipelab lab NAME runs one: what to look at, and what must be "
         "seen.");
}

static void
list_json(void)
{
    const struct lab_page *page;
    struct json json = {.out = stdout};

    json_open(&json, NULL, '[');
    for (int i = 0; (page = lab_page_at(i)) != NULL; i++) {
        json_open(&json, NULL, '{');
        json_text(&json, "name", page->name);
        json_text(&json, "summary", page->summary);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    putchar('\n');
}

static int
run_lab(const struct options *options)
{
    struct cause cause;
    const struct lab_page *page = lab_page_find(options->words[0], &cause);

    if (!page)
        return complain(STATUS_USAGE, &cause);
    return lab_run(page, stdout, options->format == FORMAT_JSON, &cause)
               ? STATUS_DONE
               : complain(STATUS_FAILED, &cause);
}

/* The words are "grade" and a file. */
static int
run_grade(const struct options *options)
{
    struct cause cause;
    enum status status = STATUS_USAGE;

    if (options->word_count == 2)
        status = grade_file(options->words[1], options, &cause);
    else
        fail(&cause, "lab grade takes one CSV file; see pipelab lab --help");
    return status == STATUS_DONE ? (int)status : complain(status, &cause);
}

static int
cmd_lab(const struct options *options)
{
    struct cause cause;

    if (options->word_count > 0 && strcmp(options->words[0], "grade") == 0)
        return run_grade(options);
    if (options->word_count > 1) {
        fail(&cause, "%.60s: one lab at a time; pipelab lab lists them",
             options->words[1]);
        return complain(STATUS_USAGE, &cause);
    }
    if (options->word_count == 1)
        return run_lab(options);
    (options->format == FORMAT_JSON ? list_json : list_text)();
    return STATUS_DONE;
}

const struct command command_lab = {
    .name = "lab",
    .summary = "The course, lab by lab: without a word lists them, with a "
               "lab's name runs it; grade FILE.csv scores a schedule.",
    .takes = TAKES_WORDS | TAKES_GRADE | TAKES_FORMAT,
    .examples =
        "  pipelab lab\n"
        "  pipelab lab monolith\n"
        "  pipelab lab grade my.csv --par --max-activations 4\n",
    .run = cmd_lab,
};
