/* safetensors.c -- reads and writes named arrays in the safetensors format. */
#include "config.h"

#include "data/safetensors.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    LENGTH_BYTES = 8,
    ALIGNMENT = 8,   /* of the floats in the file */
    BLOCK = 1 << 14, /* floats that are turned into bytes at a time */
    TYPES = 3
};

static const char metadata_key[] = "__metadata__";

static const struct {
    const char *name;
    size_t width; /* bytes */
} types[TYPES] = {
    [SAFETENSOR_F32] = {"F32", 4},
    [SAFETENSOR_F16] = {"F16", 2},
    [SAFETENSOR_BF16] = {"BF16", 2},
};

/* ---- writing ---- */

static int64_t
values_of(const struct safetensor *tensor)
{
    int64_t values = 1;

    for (int d = 0; d < tensor->dims; d++)
        values *= tensor->shape[d];
    return values;
}

/* Returns where its bytes end. */
static int64_t
put_tensor(FILE *out, const struct safetensor *tensor, int64_t begin)
{
    int64_t end = begin + values_of(tensor) * (int64_t)sizeof(float);

    text_json(out, tensor->name);
    fputs(":{\"dtype\":\"F32\",\"shape\":[", out);
    for (int d = 0; d < tensor->dims; d++)
        fprintf(out, "%s%" PRId64, d ? "," : "", tensor->shape[d]);
    fprintf(out, "],\"data_offsets\":[%" PRId64 ",%" PRId64 "]}", begin, end);
    return end;
}

/* The header as JSON, padded; the caller frees it. */
static char *
make_header(const struct safetensors_text texts[], size_t text_count,
            const struct safetensor tensors[], size_t tensor_count,
            size_t *length)
{
    int64_t offset = 0;
    char *header;
    FILE *out = open_memstream(&header, length);

    if (!out)
        die("out of memory: the header of a checkpoint");
    fputc('{', out);
    text_json(out, metadata_key);
    fputs(":{", out);
    for (size_t i = 0; i < text_count; i++) {
        if (i > 0)
            fputc(',', out);
        text_json(out, texts[i].key);
        fputc(':', out);
        text_json(out, texts[i].text);
    }
    fputc('}', out);
    for (size_t i = 0; i < tensor_count; i++) {
        fputc(',', out);
        offset = put_tensor(out, &tensors[i], offset);
    }
    fputc('}', out);
    for (fflush(out); *length % ALIGNMENT != 0; fflush(out))
        fputc(' ', out);
    if (fclose(out) != 0)
        die("out of memory: the header of a checkpoint");
    return header;
}

static void
put_bits(uint8_t *bytes, uint64_t bits, int count)
{
    for (int b = 0; b < count; b++)
        bytes[b] = (uint8_t)(bits >> 8 * b);
}

bool
safetensors_write_values(FILE *out, const struct safetensor *tensor)
{
    int64_t left = values_of(tensor);
    const float *values = tensor->values;
    uint8_t *block = memory_new(BLOCK, sizeof(float));
    bool good = true;

    while (good && left > 0) {
        size_t count = left < BLOCK ? (size_t)left : BLOCK;

        for (size_t i = 0; i < count; i++) {
            uint32_t bits;

            memcpy(&bits, &values[i], sizeof bits);
            put_bits(block + i * sizeof bits, bits, sizeof bits);
        }
        good = fwrite(block, sizeof(float), count, out) == count;
        values += count;
        left -= (int64_t)count;
    }
    free(block);
    return good;
}

bool
safetensors_write_header(FILE *out, const struct safetensors_text texts[],
                         size_t text_count, const struct safetensor tensors[],
                         size_t tensor_count)
{
    size_t length;
    char *header =
        make_header(texts, text_count, tensors, tensor_count, &length);
    uint8_t prefix[LENGTH_BYTES];
    bool good;

    put_bits(prefix, length, LENGTH_BYTES);
    good = fwrite(prefix, 1, sizeof prefix, out) == sizeof prefix &&
           fwrite(header, 1, length, out) == length;
    free(header);
    return good;
}

bool
safetensors_write(FILE *out, const struct safetensors_text texts[],
                  size_t text_count, const struct safetensor tensors[],
                  size_t tensor_count)
{
    bool good = safetensors_write_header(out, texts, text_count, tensors,
                                         tensor_count);

    for (size_t i = 0; good && i < tensor_count; i++)
        good = safetensors_write_values(out, &tensors[i]);
    return good;
}

/* ---- reading ---- */

/* Reads the header's text, which the caller frees, and where it ends. */
static char *
safetensors_read_header(struct safetensors *file, int64_t size,
                        struct cause *cause)
{
    uint8_t prefix[LENGTH_BYTES];
    uint64_t length = 0;
    char *text;

