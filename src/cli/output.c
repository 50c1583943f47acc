#include "config.h"

#include "cli/output.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Devices and pipes must not be replaced by a file. */
static bool
is_replaceable(const char *path)
{
    struct stat info;

    return stat(path, &info) != 0 || S_ISREG(info.st_mode);
}

bool
output_open(struct output *output, const char *option, const char *path,
            bool stream, struct cause *cause)
{
    *output = (struct output){.option = option, .path = path};
    if (!stream && is_replaceable(path) &&
        (size_t)snprintf(output->temporary, sizeof output->temporary,
                         "%s.part%ld", path, (long)getpid()) >=
            sizeof output->temporary)
        return fail(cause, "%s %.60s...: the name is too long", option, path);
    output->out = fopen(*output->temporary ? output->temporary : path, "w");
    if (!output->out)
        return fail(cause, "%s %s: %s", option, path, strerror(errno));
    return true;
}

bool
output_close(struct output *output, struct cause *cause)
{
    bool good;

    if (!output->out)
        return true;
    errno = 0;
    good = !ferror(output->out);
    if (fclose(output->out) != 0)
        good = false;
    output->out = NULL;
    if (good && *output->temporary)
        good = rename(output->temporary, output->path) == 0;
    if (good)
        return true;
    fail(cause, "%s %s: could not be written: %s", output->option,
         output->path, errno ? strerror(errno) : "write error");
    if (*output->temporary)
        unlink(output->temporary);
    return false;
}

bool
output_possible(const char *option, const char *path, struct cause *cause)
{
    struct output output;

    /* A pipe opened only to be closed would end its reader. */
    if (!is_replaceable(path))
        return true;
    if (!output_open(&output, option, path, false, cause))
        return false;
    fclose(output.out);
    unlink(output.temporary);
    return true;
}
