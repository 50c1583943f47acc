/* files.c -- compares the files that a command line names, before any of them
 * is opened. */
#include "config.h"

#include "cli/files.h"

#include "base/output.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file as an option names it; path is NULL if it was not given. */
struct named {
    const char *option;
    const char *path;
};

static bool
clash(const struct named *output, const struct named *other,
      struct cause *cause)
{
    if (!other->path || !output_is_same(output->path, other->path))
        return false;
    fail(cause, "%s %.200s and %s %.200s are one file; name another",
         other->option, other->path, output->option, output->path);
    return true;
}

/* Results printed into a file that is then replaced by name would be lost. */
static bool
is_standard_output(const struct named *output)
{
    struct stat out;
    struct stat there;

    return fstat(STDOUT_FILENO, &out) == 0 && S_ISREG(out.st_mode) &&
           stat(output->path, &there) == 0 && there.st_dev == out.st_dev &&
           there.st_ino == out.st_ino && !output_is_descriptor(output->path);
}

/* Data are read from a directory's IDX files. */
static bool
is_data(const struct named *output, const struct options *options)
{
    const char *slash = strrchr(output->path, '/');
    char directory[PATH_MAX];
    struct stat there;

    if (!strstr(slash ? slash : output->path, "-idx") ||
        stat(output->path, &there) != 0)
        return false;
    snprintf(directory, sizeof directory, "%.*s",
             slash ? (int)(slash - output->path) + 1 : 1,
             slash ? output->path : ".");
    return output_is_same(directory, options->recipe.data);
}

static bool
output_suits(const struct named *output, const struct options *options,
             struct cause *cause)
{
    bool loads_file = options->load && strcmp(options->load, "-") != 0;
    const struct named inputs[] = {
        {"--load", loads_file ? options->load : NULL},
        {"--resume", options->resume},
        {"the file", options->word_count > 1 ? options->words[1] : NULL},
    };
    bool goes_on = strcmp(output->option, "--save") == 0;

    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        if (!(goes_on && inputs[i].path == options->resume) &&
            clash(output, &inputs[i], cause))
            return false;
    if (is_data(output, options))
        return fail(cause,
                    "%s %.200s is a file of --data %.200s; name another",
                    output->option, output->path, options->recipe.data);
    if (is_standard_output(output))
        return fail(cause,
                    "%s %.200s is where standard output goes; name another",
                    output->option, output->path);
    return true;
}

bool
files_suit(const struct options *options, struct cause *cause)
{
    const struct named outputs[] = {
        {"--output", options->output}, {"--svg", options->svg},
        {"--trace", options->trace},   {"--metrics", options->metrics},
        {"--save", options->save},     {"--html", options->html},
    };

    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        if (!outputs[i].path)
            continue;
        if (!output_suits(&outputs[i], options, cause))
            return false;
        for (size_t j = 0; j < i; j++)
            if (clash(&outputs[i], &outputs[j], cause))
                return false;
    }
    return true;
}
