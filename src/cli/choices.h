/* choices.h -- what a shell can offer for a value or an operand: the words of a
 * closed list, the names of files.
 *
 *   --format=text|json                the words
 *   --data=random|digits|DIR          the words and directories
 *   --load=FILE                       files
 *   --schedule=NAME                   what the schedules are called
 *   --steps=N                         nothing: the user knows
 */
#ifndef PIPELAB_CLI_CHOICES_H
#define PIPELAB_CLI_CHOICES_H

#include "cli/command_line.h"
#include "request/option_value.h"

enum choices_files { CHOICES_NO_FILES, CHOICES_FILES, CHOICES_DIRECTORIES };

struct choices {
    char words[1024]; /* a blank between two; empty if none can be listed */
    bool optional;    /* if it is given, it follows a '=' */
    bool several;     /* more than one may be given, a comma between two */
    enum choices_files files; /* whose names may stand there too */
};

/* Of an option's value. */
struct choices
choices_of_value(const struct command *command,
                 const struct option_entry *entry);

/* Of the first operand of a command. All others are files. */
struct choices
choices_of_operand(const struct command *command);

#endif
