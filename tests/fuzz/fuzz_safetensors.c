/* A safetensors file is read, tensor by tensor, or refused. */
#define _GNU_SOURCE
#include "config.h"

#include "fuzz.h"

#include "data/safetensors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void
expect_reason(const struct cause *cause)
{
    if (!*cause->text || strchr(cause->text, '\n'))
        abort();
}

/* The header fits the file, so no tensor is larger than that; its floats may
 * take twice the bytes. */
static void
read_all(const struct safetensors *file, size_t size)
{
    struct cause cause = {.text = ""};
    float *values = malloc(2 * size + sizeof *values);

    for (size_t i = 0; i < file->count; i++) {
        const struct safetensor *tensor = &file->tensors[i];

        if (tensor->end - tensor->begin > (int64_t)size ||
            safetensors_find(file, tensor->name) != tensor)
            abort();
        if (!safetensors_read(file, tensor, values, &cause))
            expect_reason(&cause);
    }
    safetensors_text(file, "step");
    free(values);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct cause cause = {.text = ""};
    struct safetensors file;
    char path[64];
    int fd = memfd_create("fuzz", 0);

    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (safetensors_open(&file, path, &cause)) {
        read_all(&file, size);
        safetensors_close(&file);
    } else {
        expect_reason(&cause);
    }
    close(fd);
    return 0;
}
