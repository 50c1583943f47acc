/* idx.c -- reading IDX files, which may be cut, damaged or something else.
 *
 *   images:  2051  count  rows  columns  count*rows*columns bytes
 *   labels:  2049  count                 count bytes
 *
 * The header's numbers are 32 bits, most significant byte first. */
#include "config.h"

#include "data/dataset.h"

#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
    MAGIC_BYTES = 4,
    HEADER_MOST = 16,
    CHUNK = 1 << 20,        /* bytes made room for before any were seen */
    BYTES_MOST = INT32_MAX, /* in one file, so that any number fits an int */
    CLASSES = 10
};

struct kind {
    const char *name;
    const char *suffix; /* of the usual file name, after '-' or '.' */
    uint32_t magic;
    size_t header; /* bytes, the magic among them */
};

static const struct kind images_kind = {"images", "idx3-ubyte", 2051, 16};
static const struct kind labels_kind = {"labels", "idx1-ubyte", 2049, 8};

/* A file, while it is read and after. */
struct idx {
    const struct kind *kind;
    const char *path; /* borrowed */
    gzFile file;
    uint32_t count;
    uint32_t rows;    /* 1 for labels, as columns */
    uint32_t columns;
    size_t promised;  /* bytes after the header */
    uint8_t *bytes;
};

/* Reads up to want bytes; *got is less at the end of the file only. */
static bool
take(struct idx *idx, uint8_t *to, size_t want, size_t *got,
     struct cause *cause)
{
    int count = gzread(idx->file, to, (unsigned)want);
    int error;

    *got = count > 0 ? (size_t)count : 0;
    if (count >= 0)
        return true;
    gzerror(idx->file, &error);
    if (error == Z_MEM_ERROR)
        die("out of memory: reading %s", idx->path);
    if (error == Z_ERRNO)
        return fail(cause, "%s: cannot read: %s", idx->path, strerror(errno));
    return fail(cause, "%s: its gz stream is damaged; fetch or compress the "
                "file again", idx->path);
}

static uint32_t
number_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16
        | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool
check_magic(const struct idx *idx, uint32_t magic, struct cause *cause)
{
    const struct kind *kind = idx->kind;
    const struct kind *other =
        kind == &images_kind ? &labels_kind : &images_kind;

    if (magic == kind->magic)
        return true;
    if (magic == other->magic)
        return fail(cause, "%s: holds %s (magic %u) where %s (magic %u) are "
                    "expected; give the images file first, then the labels "
                    "file", idx->path, other->name, other->magic, kind->name,
                    kind->magic);
    return fail(cause, "%s: not an IDX %s file: it begins with 0x%08x, "
                "expected 0x%08x (magic %u)", idx->path, kind->name, magic,
                kind->magic, kind->magic);
}

static bool
check_sizes(struct idx *idx, struct cause *cause)
{
    /* Neither product overflows: the first has two 32-bit factors, and the
     * second one of 32 and one of 31 bits. */
    uint64_t size = (uint64_t)idx->rows * idx->columns;

    if (idx->count == 0)
        return fail(cause, "%s: holds no %s; expected 1 or more", idx->path,
                    idx->kind->name);
    if (size == 0)
        return fail(cause, "%s: its images have %u rows and %u columns; "
                    "expected 1 or more of each", idx->path, idx->rows,
                    idx->columns);
    if (size > BYTES_MOST || size * idx->count > BYTES_MOST)
        return fail(cause, "%s: its header promises %u %s of %u x %u bytes; "
                    "expected less than 2 GiB in all, is the file damaged?",
                    idx->path, idx->count, idx->kind->name, idx->rows,
                    idx->columns);
    idx->promised = (size_t)(size * idx->count);
    return true;
}

static bool
read_header(struct idx *idx, struct cause *cause)
{
    uint8_t header[HEADER_MOST];
    size_t want = idx->kind->header;
    size_t got;

    if (!take(idx, header, want, &got, cause))
        return false;
    /* What a short file is supposed to be comes before how short it is. */
    if (got >= MAGIC_BYTES && !check_magic(idx, number_at(header), cause))
        return false;
    if (got < want)
        return fail(cause, "%s: ends after %zu bytes; the header of an IDX %s "
                    "file has %zu", idx->path, got, idx->kind->name, want);
    idx->count = number_at(header + 4);
    idx->rows = want == HEADER_MOST ? number_at(header + 8) : 1;
    idx->columns = want == HEADER_MOST ? number_at(header + 12) : 1;
    return check_sizes(idx, cause);
}

