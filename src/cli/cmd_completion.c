/* cmd_completion.c -- prints a shell's completion script. */
#include "config.h"

#include "cli/commands.h"
#include "cli/completion.h"
#include "request/status.h"

#include <string.h>

static const struct {
    const char *name;
    void (*print)(FILE *out);
} shells[] = {
    {"bash", completion_bash},
    {"zsh", completion_zsh},
    {"fish", completion_fish},
};

enum { SHELLS = sizeof shells / sizeof *shells };

static const char *
completion_word_at(int i)
{
    return i < SHELLS ? shells[i].name : NULL;
}

static int
cmd_completion(const struct options *options)
{
    struct cause cause;

    for (int i = 0; i < SHELLS; i++)
        if (options->word_count == 1 &&
            strcmp(options->words[0], shells[i].name) == 0) {
            shells[i].print(stdout);
            return STATUS_DONE;
        }
    if (options->word_count == 1)
        fail(&cause, "%.60s is no shell that is known; use bash, zsh or fish",
             options->words[0]);
    else
        fail(&cause, "completion takes one shell; use bash, zsh or fish");
    return complain(STATUS_USAGE, &cause);
}

const struct command command_completion = {
    .name = "completion",
    .summary = "Print the script by which bash, zsh or fish completes "
               "pipelab's commands and options.",
    .takes = TAKES_WORDS,
    .examples = "  pipelab completion bash\n"
                "  pipelab completion zsh --output _pipelab\n",
    .word_at = completion_word_at,
    .run = cmd_completion,
};
