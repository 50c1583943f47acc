/* A command line is read or refused, and so are the little languages of its
 * values. The first two bytes choose the groups of options that the command
 * takes; the rest are its words, separated by NULs. */
#include "config.h"

#include "fuzz.h"

#include "cli/command_line.h"
#include "nn/mlp.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { PREFIX = 2, WORDS_MOST = 32, STAGES_MOST = 64 };

static void
expect_reason(const struct cause *cause)
{
    if (!*cause->text || strchr(cause->text, '\n'))
        abort();
}

static void
read_values(const struct options *options)
{
    struct cause cause = {.text = ""};
    struct cost cost;
    int counts[STAGES_MOST];
    struct mlp mlp = {.inputs = 4,
                      .hidden = 4,
                      .layers = options->recipe.layers,
                      .classes = 2};
    int stages = options->stages < STAGES_MOST ? options->stages : STAGES_MOST;

    cost_init(&cost, stages);
    if (options->cost && !cost_parse(&cost, options->cost, &cause))
        expect_reason(&cause);
    else if (options->stage_cost &&
             !cost_parse_stages(&cost, options->stage_cost, &cause))
        expect_reason(&cause);
    if (options->split &&
        !mlp_split_parse(&mlp, stages, options->split, counts, &cause))
        expect_reason(&cause);
    cost_fini(&cost);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct command command = {.name = "fuzz"};
    struct options options;
    struct cause cause = {.text = ""};
    char *words[WORDS_MOST + 1] = {NULL};
    char *text;
    int count = 0;

    if (size < PREFIX)
        return 0;
    command.takes = (unsigned)bytes[0] << 8 | bytes[1];
    text = malloc(size - PREFIX + 1);
    memcpy(text, bytes + PREFIX, size - PREFIX);
    text[size - PREFIX] = '\0';
    words[count++] = text;
    for (size_t i = 0; i < size - PREFIX && count < WORDS_MOST; i++)
        if (text[i] == '\0')
            words[count++] = text + i + 1;
    /* Has getopt begin anew. */
    optind = 0;
    if (command_line_parse(&options, &command, count, words, &cause))
        read_values(&options);
    else
        expect_reason(&cause);
    free(text);
    return 0;
}
