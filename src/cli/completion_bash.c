/* completion_bash.c -- writes the script that completes in bash.
 *
 * A case of commands holds a case of options. They set `words`, what may stand
 * at the cursor, and `files` where bash completes names of files; see
 * "Programmable Completion" in the manual of bash. */
#include "config.h"

#include "cli/choices.h"
#include "cli/commands.h"
#include "cli/completion.h"

/* bash hands over --option=value as three words. */
static const char head[] =
    "# pipelab completion bash -- what bash completes after pipelab\n"
    "_pipelab()\n"
    "{\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} at=$((COMP_CWORD - 1))\n"
    "    local before= options= words= several= files= by=\n"
    "    COMPREPLY=()\n"
    "    if [[ $word == = ]]; then\n"
    "        word= by==\n"
    "    elif [[ ${COMP_WORDS[at]} == = ]]; then\n"
    "        at=$((at - 1)) by==\n"
    "    fi\n"
    "    case $((COMP_CWORD > 1)),${COMP_WORDS[1]} in\n";

/* In a list, "a,b", what stands before the last comma stays. */
static const char tail[] =
    "    esac\n"
    "    if [[ $word == -* ]]; then\n"
    "        words=$options several= files=\n"
    "    fi\n"
    "    if [[ $several ]]; then\n"
    "        compopt -o nospace\n"
    "        before=${word%\"${word##*,}\"}\n"
    "    fi\n"
    "    if [[ $files ]]; then\n"
    "        compopt -o \"$files\"\n"
    "    fi\n"
    "    mapfile -t COMPREPLY < <(compgen -P \"$before\" -W \"$words\" -- "
    "\"${word#\"$before\"}\")\n"
    "}\n"
    "complete -F _pipelab pipelab\n";

/* One arm of a case: what may stand after the words of a pattern. */
static void
bash_arm(FILE *out, const char *pattern, const struct choices *choices)
{
    static const char *const files[] = {
        [CHOICES_NO_FILES] = "",
        [CHOICES_FILES] = " files=default",
        [CHOICES_DIRECTORIES] = " files=plusdirs",
    };

    fprintf(out, "        %s) words='%s'%s%s ;;\n", pattern, choices->words,
            choices->several ? " several=yes" : "", files[choices->files]);
}

static void
bash_command(FILE *out, const struct command *command)
{
    const struct option_entry *entry;
    struct choices choices;

    fprintf(out, "    1,%s)\n        options='", command->name);
    for (int i = 0; (entry = command_line_option(command, i)) != NULL; i++)
        fprintf(out, "%s--%s", i > 0 ? " " : "", entry->name);
    fputs("'\n        case $at,${COMP_WORDS[at]}$by in\n", out);
    for (int i = 0; (entry = command_line_option(command, i)) != NULL; i++) {
        char pattern[128];

        if (!entry->argument)
            continue;
        choices = choices_of_value(command, entry);
        snprintf(pattern, sizeof pattern,
                 choices.optional ? "*,--%s=" : "*,--%s | *,--%s=",
                 entry->name, entry->name);
        bash_arm(out, pattern, &choices);
    }
    choices = choices_of_operand(command);
    if (command->takes & TAKES_WORDS) {
        bash_arm(out, "1,*", &choices);
        bash_arm(out, "*", &(struct choices){.files = CHOICES_FILES});
    } else {
        fputs("        *) words=$options ;;\n", out);
    }
    fputs("        esac ;;\n", out);
}

void
completion_bash(FILE *out)
{
    fputs(head, out);
    fputs("    0,*) words='", out);
    for (int i = 0; command_at(i); i++)
        fprintf(out, "%s ", command_at(i)->name);
    fputs("' options='--help --version' ;;\n", out);
    for (int i = 0; command_at(i); i++)
        bash_command(out, command_at(i));
    fputs(tail, out);
}
