/* choices.c -- lists what a value or an operand may be, from the table of
 * options and the tables that it stands for. */
#include "config.h"

#include "cli/choices.h"

#include "search/schedule.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void
add_word(struct choices *choices, const char *word, size_t length)
{
    size_t used = strlen(choices->words);
    size_t room = sizeof choices->words - used;

    assert(length + 1 < room);
    snprintf(choices->words + used, room, "%s%.*s", used ? " " : "",
             (int)length, word);
}

static void
add_schedules(struct choices *choices, const struct command *command)
{
    for (int i = 0; schedule_at(i); i++)
        add_word(choices, schedule_at(i)->name, strlen(schedule_at(i)->name));
    if (command->takes & (TAKES_TRAINING | TAKES_EVAL))
        add_word(choices, "none", strlen("none"));
}

/* Words in small letters stand for themselves. What may be left out is in
 * brackets, as [=a|b]. */
static void
add_argument(struct choices *choices, const char *argument)
{
    choices->optional = *argument == '[';
    for (argument += strspn(argument, "[="); *argument;
         argument += strspn(argument, "|]")) {
        size_t length = strcspn(argument, "|]");

        if (islower((unsigned char)*argument))
            add_word(choices, argument, length);
        else if (strncmp(argument, "FILE", length) == 0)
            choices->files = CHOICES_FILES;
        else if (strncmp(argument, "DIR", length) == 0)
            choices->files = CHOICES_DIRECTORIES;
        argument += length;
    }
}

struct choices
choices_of_value(const struct command *command,
                 const struct option_entry *entry)
{
    struct choices choices = {.several = entry->read == option_schedules};

    if (entry->read == option_schedule || entry->read == option_schedules)
        add_schedules(&choices, command);
    else if (entry->argument)
        add_argument(&choices, entry->argument);
    return choices;
}

struct choices
choices_of_operand(const struct command *command)
{
    struct choices choices = {.files = CHOICES_NO_FILES};

    if (!command->word_at) {
        choices.files =
            command->takes & TAKES_WORDS ? CHOICES_FILES : CHOICES_NO_FILES;
        return choices;
    }
    for (int i = 0; command->word_at(i); i++)
        add_word(&choices, command->word_at(i), strlen(command->word_at(i)));
    return choices;
}
