/* option_value.h -- reads the values of options.
 *
 * A reader checks a text and puts its value into a field of struct options;
 * false with the cause, which names the option. What is read is checked even
 * where a mode has no use for it. */
#ifndef PIPELAB_REQUEST_OPTION_VALUE_H
#define PIPELAB_REQUEST_OPTION_VALUE_H

#include "request/options.h"

#include <stddef.h>

/* One option: what --help says of it, and where its value goes. */
struct option_entry {
    const char *name;
    /* As --help shows it, NULL for a switch. Words in small letters are values,
     * FILE and DIR are names of such; see choices.h. */
    const char *argument;
    unsigned group; /* of the commands that take it */
    bool (*read)(const struct option_entry *entry, const char *text,
                 void *field, struct cause *cause);
    size_t field;    /* offset in struct options */
    long long least; /* of a number */
    long long most;
    const char *text;
};

/* Line i of the table of options, or NULL beyond the last. */
const struct option_entry *
option_entry_at(int i);

/* Whether line i is an option of a command that takes these groups. Two lines
 * may have one name; only one of them is taken. */
bool
option_entry_taken(int i, unsigned takes);

/* The type of a reader. */
typedef bool
option_reader(const struct option_entry *entry, const char *text, void *field,
              struct cause *cause);

/* Into an int, or where the range asks for it into an int64_t. */
option_reader option_int;
/* Into a recipe: its table says of what type and range the value is. */
option_reader option_setting;
/* Into a bool: one of the two words of the argument, of which the second
 * stands for true. */
option_reader option_word;
/* Into a bool: true. */
option_reader option_switch;
option_reader option_capacity;
/* Into a double from 0 to 1. */
option_reader option_share;
option_reader option_size;
option_reader option_sheet;
option_reader option_lower;
option_reader option_format;
/* Borrows the text; so do those below, once it is checked. */
option_reader option_text;
option_reader option_schedule;
option_reader option_schedules; /* a list of them */
option_reader option_cost;
option_reader option_factors;
option_reader option_mbs;
option_reader option_ranks;
option_reader option_latency;
option_reader option_bytes;
option_reader option_bandwidth;
option_reader option_split;
option_reader option_cut; /* a split, or measured */

#endif
