/* command_line.c -- reads a command's options by getopt, and prints its page
 * for --help. */
#include "config.h"

#include "cli/command_line.h"

#include "base/called.h"
#include "base/columns.h"
#include "base/near.h"
#include "base/text.h"
#include "request/option_value.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* What getopt_long() returns for entry 0, beyond any letter. Each entry has a
 * number of its own: of options that share one it would take the first where
 * an abbreviation fits several. */
enum { FIRST_ENTRY = 256 };

/* Lines that the table of options has at most; each has a bit in
 * options->given. */
enum { ENTRIES = 8 * (int)sizeof(option_set) };

/* A value in brackets may be left out. */
static int
argument_of(const struct option_entry *entry)
{
    if (!entry->argument)
        return no_argument;
    return *entry->argument == '[' ? optional_argument : required_argument;
}

const struct option_entry *
command_line_option(const struct command *command, int i)
{
    for (int e = 0; option_entry_at(e); e++)
        if (option_entry_taken(e, command->takes) && i-- == 0)
            return option_entry_at(e);
    return NULL;
}

/* getopt's table for a command. */
static void
long_options(const struct command *command, struct option table[ENTRIES + 1])
{
    const struct option_entry *entry;
    int count = 0;

    for (int i = 0; (entry = option_entry_at(i)); i++)
        if (option_entry_taken(i, command->takes))
            table[count++] = (struct option){entry->name, argument_of(entry),
                                             NULL, FIRST_ENTRY + i};
    table[count] = (struct option){0};
}

/* The option that a misspelt word, without its dashes, may have meant; NULL if
 * there is none. */
static const char *
meant_option(const struct command *command, const char *word)
{
    const struct option_entry *entry;
    struct near near;

    near_begin(&near, word, strcspn(word, "="));
    for (int i = 0; (entry = command_line_option(command, i)); i++)
        near_try(&near, entry->name);
    return near.name;
}

/* The option that a word which stands alone is the value of, by the suffix that
 * files of its kind have, or the name of; NULL if there is none. */
static const char *
option_of_word(const struct command *command, const char *word)
{
    const char *suffix = strrchr(word, '.');
    const char *name = !suffix                               ? NULL
                       : strcmp(suffix, ".safetensors") == 0 ? "resume"
                       : strcmp(suffix, ".csv") == 0         ? "load"
                                                             : NULL;
    const struct option_entry *entry;

    for (int i = 0; name && (entry = command_line_option(command, i)); i++)
        if (strcmp(entry->name, name) == 0)
            return name;
    return meant_option(command, word);
}

/* Puts what getopt_long() did not like about the word before optind. */
static bool
command_line_refuse(const struct command *command, int found, const char *word,
                    struct cause *cause)
{
    if (found == ':')
        return fail(cause, "%s needs a value; see pipelab %s --help", word,
                    command->name);
    if (optopt >= FIRST_ENTRY)
        return fail(cause, "%s: --%s takes no value; see pipelab %s --help",
                    word, option_entry_at(optopt - FIRST_ENTRY)->name,
                    command->name);
    if (optopt != 0)
        return fail(cause, "-%c is no option of %s; see pipelab %s --help",
                    optopt, command->name, command->name);
    return options_refuse(word, command->name, meant_option(command, word + 2),
                          cause);
}

bool
command_line_parse(struct options *options, const struct command *command,
                   int argc, char **argv, struct cause *cause)
{
    struct option table[ENTRIES + 1];
    int found;

    options_begin(options);
    long_options(command, table);
    opterr = 0;
    while ((found = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
        if (found == ':' || found == '?')
            return command_line_refuse(command, found, argv[optind - 1],
                                       cause);
        if (found == 'h')
            options->help = true;
        else if (!options_set(options, found - FIRST_ENTRY, optarg, cause))
            return false;
        if (options->help)
            return true;
    }
    options->words = argv + optind;
    options->word_count = argc - optind;
    if (options->word_count > 0 && !(command->takes & TAKES_WORDS))
        return options_refuse_alone(argv[optind], command->name,
                                    option_of_word(command, argv[optind]),
                                    cause);
    options_settle(options, command->takes);
    return true;
}

void
command_line_help(const struct command *command)
{
    const struct option_entry *entry;
    char usage[80];

    snprintf(usage, sizeof usage, "Usage: pipelab %s [OPTION]...%s\n",
             command->name, command->takes & TAKES_WORDS ? " [WORD]..." : "");
    called_print(stdout, usage);
    text_line(stdout, "%s", command->summary);
    putchar('\n');
    for (int i = 0; (entry = command_line_option(command, i)); i++) {
        const char *argument = entry->argument;
        char name[64];
        char line[320];

        snprintf(name, sizeof name, "--%s%s%s", entry->name,
                 argument && *argument != '[' ? "=" : "",
                 argument ? argument : "");
        snprintf(line, sizeof line, "  %-20s %s", name, entry->text);
        columns_print(stdout, line, columns_of(stdout), 23);
    }
    puts("\nExamples:");
    called_print(stdout, command->examples);
}