    if (size < LENGTH_BYTES ||
        fread(prefix, 1, sizeof prefix, file->in) != sizeof prefix) {
        fail(cause, "%s: ends at byte %" PRId64 "; no safetensors file does",
             file->path, size);
        return NULL;
    }
    for (int b = LENGTH_BYTES - 1; b >= 0; b--)
        length = length << 8 | prefix[b];
    if (length > SAFETENSORS_HEADER_MOST) {
        fail(cause,
             "%s: it promises a header of %" PRIu64 " bytes; expected %d at "
             "most, is it a safetensors file?",
             file->path, length, SAFETENSORS_HEADER_MOST);
        return NULL;
    }
    if (length > (uint64_t)(size - LENGTH_BYTES)) {
        fail(cause,
             "%s: its header promises to end at byte %" PRIu64
             " and the file ends at byte %" PRId64 "; copy the file again",
             file->path, length + LENGTH_BYTES, size);
        return NULL;
    }
    file->data = LENGTH_BYTES + (int64_t)length;
    text = memory_new(length + 1, 1);
    if (fread(text, 1, length, file->in) == length && *text == '{')
        return text;
    fail(cause,
         "%s: its header does not begin with {; is it a safetensors "
         "file?",
         file->path);
    free(text);
    return NULL;
}

static bool
parse_header(struct safetensors *file, int64_t size, struct cause *cause)
{
    char *text = safetensors_read_header(file, size, cause);
    json_error_t error;

    if (!text)
        return false;
    /* What Jansson says when it has no memory is not always that. */
    json_set_alloc_funcs(memory_block, free);
    file->header = json_loadb(text, (size_t)(file->data - LENGTH_BYTES),
                              JSON_REJECT_DUPLICATES, &error);
    free(text);
    return file->header || fail(cause, "%s: its header is no valid JSON: %s",
                                file->path, error.text);
}

static bool
check_texts(const struct safetensors *file, struct cause *cause)
{
    json_t *texts = json_object_get(file->header, metadata_key);
    const char *key;
    json_t *text;

    if (texts && !json_is_object(texts))
        return fail(cause, "%s: its %s is no object", file->path,
                    metadata_key);
    json_object_foreach(texts, key, text)
    {
        if (!json_is_string(text))
            return fail(cause, "%s: %.60s in its %s is no text", file->path,
                        key, metadata_key);
    }
    return true;
}

/* The whole numbers of an array, each from 0 on; -1 if it is something else or
 * has more than most. */
static int
take_numbers(const json_t *array, int64_t numbers[], size_t most)
{
    size_t count = json_array_size(array);

    if (!json_is_array(array) || count > most)
        return -1;
    for (size_t i = 0; i < count; i++) {
        json_t *number = json_array_get(array, i);

        numbers[i] = json_integer_value(number);
        if (!json_is_integer(number) || numbers[i] < 0)
            return -1;
    }
    return (int)count;
}

static bool
has_size(const struct safetensor *tensor, int64_t bytes)
{
    int64_t size = (int64_t)types[tensor->type].width;

    for (int d = 0; d < tensor->dims; d++) {
        if (tensor->shape[d] > 0 && size > INT64_MAX / tensor->shape[d])
            return false;
        size *= tensor->shape[d];
    }
    return size == bytes;
}

/* Of the format's dtypes the one of that name; TYPES if it is none of ours. */
static int
type_named(const char *dtype)
{
    int type = 0;

    while (type < TYPES && (!dtype || strcmp(types[type].name, dtype) != 0))
        type++;
    return type;
}

static bool
take_tensor(struct safetensor *tensor, const char *name, const json_t *entry,
            const char *path, struct cause *cause)
{
    const char *dtype = json_string_value(json_object_get(entry, "dtype"));
    int type = type_named(dtype);
    int64_t offsets[2];

    tensor->name = name;
    if (type == TYPES)
        return fail(cause,
                    "%s: tensor %.100s has the dtype %.20s; expected "
                    "F32, F16 or BF16",
                    path, name, dtype ? dtype : "(none)");
    tensor->type = (enum safetensor_type)type;
    tensor->dims = take_numbers(json_object_get(entry, "shape"), tensor->shape,
                                SAFETENSORS_DIMS);
    if (tensor->dims < 0)
        return fail(cause,
                    "%s: tensor %.100s has no shape of at most %d "
                    "whole numbers",
                    path, name, SAFETENSORS_DIMS);
    if (take_numbers(json_object_get(entry, "data_offsets"), offsets, 2) !=
            2 ||
        offsets[0] > offsets[1])
        return fail(cause,
                    "%s: tensor %.100s has no data_offsets of a begin "
                    "and an end",
                    path, name);
    tensor->begin = offsets[0];
    tensor->end = offsets[1];
    return has_size(tensor, offsets[1] - offsets[0]) ||
           fail(cause,
                "%s: the bytes of tensor %.100s are %" PRId64 ", which its "
                "shape contradicts",
                path, name, offsets[1] - offsets[0]);
}

static int
by_place(const void *a, const void *b)
{
    const struct safetensor *one = a;
    const struct safetensor *other = b;

    if (one->begin != other->begin)
        return one->begin < other->begin ? -1 : 1;
    return (one->end > other->end) - (one->end < other->end);
}

