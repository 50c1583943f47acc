/* idx.c -- reads IDX files, which may be cut, damaged or something else.
 *
 *   0 0 TYPE DIMENSIONS                     a byte each: the magic
 *   count [rows columns]                    the sizes, 32 bits each
 *   count [* rows * columns] values of TYPE
 *
 * All numbers have their most significant byte first. */
#include "config.h"

#include "data/dataset.h"

#include "base/memory.h"
#include "base/plural.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    HEADER_MOST = 16,
    CHUNK = 1 << 20,        /* values made room for before any were seen */
    BLOCK = 1 << 13,        /* values read at a time */
    BYTES_MOST = INT32_MAX, /* in one file, so that any number fits an int */
    LABEL_MOST = 255,
    TYPES = 6
};

struct kind {
    const char *name;
    uint32_t dims;
};

static const struct kind images_kind = {"images", 3};
static const struct kind labels_kind = {"labels", 1};

enum type { UBYTE = 8, SBYTE, SHORT = 11, INT, FLOAT, DOUBLE };

static const struct {
    enum type type;
    const char *name; /* as names of files end */
    size_t width;     /* bytes */
} types[TYPES] = {
    {UBYTE, "ubyte", 1}, {SBYTE, "sbyte", 1}, {SHORT, "short", 2},
    {INT, "int", 4},     {FLOAT, "float", 4}, {DOUBLE, "double", 8},
};

/* A file, while it is read and after. */
struct idx {
    const struct kind *kind;
    const char *path; /* borrowed */
    gzFile file;
    int type; /* index in types[] */
    uint32_t count;
    uint32_t rows; /* 1 for labels, as columns */
    uint32_t columns;
    size_t promised; /* values after the header */
    uint8_t *bytes;  /* labels, and pixels of type UBYTE */
    float *floats;   /* images of other types */
};

/* Reads up to want bytes; *got is less at the end of the file only. */
static bool
idx_take(struct idx *idx, uint8_t *to, size_t want, size_t *got,
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
    return fail(cause,
                "%s: its gz stream is damaged; fetch or compress the "
                "file again",
                idx->path);
}

static uint32_t
number_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
           (uint32_t)bytes[2] << 8 | bytes[3];
}

/* ---- the header ---- */

static bool
is_page(const uint8_t *header, size_t size)
{
    size_t i = size >= 3 && memcmp(header, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

    while (i < size && memchr(" \t\r\n", header[i], 4))
        i++;
    return i < size && header[i] == '<';
}

/* What users save under the name of an IDX file by mistake. */
static bool
check_mistakes(const struct idx *idx, const uint8_t *header, size_t size,
               struct cause *cause)
{
    static const struct {
        const char *begin;
        const char *is;
    } mistakes[] = {
        {"\x1f\x8b", "is gzipped twice; gunzip it once"},
        {"PK\3\4", "is a zip archive; unzip it and give the files in it"},
        {"BZh", "is compressed by bzip2; bunzip2 it"},
        {"\xfd"
         "7zXZ",
         "is compressed by xz; unxz it"},
    };

    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        size_t length = strlen(mistakes[i].begin);

        if (size >= length && memcmp(header, mistakes[i].begin, length) == 0)
            return fail(cause, "%s: %s", idx->path, mistakes[i].is);
    }
    return !is_page(header, size) ||
           fail(cause,
                "%s: is a web page, not the file itself; fetch the "
                "file from its own address",
                idx->path);
}

static bool
check_magic(struct idx *idx, uint32_t magic, struct cause *cause)
{
    const struct kind *kind = idx->kind;
    const struct kind *other =
        kind == &images_kind ? &labels_kind : &images_kind;
    uint32_t dims = magic & 0xff;

    while (idx->type < TYPES && (uint32_t)types[idx->type].type != magic >> 8)
        idx->type++;
    if (idx->type == TYPES)
        return fail(cause,
                    "%s: not an IDX %s file: it begins with 0x%08x, "
                    "expected 0x0000080%u or another type than 08",
                    idx->path, kind->name, magic, kind->dims);
    if (dims == other->dims)
        return fail(cause,
                    "%s: holds %s where %s are expected; are the "
                    "images and the labels swapped? exchange the names of the "
                    "two files",
                    idx->path, other->name, kind->name);
    return dims == kind->dims ||
           fail(cause, "%s: its dimensions are %u; IDX %s have %u", idx->path,
                dims, kind->name, kind->dims);
}

