/* completion_fish.c -- writes the script that completes in fish: a line of
 * `complete` for each option of each command, see "Writing your own
 * completions" in the manual of fish. */
#include "config.h"

#include "cli/choices.h"
#include "cli/commands.h"
#include "cli/completion.h"

static const char head[] =
    "# pipelab completion fish -- what fish completes after pipelab\n"
    "# The words before the cursor: of this command, and so many or more.\n"
    "function __pipelab_after\n"
    "    set -l before (commandline -opc)\n"
    "    test (count $before) -ge $argv[2]; and test $before[2] = $argv[1]\n"
    "end\n"
    "function __pipelab_first\n"
    "    test (count (commandline -opc)) -eq $argv[1]\n"
    "end\n"
    "# A list, a,b: what stands before its last comma stays.\n"
    "function __pipelab_list\n"
    "    set -l value (string replace -r '^--[a-z-]*=' '' -- (commandline "
    "-ct))\n"
    "    string replace -r '^' (string replace -r '[^,]*$' '' -- $value) -- "
    "$argv\n"
    "end\n"
    "complete -c pipelab -f\n"
    "complete -c pipelab -n '__pipelab_first 1' -l help\n"
    "complete -c pipelab -n '__pipelab_first 1' -l version\n";

/* A text in single quotes. */
static void
fish_text(FILE *out, const char *text)
{
    putc('\'', out);
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            putc('\\', out);
        putc(*text, out);
    }
    putc('\'', out);
}

/* What may stand there, as options of complete. */
static void
fish_choices(FILE *out, const struct choices *choices)
{
    if (choices->several)
        fprintf(out, " -a '(__pipelab_list %s)'", choices->words);
    else if (choices->files == CHOICES_DIRECTORIES)
        fprintf(out, " -a '%s (__fish_complete_directories)'", choices->words);
    else if (*choices->words)
        fprintf(out, " -a '%s'", choices->words);
    fputs(choices->files == CHOICES_FILES ? " -F" : " -f", out);
}

static void
fish_command(FILE *out, const struct command *command)
{
    const struct option_entry *entry;
    struct choices choices;

    fprintf(out, "complete -c pipelab -n '__pipelab_first 1' -a %s -d ",
            command->name);
    fish_text(out, command->summary);
    putc('\n', out);
    for (int i = 0; (entry = command_line_option(command, i)) != NULL; i++) {
        fprintf(out, "complete -c pipelab -n '__pipelab_after %s 2' -l %s",
                command->name, entry->name);
        if (entry->argument) {
            choices = choices_of_value(command, entry);
            fputs(choices.optional ? "" : " -r", out);
            fish_choices(out, &choices);
        }
        fputs(" -d ", out);
        fish_text(out, entry->text);
        putc('\n', out);
    }
    if (!(command->takes & TAKES_WORDS))
        return;
    choices = choices_of_operand(command);
    fprintf(out,
            "complete -c pipelab -n '__pipelab_after %s 2; and "
            "__pipelab_first 2'",
            command->name);
    fish_choices(out, &choices);
    fprintf(out, "\ncomplete -c pipelab -n '__pipelab_after %s 3' -F\n",
            command->name);
}

void
completion_fish(FILE *out)
{
    fputs(head, out);
    for (int i = 0; command_at(i); i++)
        fish_command(out, command_at(i));
}