static int
by_name(const void *a, const void *b)
{
    const struct safetensor *one = a;
    const struct safetensor *other = b;

    return strcmp(one->name, other->name);
}

/* Whether the tensors in order of place cover the bytes behind the header. */
static bool
check_cover(const struct safetensors *file, int64_t bytes, struct cause *cause)
{
    int64_t end = 0;

    for (size_t i = 0; i < file->count; i++) {
        const struct safetensor *tensor = &file->tensors[i];

        if (tensor->begin != end)
            return fail(cause,
                        "%s: tensor %.100s begins at byte %" PRId64 " and the "
                        "one before it ends at %" PRId64 "; expected no gap "
                        "and no overlap",
                        file->path, tensor->name, tensor->begin, end);
        end = tensor->end;
    }
    return end == bytes ||
           fail(cause,
                "%s: its tensors end at byte %" PRId64 " and the file at byte "
                "%" PRId64 "; copy the file again",
                file->path, end, bytes);
}

static bool
take_tensors(struct safetensors *file, int64_t size, struct cause *cause)
{
    const char *name;
    json_t *entry;

    file->tensors =
        memory_new(json_object_size(file->header), sizeof *file->tensors);
    json_object_foreach(file->header, name, entry)
    {
        if (strcmp(name, metadata_key) == 0)
            continue;
        if (!take_tensor(&file->tensors[file->count++], name, entry,
                         file->path, cause))
            return false;
    }
    qsort(file->tensors, file->count, sizeof *file->tensors, by_place);
    if (!check_cover(file, size - file->data, cause))
        return false;
    qsort(file->tensors, file->count, sizeof *file->tensors, by_name);
    return true;
}

bool
safetensors_open(struct safetensors *file, const char *path,
                 struct cause *cause)
{
    /* Opening a pipe must not wait for a writer. */
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat info;

    *file = (struct safetensors){.path = path};
    if (descriptor < 0 || fstat(descriptor, &info) != 0 ||
        !(file->in = fdopen(descriptor, "r"))) {
        fail(cause, "%s: cannot be opened: %s", path, strerror(errno));
        if (descriptor >= 0)
            close(descriptor);
        return false;
    }
    if (!S_ISREG(info.st_mode))
        fail(cause, "%s: is no regular file", path);
    else if (parse_header(file, info.st_size, cause) &&
             check_texts(file, cause) &&
             take_tensors(file, info.st_size, cause))
        return true;
    safetensors_close(file);
    return false;
}

void
safetensors_close(struct safetensors *file)
{
    if (file->in)
        fclose(file->in);
    json_decref(file->header);
    free(file->tensors);
    *file = (struct safetensors){.path = NULL};
}

const char *
safetensors_text(const struct safetensors *file, const char *key)
{
    json_t *texts = json_object_get(file->header, metadata_key);

    return json_string_value(json_object_get(texts, key));
}

const struct safetensor *
safetensors_find(const struct safetensors *file, const char *name)
{
    struct safetensor wanted = {.name = name};

    return bsearch(&wanted, file->tensors, file->count, sizeof wanted,
                   by_name);
}

/* The bits of the float that equals a half, which has 5 bits of exponent and 10
 * of fraction. */
static uint32_t
bits_of_half(uint32_t half)
{
    uint32_t sign = (half & 0x8000) << 16;
    uint32_t exponent = half >> 10 & 0x1f;
    uint32_t fraction = half & 0x3ff;

    if (exponent == 0x1f)
        return sign | 0x7f800000 | fraction << 13;
    if (exponent == 0 && fraction == 0)
        return sign;
    if (exponent == 0) {
        /* The smallest halves are normal as floats. */
        for (exponent = 1; fraction < 0x400; exponent--)
            fraction <<= 1;
        fraction &= 0x3ff;
    }
    return sign | (exponent + 112) << 23 | fraction << 13;
}

static float
float_at(const uint8_t *bytes, enum safetensor_type type)
{
    uint32_t bits = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
    float value;

    if (type == SAFETENSOR_F32)
        bits |= (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    else if (type == SAFETENSOR_F16)
        bits = bits_of_half(bits);
    else
        bits <<= 16;
    memcpy(&value, &bits, sizeof value);
    return value;
}

bool
safetensors_read(const struct safetensors *file,
                 const struct safetensor *tensor, float *to,
                 struct cause *cause)
{
    size_t width = types[tensor->type].width;
    size_t count = (size_t)(tensor->end - tensor->begin) / width;
    /* At the end of the room: number i of the floats is written over bytes that
     * have been read. */
    uint8_t *bytes = (uint8_t *)(to + count) - count * width;

    if (fseeko(file->in, (off_t)(file->data + tensor->begin), SEEK_SET) != 0 ||
        fread(bytes, width, count, file->in) != count)
        return fail(cause, "%s: tensor %.100s cannot be read: %s", file->path,
                    tensor->name,
                    ferror(file->in) ? strerror(errno)
                                     : "the file ends early");
    for (size_t i = 0; i < count; i++)
        to[i] = float_at(bytes + i * width, tensor->type);
    return true;
}
