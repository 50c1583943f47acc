/* replay.c -- gives a fuzzing target every file of a directory, one after the
 * other, where there is no fuzzer: replay DIRECTORY. */
#include "config.h"

#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { BYTES_MOST = 1 << 20 };

static void
replay(const char *directory, const char *name)
{
    static uint8_t bytes[BYTES_MOST];
    char path[4096];
    FILE *in;
    size_t size;

    snprintf(path, sizeof path, "%s/%s", directory, name);
    in = fopen(path, "rb");
    if (!in) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    size = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    LLVMFuzzerTestOneInput(bytes, size);
}

int
main(int argc, char **argv)
{
    DIR *directory = argc == 2 ? opendir(argv[1]) : NULL;
    struct dirent *entry;
    int count = 0;

    if (!directory) {
        fputs("Usage: replay DIRECTORY\n", stderr);
        return EXIT_FAILURE;
    }
    while ((entry = readdir(directory)) != NULL)
        if (entry->d_name[0] != '.') {
            replay(argv[1], entry->d_name);
            count++;
        }
    closedir(directory);
    printf("%d inputs\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
