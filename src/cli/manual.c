/* manual.c -- prints a command's page of the manual, in the man macros of roff,
 * from what --help prints. */
#include "config.h"

#include "cli/manual.h"

#include "request/option_value.h"

#include <ctype.h>
#include <string.h>

/* As in the page of all commands. */
static const char date[] = "2026-11-30";

/* The first letters of a text, in which roff is to see no request and no
 * escape. A hyphen that begins a word, or all of them, are typed. */
static void
roff_text(FILE *out, const char *text, size_t length, bool typed)
{
    for (const char *at = text; at < text + length; at++) {
        bool begins = at == text || strchr(" (-\n", at[-1]);

        if (*at == '\\')
            fputs("\\e", out);
        else if (*at == '\'')
            fputs("\\(aq", out);
        else if (*at == '-' && (begins || typed))
            fputs("\\-", out);
        else if (*at == '.' && begins)
            fputs("\\&.", out);
        else
            putc(*at, out);
    }
}

/* The lines of --help, without their indent. */
static void
manual_examples(FILE *out, const char *examples)
{
    fputs(".SH EXAMPLES\n.nf\n", out);
    while (*examples) {
        const char *line = examples + strspn(examples, " ");
        size_t length = strcspn(line, "\n");

        roff_text(out, line, length, true);
        putc('\n', out);
        examples = line + length + (line[length] == '\n');
    }
    fputs(".fi\n", out);
}

static void
manual_option(FILE *out, const struct option_entry *entry)
{
    fprintf(out, ".TP\n.BI \"\\-\\-");
    roff_text(out, entry->name, strlen(entry->name), true);
    if (entry->argument)
        fprintf(out, "\" \"%s%s", *entry->argument == '[' ? "" : "=",
                entry->argument);
    fputs("\"\n", out);
    roff_text(out, entry->text, strlen(entry->text), false);
    putc('\n', out);
}

static void
manual_name(FILE *out, const struct command *command)
{
    size_t length = strlen(command->summary);

    fputs(".TH PIPELAB\\-", out);
    for (const char *at = command->name; *at; at++)
        putc(toupper((unsigned char)*at), out);
    fprintf(out,
            " 1 %s \"" PACKAGE_STRING "\" \"User Commands\"\n"
            ".SH NAME\npipelab\\-%s \\- ",
            date, command->name);
    /* It is no sentence there, and ends without a full stop. */
    length -= length > 0 && command->summary[length - 1] == '.';
    roff_text(out, command->summary, length, false);
    fprintf(out, "\n.SH SYNOPSIS\n.B pipelab %s\n.RI [ OPTION ]...\n",
            command->name);
    if (command->takes & TAKES_WORDS)
        fputs(".RI [ WORD ]...\n", out);
}

void
manual_print(FILE *out, const struct command *command)
{
    const struct option_entry *entry;

    manual_name(out, command);
    fputs(".SH DESCRIPTION\n", out);
    roff_text(out, command->summary, strlen(command->summary), false);
    fputs(
        "\n.PP\n"
        ".BR pipelab (1)\n"
        "says more of commands and options, of files, of the environment and "
        "of the exit status.\n"
        ".SH OPTIONS\n",
        out);
    for (int i = 0; (entry = command_line_option(command, i)); i++)
        manual_option(out, entry);
    manual_examples(out, command->examples);
    fputs(".SH SEE ALSO\n.BR pipelab (1)\n", out);
}