static bool
check_sizes(struct idx *idx, struct cause *cause)
{
    /* No product overflows: the first has two 32-bit factors, and the others
     * one of 32 or fewer bits and one of 31. */
    uint64_t size = (uint64_t)idx->rows * idx->columns;
    uint64_t width = types[idx->type].width;

    if (idx->count == 0)
        return fail(cause, "%s: holds no %s; expected 1 or more", idx->path,
                    idx->kind->name);
    if (size == 0)
        return fail(cause,
                    "%s: its images are %u x %u; expected 1 x 1 or more",
                    idx->path, idx->rows, idx->columns);
    if (size > BYTES_MOST || size * idx->count > BYTES_MOST / width)
        return fail(cause,
                    "%s: its header promises %u %s of %u x %u values "
                    "(%s); expected less than 2 GiB in all, is the file "
                    "damaged?",
                    idx->path, idx->count, idx->kind->name, idx->rows,
                    idx->columns, types[idx->type].name);
    idx->promised = (size_t)(size * idx->count);
    return true;
}

static bool
idx_read_header(struct idx *idx, struct cause *cause)
{
    uint8_t header[HEADER_MOST];
    size_t want = 4 + 4 * idx->kind->dims;
    size_t got;

    if (!idx_take(idx, header, want, &got, cause))
        return false;
    /* What a short file is supposed to be comes before how short it is. */
    if (!check_mistakes(idx, header, got, cause) ||
        (got >= 4 && !check_magic(idx, number_at(header), cause)))
        return false;
    if (got < want)
        return fail(cause,
                    "%s: ends at byte %zu; the header of an IDX %s file "
                    "has %zu bytes",
                    idx->path, got, idx->kind->name, want);
    idx->count = number_at(header + 4);
    idx->rows = want == HEADER_MOST ? number_at(header + 8) : 1;
    idx->columns = want == HEADER_MOST ? number_at(header + 12) : 1;
    return check_sizes(idx, cause);
}

/* ---- the values ---- */

static double
value_at(const uint8_t *bytes, enum type type)
{
    uint64_t bits;
    float single;
    double number;

    switch (type) {
    case UBYTE:
        break;
    case SBYTE:
        return (int8_t)bytes[0];
    case SHORT:
        return (int16_t)(bytes[0] << 8 | bytes[1]);
    case INT:
        return (int32_t)number_at(bytes);
    case FLOAT:
        memcpy(&single, &(uint32_t){number_at(bytes)}, sizeof single);
        return (double)single;
    case DOUBLE:
        bits = (uint64_t)number_at(bytes) << 32 | number_at(bytes + 4);
        memcpy(&number, &bits, sizeof number);
        return number;
    }
    return bytes[0];
}

static bool
has_pixels(const struct idx *idx)
{
    return idx->kind == &images_kind && types[idx->type].type == UBYTE;
}

/* Number i of the values. */
static bool
keep_value(struct idx *idx, size_t i, double value, struct cause *cause)
{
    if (idx->floats) {
        idx->floats[i] = (float)value;
        return isfinite(idx->floats[i]) ||
               fail(cause,
                    "%s: image %zu holds a value that is no finite "
                    "float; expected finite ones",
                    idx->path, i / ((size_t)idx->rows * idx->columns));
    }
    idx->bytes[i] = (uint8_t)(value >= 0 && value <= LABEL_MOST ? value : 0);
    return idx->bytes[i] == value ||
           fail(cause,
                "%s: the label of example %zu is %.10g; expected a "
                "whole number from 0 to %d",
                idx->path, i, value, LABEL_MOST);
}

/* Values from number first on. */
static bool
keep_block(struct idx *idx, size_t first, const uint8_t *block, size_t count,
           struct cause *cause)
{
    size_t width = types[idx->type].width;
    enum type type = types[idx->type].type;

    if (has_pixels(idx)) {
        memcpy(idx->bytes + first, block, count);
        return true;
    }
    for (size_t i = 0; i < count; i++)
        if (!keep_value(idx, first + i, value_at(block + i * width, type),
                        cause))
            return false;
    return true;
}

static void
make_room(struct idx *idx, size_t room)
{
    bool real = idx->kind == &images_kind && !has_pixels(idx);
    size_t size = room * (real ? sizeof *idx->floats : sizeof *idx->bytes);
    void *grown = realloc(real ? (void *)idx->floats : idx->bytes, size);

    if (!grown)
        die("out of memory: %zu bytes of %s", size, idx->path);
    if (real)
        idx->floats = grown;
    else
        idx->bytes = grown;
}

