/* A pair of IDX files, plain or .gz, is read or refused. The first two bytes
 * say how long the first of the files is. */
#define _GNU_SOURCE
#include "config.h"

#include "fuzz.h"

#include "data/dataset.h"

#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PREFIX = 2 };

/* A file in memory, under a name that can be opened. */
struct file {
    int fd;
    char path[64];
};

static void
file_init(struct file *file, const uint8_t *bytes, size_t size)
{
    file->fd = memfd_create("fuzz", 0);
    if (file->fd < 0 || write(file->fd, bytes, size) != (ssize_t)size)
        abort();
    snprintf(file->path, sizeof file->path, "/proc/self/fd/%d", file->fd);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct cause cause = {.text = ""};
    struct dataset set;
    struct file images;
    struct file labels;
    size_t length;

    if (size < PREFIX)
        return 0;
    length = (size_t)bytes[0] << 8 | bytes[1];
    bytes += PREFIX;
    size -= PREFIX;
    if (length > size)
        length = size;
    file_init(&images, bytes, length);
    file_init(&labels, bytes + length, size - length);
    if (dataset_idx(&set, images.path, labels.path, &cause)) {
        for (int i = 0; i < set.count; i++)
            if (set.labels[i] >= set.classes)
                abort();
    } else if (!*cause.text || strchr(cause.text, '\n')) {
        abort();
    }
    dataset_fini(&set);
    close(images.fd);
    close(labels.fd);
    return 0;
}
