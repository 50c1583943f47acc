/* processes.c -- keeps the processes of this program together. */
#include "config.h"

#include "cli/processes.h"

#include "base/hash.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>

static struct world all; /* if its wire has several processes */

void
processes_begin(struct wire *wire)
{
    if (!wire || wire->processes == 1)
        return;
    all = (struct world){
        .wire = wire, .count = wire->processes, .ranks = wire->processes};
    /* Launchers give process 0 a terminal, whatever they write to. */
    setenv("NO_COLOR", "1", 1);
    if (processes_speak())
        return;
    text_silence();
    if (!freopen("/dev/null", "w", stdout))
        die("cannot open /dev/null");
}

const struct world *
processes(void)
{
    return all.wire ? &all : NULL;
}

int
processes_count(void)
{
    return world_processes(processes());
}

bool
processes_speak(void)
{
    return world_process(processes()) == 0;
}

enum status
processes_agree(enum status status, struct cause *cause)
{
    return (enum status)world_agree(processes(), (int)status, cause);
}

bool
processes_same(uint64_t number)
{
    uint64_t first = number;

    world_share(processes(), 0, &first, sizeof first);
    return world_least(processes(), first == number) == 1;
}

static uint64_t
hash_words(int argc, char **argv)
{
    uint64_t hash = HASH_START;

    for (int i = 1; i < argc; i++)
        for (const char *at = argv[i];; at++) {
            hash = hash_byte(hash, (uint8_t)*at);
            if (!*at)
                break;
        }
    return hash;
}

/* Options of one process, with the reason. */
static bool
suits_many(const struct options *options, struct cause *cause)
{
    static const char *const alone[][2] = {
        {"lockstep", "ranks of several processes do not take turns"},
        {"break-at", "a debugger holds one process, and the others go on"},
        {"bind", "the launcher binds processes"},
    };

    if (options_is_monolith(options))
        return fail(cause,
                    "--schedule none is one thread, and there are %d "
                    "processes; use pipelab for it",
                    processes_count());
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++)
        if (options_given(options, alone[i][0]))
            return fail(cause, "--%s is for one process: %s; leave it out",
                        alone[i][0], alone[i][1]);
    return true;
}

enum status
processes_check(struct options *options, int argc, char **argv,
                struct cause *cause)
{
    if (!processes())
        return STATUS_DONE;
    if (!processes_same(hash_words(argc, argv))) {
        fail(cause, "the processes were started with different options; give "
                    "all of them the same");
        return STATUS_USAGE;
    }
    if (!suits_many(options, cause))
        return STATUS_USAGE;
    options->bind = false;
    if (!processes_speak()) {
        options->output = options->svg = options->html = NULL;
        options->trace = options->metrics = NULL;
    }
    return STATUS_DONE;
}
