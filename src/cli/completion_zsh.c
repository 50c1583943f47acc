/* completion_zsh.c -- writes the script that completes in zsh: for each command
 * the specifications of _arguments, see "Completion Functions" in the manual of
 * zsh. */
#include "config.h"

#include "cli/choices.h"
#include "cli/commands.h"
#include "cli/completion.h"

#include <string.h>

/* The file is read as the function of its name where fpath has it; sourced, it
 * registers the function itself. */
static const char head[] =
    "#compdef pipelab\n"
    "# pipelab completion zsh -- what zsh completes after pipelab\n"
    "_pipelab_data()\n"
    "{\n"
    "    _alternative \"words:value:($*)\" \"dirs:directory:_files -/\"\n"
    "}\n"
    "_pipelab()\n"
    "{\n"
    "    local -a commands\n"
    "    if ((CURRENT == 2)); then\n"
    "        commands=(\n";

static const char middle[] = "        )\n"
                             "        if [[ $PREFIX == -* ]]; then\n"
                             "            _arguments --help --version\n"
                             "        else\n"
                             "            _describe command commands\n"
                             "        fi\n"
                             "        return\n"
                             "    fi\n"
                             "    shift words\n"
                             "    ((CURRENT--))\n"
                             "    case $words[1] in\n";

static const char tail[] =
    "    esac\n"
    "}\n"
    "if [[ $zsh_eval_context[-1] == loadautofunc ]]; then\n"
    "    _pipelab \"$@\"\n"
    "else\n"
    "    compdef _pipelab pipelab\n"
    "fi\n";

/* A text within single quotes, in which these letters mean something to
 * _arguments and _describe. */
static void
zsh_text(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("[]:\\", *text))
            putc('\\', out);
        if (*text == '\'')
            fputs("'\\'", out);
        putc(*text, out);
    }
}

static void
zsh_action(FILE *out, const struct choices *choices)
{
    if (choices->several)
        fprintf(out, "_values -s , schedule %s", choices->words);
    else if (choices->files == CHOICES_DIRECTORIES)
        fprintf(out, " _pipelab_data %s", choices->words);
    else if (choices->files == CHOICES_FILES)
        fputs("_files", out);
    else if (*choices->words)
        fprintf(out, "(%s)", choices->words);
    else
        putc(' ', out);
}

static void
zsh_command(FILE *out, const struct command *command)
{
    const struct option_entry *entry;
    struct choices choices;

    fprintf(out, "    %s)\n        _arguments", command->name);
    for (int i = 0; (entry = command_line_option(command, i)) != NULL; i++) {
        choices = choices_of_value(command, entry);
        fprintf(out, " \\\n            '--%s%s[", entry->name,
                choices.optional  ? "=-"
                : entry->argument ? "="
                                  : "");
        zsh_text(out, entry->text);
        putc(']', out);
        if (entry->argument) {
            fputs(choices.optional ? "::" : ":", out);
            zsh_text(out, entry->argument);
            putc(':', out);
            zsh_action(out, &choices);
        }
        putc('\'', out);
    }
    if (command->takes & TAKES_WORDS) {
        choices = choices_of_operand(command);
        fputs(" \\\n            '1:word:", out);
        zsh_action(out, &choices);
        fputs("' '*:file:_files'", out);
    }
    fputs(" ;;\n", out);
}

void
completion_zsh(FILE *out)
{
    fputs(head, out);
    for (int i = 0; command_at(i); i++) {
        fprintf(out, "            '%s:", command_at(i)->name);
        zsh_text(out, command_at(i)->summary);
        fputs("'\n", out);
    }
    fputs(middle, out);
    for (int i = 0; command_at(i); i++)
        zsh_command(out, command_at(i));
    fputs(tail, out);
}