static bool
idx_read_values(struct idx *idx, struct cause *cause)
{
    size_t width = types[idx->type].width;
    size_t used = 0;
    size_t room = 0;

    while (used < idx->promised) {
        uint8_t block[BLOCK * sizeof(double)];
        size_t want;
        size_t got;

        /* Room grows with what has come, not with what the header promises: a
         * damaged header must not cost gigabytes. */
        if (used == room) {
            room = room ? 2 * room : CHUNK;
            if (room > idx->promised)
                room = idx->promised;
            make_room(idx, room);
        }
        want = room - used < BLOCK ? room - used : BLOCK;
        if (!idx_take(idx, block, want * width, &got, cause))
            return false;
        if (!keep_block(idx, used, block, got / width, cause))
            return false;
        used += got / width;
        if (got < want * width)
            return fail(cause,
                        "%s: ends after %zu byte%s of %s; its header "
                        "promises %zu; fetch the file again",
                        idx->path, used * width + got % width,
                        plural((int64_t)(used * width + got % width)),
                        idx->kind->name, idx->promised * width);
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

    if (!idx_take(idx, &byte, 1, &got, cause))
        return false;
    if (got > 0)
        return fail(cause,
                    "%s: goes on after the %s that its header promises; is "
                    "the file damaged?",

                    idx->path, idx->kind->name);
    gzerror(idx->file, &error);
    if (error != Z_OK)
        return fail(cause,
                    "%s: the end of its gz stream is missing; fetch or "
                    "compress the file again",
                    idx->path);
    return true;
}

/* ---- files ---- */

static bool
idx_open(struct idx *idx, struct cause *cause)
{
    /* Opening a pipe must not wait for a writer. */
    int descriptor = open(idx->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat info;

    if (descriptor < 0 || fstat(descriptor, &info) != 0)
        fail(cause, "%s: cannot open the %s file: %s", idx->path,
             idx->kind->name, strerror(errno));
    else if (!S_ISREG(info.st_mode))
        fail(cause, "%s: is no regular file", idx->path);
    else if (!(idx->file = gzdopen(descriptor, "rb")))
        die("out of memory: opening %s", idx->path);
    if (!idx->file && descriptor >= 0)
        close(descriptor);
    return idx->file != NULL;
}

static void
idx_free(struct idx *idx)
{
    free(idx->bytes);
    free(idx->floats);
}

/* On false nothing needs to be released. */
static bool
idx_read(struct idx *idx, const struct kind *kind, const char *path,
         struct cause *cause)
{
    bool done;

    *idx = (struct idx){.kind = kind, .path = path};
    if (!idx_open(idx, cause))
        return false;
    done = idx_read_header(idx, cause) && idx_read_values(idx, cause) &&
           check_end(idx, cause);
    gzclose_r(idx->file);
    if (!done)
        idx_free(idx);
    return done;
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
    if (image.count != label.count) {
        fail(cause,
             "%s: %u label%s for the %u image%s of %s; expected one for "
             "each, do the files belong together?",
             labels, label.count, plural(label.count), image.count,
             plural(image.count), images);
        goto free_label;
    }
    set->count = (int)image.count;
    set->features = (int)(image.rows * image.columns);
    set->values = image.floats;
    set->pixels = image.bytes;
    set->labels = label.bytes;
    for (int i = 0; i < set->count; i++)
        if (set->labels[i] >= set->classes)
            set->classes = set->labels[i] + 1;
    return true;

free_label:
    idx_free(&label);
free_image:
    idx_free(&image);
    return false;
}

/* Of the usual names of a file the one that is there, to be freed; NULL when
 * none is. */
static char *
find_file(const char *dir, const char *split, const struct kind *kind)
{
    static const char *const ends[] = {"", ".gz"};
    size_t room = strlen(dir) + 64;
    char *path = memory_new(room, 1);

    for (int name = 0; name < 4 * TYPES; name++) {
        snprintf(path, room, "%s/%s-%s%cidx%u-%s%s", dir, split, kind->name,
                 name % 4 < 2 ? '-' : '.', kind->dims, types[name / 4].name,
                 ends[name % 2]);
        /* A file that is there but out of bounds is for opening to report. */
        if (access(path, F_OK) == 0 || errno != ENOENT)
            return path;
    }
    free(path);
    return NULL;
}

bool
dataset_idx_dir(struct dataset *set, const char *dir, bool test,
                struct cause *cause)
{
    const char *split = test ? "t10k" : "train";
    const struct kind *absent;
    char *images;
    char *labels;
    bool done = false;

    memset(set, 0, sizeof *set);
    if (access(dir, F_OK) != 0)
        return fail(cause,
                    "%s: %s; give a directory with "
                    "%s-images-idx3-ubyte and the like",
                    dir, strerror(errno), split);
    images = find_file(dir, split, &images_kind);
    labels = find_file(dir, split, &labels_kind);
    absent = images ? &labels_kind : &images_kind;
    if (images && labels)
        done = dataset_idx(set, images, labels, cause);
    else if (test && !images && !labels)
        done = true;
    else
        fail(cause,
             "%s: no %s of the %s split; looked for %s-%s-idx%u-ubyte and "
             "%s-%s.idx%u-ubyte, also of other types and with .gz",
             dir, absent->name, split, split, absent->name, absent->dims,
             split, absent->name, absent->dims);
    free(labels);
    free(images);
    return done;
}