static bool
read_bytes(struct idx *idx, struct cause *cause)
{
    size_t used = 0;
    size_t room = 0;

    /* Room grows with what has come, not with what the header promises: a
     * damaged header must not cost two gigabytes. */
    while (used < idx->promised) {
        size_t more = room ? 2 * room : CHUNK;
        uint8_t *grown;
        size_t got;

        room = more < idx->promised ? more : idx->promised;
        if (!(grown = realloc(idx->bytes, room)))
            die("out of memory: %zu bytes of %s", room, idx->path);
        idx->bytes = grown;
        if (!take(idx, idx->bytes + used, room - used, &got, cause))
            return false;
        used += got;
        if (used < room)
            return fail(cause, "%s: ends after %zu bytes of %s; its header "
                        "promises %zu; fetch the file again", idx->path, used,
                        idx->kind->name, idx->promised);
    }
    return true;
}

/* Reading past the end also makes zlib compare the checksum. */
static bool
check_end(struct idx *idx, struct cause *cause)
{
    uint8_t byte;
    size_t got;
    int error;

    if (!take(idx, &byte, 1, &got, cause))
        return false;
    if (got > 0)
        return fail(cause, "%s: goes on after the %zu bytes of %s that its "
                    "header promises; is the file damaged?", idx->path,
                    idx->promised, idx->kind->name);
    gzerror(idx->file, &error);
    if (error != Z_OK)
        return fail(cause, "%s: the end of its gz stream is missing; fetch or "
                    "compress the file again", idx->path);
    return true;
}

/* On false nothing needs to be released. */
static bool
idx_read(struct idx *idx, const struct kind *kind, const char *path,
         struct cause *cause)
{
    bool done;

    memset(idx, 0, sizeof *idx);
    idx->kind = kind;
    idx->path = path;
    errno = 0;
    idx->file = gzopen(path, "rb");
    if (!idx->file && errno == 0)
        die("out of memory: opening %s", path);
    if (!idx->file)
        return fail(cause, "%s: cannot open the %s file: %s", path, kind->name,
                    strerror(errno));
    done = read_header(idx, cause) && read_bytes(idx, cause)
        && check_end(idx, cause);
    gzclose_r(idx->file);
    if (!done)
        free(idx->bytes);
    return done;
}

static bool
check_pair(const struct idx *images, const struct idx *labels,
           struct cause *cause)
{
    if (images->count != labels->count)
        return fail(cause, "%s: %u labels for the %u images of %s; expected "
                    "one for each, do the files belong together?",
                    labels->path, labels->count, images->count, images->path);
    for (uint32_t i = 0; i < labels->count; i++) {
        if (labels->bytes[i] >= CLASSES)
            return fail(cause, "%s: the label of example %u is %d; expected "
                        "0 to %d", labels->path, i, labels->bytes[i],
                        CLASSES - 1);
    }
    return true;
}

bool
dataset_idx(struct dataset *set, const char *images, const char *labels,
            struct cause *cause)
{
    struct idx image, label;

    memset(set, 0, sizeof *set);
    if (!idx_read(&image, &images_kind, images, cause))
        return false;
    if (!idx_read(&label, &labels_kind, labels, cause))
        goto free_image;
    if (!check_pair(&image, &label, cause))
        goto free_label;
    set->count = (int)image.count;
    set->features = (int)(image.rows * image.columns);
    set->classes = CLASSES;
    set->pixels = image.bytes;
    set->labels = label.bytes;
    return true;

free_label:
    free(label.bytes);
free_image:
    free(image.bytes);
    return false;
}

/* Of the four usual names of a file the one that is there, to be freed; NULL
 * when none is. */
static char *
find_file(const char *dir, const char *split, const struct kind *kind,
          struct cause *cause)
{
    static const char *const ends[] = {"", ".gz"};
    size_t room = strlen(dir) + 64;
    char *path = memory_new(room, 1);

    for (int name = 0; name < 4; name++) {
        snprintf(path, room, "%s/%s-%s%c%s%s", dir, split, kind->name,
                 name < 2 ? '-' : '.', kind->suffix, ends[name % 2]);
        /* A file that is there but out of bounds is for gzopen() to report. */
        if (access(path, F_OK) == 0 || errno != ENOENT)
            return path;
    }
    free(path);
    fail(cause, "%s: no %s of the %s split; looked for %s-%s-%s and %s-%s.%s, "
         "plain and with .gz", dir, kind->name, split, split, kind->name,
         kind->suffix, split, kind->name, kind->suffix);
    return NULL;
}

bool
dataset_idx_dir(struct dataset *set, const char *dir, bool test,
                struct cause *cause)
{
    const char *split = test ? "t10k" : "train";
    char *images = NULL;
    char *labels = NULL;
    bool done = false;

    memset(set, 0, sizeof *set);
    if (access(dir, F_OK) != 0)
        return fail(cause, "%s: %s; give a directory with %s-images-%s and the "
                    "like", dir, strerror(errno), split, images_kind.suffix);
    if ((images = find_file(dir, split, &images_kind, cause))
        && (labels = find_file(dir, split, &labels_kind, cause)))
        done = dataset_idx(set, images, labels, cause);
    free(labels);
    free(images);
    return done;
}
