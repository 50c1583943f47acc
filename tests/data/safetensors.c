/* safetensors.c -- files of tensors: what is written is read again, and files
 * that are not what they say are refused. */
#include "config.h"

#include "base/text.h"
#include "cases.h"
#include "data/safetensors.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[] = "/tmp/pipelab-safetensors-XXXXXX";

static void
make_file(void)
{
    int descriptor = mkstemp(path);

    ck_assert_int_ge(descriptor, 0);
    close(descriptor);
}

static void
remove_file(void)
{
    unlink(path);
    memset(path + strlen(path) - 6, 'X', 6);
}

/* The file: the length of the header, the header, and bytes of data. */
static void
put_file(uint64_t length, const char *header, size_t bytes)
{
    FILE *out = fopen(path, "wb");

    ck_assert_ptr_nonnull(out);
    for (int b = 0; b < 8; b++)
        fputc((int)(length >> 8 * b & 0xff), out);
    fputs(header, out);
    for (size_t i = 0; i < bytes; i++)
        fputc((int)i, out);
    ck_assert_int_eq(fclose(out), 0);
}

static void
expect_refused(const char *reason)
{
    struct safetensors file;
    struct cause cause;

    ck_assert_msg(!safetensors_open(&file, path, &cause), "not refused: %s",
                  reason);
    ck_assert_msg(strstr(cause.text, reason) != NULL, "\"%s\", not %s",
                  cause.text, reason);
    ck_assert_ptr_eq(strstr(cause.text, path), cause.text);
}

static const float wide[6] = {1.5f, -0.0f, 1e-42f, 3e38f, -7.0f, 0.1f};
static const float tall[2] = {2.0f, 3.0f};
static const struct safetensors_text texts[] = {
    {"step", "12"},
    {"odd", "a \"quoted\\\" \n\x01 caf\xc3\xa9"},
};
static const struct safetensor tensors[] = {
    {.name = "wide", .dims = 2, .shape = {2, 3}, .values = wide},
    {.name = "empty", .dims = 2, .shape = {0, 3}, .values = wide},
    {.name = "number", .dims = 0, .values = wide},
    {.name = "tall", .dims = 1, .shape = {2}, .values = tall},
};

static void
write_example(void)
{
    FILE *out = fopen(path, "wb");

    ck_assert(safetensors_write(out, texts, 2, tensors, 4));
    ck_assert_int_eq(fclose(out), 0);
}

START_TEST(what_is_written_is_read_again_bit_for_bit)
{
    struct safetensors file;
    struct cause cause;

    write_example();
    ck_assert_msg(safetensors_open(&file, path, &cause), "%s", cause.text);
    ck_assert_uint_eq(file.count, 4);
    ck_assert_str_eq(safetensors_text(&file, "step"), "12");
    ck_assert_str_eq(safetensors_text(&file, "odd"), texts[1].text);
    ck_assert_ptr_null(safetensors_text(&file, "even"));
    ck_assert_ptr_null(safetensors_find(&file, "wid"));
    for (int i = 0; i < 4; i++) {
        const struct safetensor *want = &tensors[i];
        const struct safetensor *got = safetensors_find(&file, want->name);
        float values[6];

        ck_assert_ptr_nonnull(got);
        ck_assert_int_eq(got->dims, want->dims);
        for (int d = 0; d < want->dims; d++)
            ck_assert_int_eq(got->shape[d], want->shape[d]);
        ck_assert(safetensors_read(&file, got, values, &cause));
        ck_assert_mem_eq(values, want->values,
                         (size_t)(got->end - got->begin));
    }
    safetensors_close(&file);
    safetensors_close(&file);
}
END_TEST

START_TEST(the_bytes_are_those_of_the_format)
{
    static const char header[] =
        "{\"__metadata__\":{\"a\":\"b\"},"
        "\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}";
    const struct safetensors_text text = {"a", "b"};
    const float values[2] = {1.0f, -2.0f};
    const struct safetensor tensor = {
        .name = "w", .dims = 2, .shape = {1, 2}, .values = values};
    char *bytes;
    size_t size;
    FILE *out = open_memstream(&bytes, &size);
    size_t length = (sizeof header - 1 + 7) / 8 * 8;

    ck_assert(safetensors_write(out, &text, 1, &tensor, 1));
    fclose(out);
    ck_assert_uint_eq(size, 8 + length + 8);
    ck_assert_int_eq(bytes[0], (int)length);
    for (int b = 1; b < 8; b++)
        ck_assert_int_eq(bytes[b], 0);
    ck_assert_mem_eq(bytes + 8, header, sizeof header - 1);
    for (size_t i = sizeof header - 1; i < length; i++)
        ck_assert_int_eq(bytes[8 + i], ' ');
    ck_assert_mem_eq(bytes + 8 + length, "\0\0\x80\x3f\0\0\0\xc0", 8);
    free(bytes);
}
END_TEST

START_TEST(texts_that_are_no_utf8_are_written_as_json_all_the_same)
{
    const struct safetensors_text text = {"name", "a\xff\xc3"};
    FILE *out = fopen(path, "wb");
    struct safetensors file;
    struct cause cause;

    ck_assert(safetensors_write(out, &text, 1, NULL, 0));
    fclose(out);
    ck_assert_msg(safetensors_open(&file, path, &cause), "%s", cause.text);
    ck_assert_str_eq(safetensors_text(&file, "name"), "bytes:a%FF%C3");
    safetensors_close(&file);
}
END_TEST

/* _i: the first byte of two, after an x. */
START_TEST(names_of_any_bytes_come_back)
{
    char names[255][4];
    char keys[255][4];
    struct safetensors_text pairs[255];
    FILE *out = fopen(path, "wb");
    struct safetensors file;
    struct cause cause;

    for (int i = 0; i < 255; i++) {
        snprintf(names[i], sizeof *names, "x%c%c", _i, i + 1);
        snprintf(keys[i], sizeof *keys, "%d", i);
        pairs[i] = (struct safetensors_text){keys[i], names[i]};
    }
    ck_assert(safetensors_write(out, pairs, 255, NULL, 0));
    fclose(out);
    ck_assert_msg(safetensors_open(&file, path, &cause), "%s", cause.text);
    for (int i = 0; i < 255; i++) {
        char *text = text_from_json(safetensors_text(&file, keys[i]));

        ck_assert_str_eq(text, names[i]);
        free(text);
    }
    safetensors_close(&file);
}
END_TEST

START_TEST(tensors_may_stand_in_any_order_and_need_no_metadata)
{
    static const char header[] =
        " {\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
        "\"a\":{\"data_offsets\":[0,8],\"shape\":[2],\"dtype\":\"F32\"},"
        "\"c\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[8,8]}} \n ";
    struct safetensors file;
    struct cause cause;
    float values[2];

    put_file(sizeof header - 2, header + 1, 12);
    ck_assert_msg(safetensors_open(&file, path, &cause), "%s", cause.text);
    ck_assert_ptr_null(safetensors_text(&file, "a"));
    ck_assert(
        safetensors_read(&file, safetensors_find(&file, "a"), values, &cause));
    ck_assert_mem_eq(values, "\0\1\2\3\4\5\6\7", 8);
    safetensors_close(&file);
}
END_TEST

/* What the format's 16 bits stand for, by the definition of their fields. */
static double
value_of(uint16_t bits, int fraction_bits, int bias)
{
    int fraction = bits & ((1 << fraction_bits) - 1);
    int exponent = (bits & 0x7fff) >> fraction_bits;
    double sign = bits & 0x8000 ? -1.0 : 1.0;

    if (exponent == (0x7fff >> fraction_bits))
        return fraction ? (double)NAN : sign * (double)INFINITY;
    if (exponent == 0)
        return sign * ldexp(fraction, 1 - bias - fraction_bits);
    return sign * ldexp((1 << fraction_bits) + fraction,
                        exponent - bias - fraction_bits);
}

/* _i: 0 for F16, 1 for BF16. */
START_TEST(every_half_is_read_as_the_float_that_it_equals)
{
    enum { COUNT = 1 << 16 };
    const int fraction_bits = _i ? 7 : 10;
    const int bias = _i ? 127 : 15;
    float *values = calloc(COUNT + 1, sizeof *values);
    struct safetensors file;
    struct cause cause;
    char header[128];
    FILE *out;

    snprintf(header, sizeof header,
             "{\"a\":{\"dtype\":\"%s\",\"shape\":[256,256],"
             "\"data_offsets\":[0,131072]}}",
             _i ? "BF16" : "F16");
    put_file(strlen(header), header, 0);
    out = fopen(path, "ab");
    for (int bits = 0; bits < COUNT; bits++) {
        fputc(bits & 0xff, out);
        fputc(bits >> 8, out);
    }
    ck_assert_int_eq(fclose(out), 0);
    ck_assert_msg(safetensors_open(&file, path, &cause), "%s", cause.text);
    ck_assert(
        safetensors_read(&file, safetensors_find(&file, "a"), values, &cause));
    safetensors_close(&file);
    for (int bits = 0; bits < COUNT; bits++) {
        double want = value_of((uint16_t)bits, fraction_bits, bias);

        if (isnan(want) ? !isnan(values[bits])
                        : (double)values[bits] != want ||
                              !signbit(values[bits]) != !signbit(want))
            ck_abort_msg("0x%04x is %g, not %g", bits, (double)values[bits],
                         want);
    }
    ck_assert(values[COUNT] == 0.0f);
    free(values);
}
END_TEST

#define ENTRY(name, dtype, shape, offsets)                                    \
    "\"" name "\":{\"dtype\":" dtype ",\"shape\":" shape                      \
    ",\"data_offsets\":" offsets "}"
#define GOOD(name, offsets) ENTRY(name, "\"F32\"", "[2]", offsets)

static const struct {
    const char *header;
    size_t bytes;
    const char *reason;
} lies[] = {
    {"[]", 0, "does not begin with {"},
    {" {}", 0, "does not begin with {"},
    {"{", 0, "no valid JSON"},
    {"{} {}", 0, "no valid JSON"},
    {"{\"a\":\"\xff\"}", 0, "no valid JSON"},
    {"{\"\\u0000\":{}}", 0, "no valid JSON"},
    {"{" GOOD("a", "[0,8]") "," GOOD("a", "[8,16]") "}", 16, "duplicate"},
    {"{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],"
     "\"data_offsets\":[0,8]}}",
     8, "duplicate"},
    {"{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, "duplicate"},
    {"{\"__metadata__\":[]}", 0, "__metadata__ is no object"},
    {"{\"__metadata__\":{\"step\":12}}", 0,
     "step in its __metadata__ is no text"},
    {"{\"__metadata__\":{\"step\":NaN}}", 0, "no valid JSON"},
    {"{\"a\":7}", 0, "dtype"},
    {"{" ENTRY("a", "\"F16\"", "[2]", "[0,8]") "}", 8, "contradicts"},
    {"{" ENTRY("a", "\"BF16\"", "[2]", "[0,2]") "}", 2, "contradicts"},
    {"{" ENTRY("a", "\"f16\"", "[2]", "[0,4]") "}", 4, "dtype f16"},
    {"{" ENTRY("a", "\"F64\"", "[2]", "[0,16]") "}", 16, "dtype F64"},
    {"{" ENTRY("a", "32", "[2]", "[0,8]") "}", 8, "dtype (none)"},
    {"{" ENTRY("a", "\"F32\"", "2", "[0,8]") "}", 8, "shape"},
    {"{" ENTRY("a", "\"F32\"", "[-2]", "[0,8]") "}", 8, "shape"},
    {"{" ENTRY("a", "\"F32\"", "[2.0]", "[0,8]") "}", 8, "shape"},
    {"{" ENTRY("a", "\"F32\"", "[\"2\"]", "[0,8]") "}", 8, "shape"},
    {"{" ENTRY("a", "\"F32\"", "[1,1,1,1,1,1,1,1,2]", "[0,8]") "}", 8,
     "shape"},
    {"{" ENTRY("a", "\"F32\"", "[99999999999999999999]", "[0,8]") "}", 8,
     "no valid JSON"},
    {"{" ENTRY("a", "\"F32\"", "[4294967296,4294967296]", "[0,0]") "}", 0,
     "which its shape contradicts"},
    {"{" ENTRY("a", "\"F32\"", "[3]", "[0,8]") "}", 8, "contradicts"},
    {"{" ENTRY("a", "\"F32\"", "[2]", "[0,8,16]") "}", 16, "data_offsets"},
    {"{" ENTRY("a", "\"F32\"", "[2]", "[8,0]") "}", 8, "data_offsets"},
    {"{" ENTRY("a", "\"F32\"", "[2]", "[-8,0]") "}", 8, "data_offsets"},
    {"{" ENTRY("a", "\"F32\"", "[2]", "[0.0,8]") "}", 8, "data_offsets"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "data_offsets"},
    {"{" GOOD("a", "[8,16]") "}", 16, "no gap and no overlap"},
    {"{" GOOD("a", "[0,8]") "," GOOD("b", "[12,20]") "}", 20,
     "begins at byte 12"},
    {"{" GOOD("a", "[0,8]") "," GOOD("b", "[4,12]") "}", 12,
     "begins at byte 4"},
    {"{" GOOD("a", "[0,8]") "," GOOD("b", "[0,8]") "}", 8, "begins at byte 0"},
    {"{" GOOD("a", "[0,8]") "}", 7, "the file at byte 7"},
    {"{" GOOD("a", "[0,8]") "}", 9, "the file at byte 9"},
    {"{" GOOD("a", "[9223372036854775799,9223372036854775807]") "}", 8,
     "begins at byte 9223372036854775799"},
    {"{}", 4, "the file at byte 4"},
};

/* _i: one lie. */
START_TEST(headers_that_lie_are_refused)
{
    put_file(strlen(lies[_i].header), lies[_i].header, lies[_i].bytes);
    expect_refused(lies[_i].reason);
}
END_TEST

START_TEST(headers_longer_than_the_file_or_the_limit_are_refused)
{
    put_file(3, "{}", 0);
    expect_refused("end at byte 11 and the file ends at byte 10");
    put_file(SAFETENSORS_HEADER_MOST, "{}", 0);
    expect_refused("the file ends at byte 10");
    put_file(SAFETENSORS_HEADER_MOST + UINT64_C(1), "{}", 0);
    expect_refused("expected 100000000 at most");
    put_file(UINT64_MAX, "{}", 0);
    expect_refused("18446744073709551615");
    put_file(UINT64_MAX - 7, "{}", 0);
    expect_refused("expected 100000000 at most");
    put_file(0, "{}", 0);
    expect_refused("does not begin with {");
}
END_TEST

START_TEST(deep_nesting_is_refused)
{
    enum { DEPTH = 100000 };
    char *header = calloc(DEPTH + 8, 1);

    strcpy(header, "{\"a\":");
    memset(header + 5, '[', DEPTH);
    put_file(strlen(header), header, 0);
    expect_refused("no valid JSON");
    free(header);
}
END_TEST

START_TEST(a_file_of_every_shorter_length_is_refused)
{
    struct stat info;

    write_example();
    ck_assert_int_eq(stat(path, &info), 0);
    for (off_t size = info.st_size - 1; size >= 0; size--) {
        ck_assert_int_eq(truncate(path, size), 0);
        expect_refused("");
    }
}
END_TEST

START_TEST(what_is_no_file_is_refused)
{
    unlink(path);
    expect_refused("No such file");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    expect_refused("no regular file"); /* without waiting for a writer */
    unlink(path);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    expect_refused("no regular file");
    rmdir(path);
}
END_TEST

START_TEST(a_file_cut_after_it_was_opened_is_an_error_of_reading)
{
    struct safetensors file;
    struct cause cause;
    float values[6];

    write_example();
    ck_assert(safetensors_open(&file, path, &cause));
    ck_assert_int_eq(truncate(path, (off_t)file.data + 4), 0);
    ck_assert(!safetensors_read(&file, safetensors_find(&file, "wide"), values,
                                &cause));
    ck_assert_ptr_nonnull(strstr(cause.text, "wide cannot be read"));
    safetensors_close(&file);
}
END_TEST

START_TEST(writing_tells_of_a_full_disk)
{
    enum { FLOATS = 1 << 16 };
    float *values = calloc(FLOATS, sizeof *values);
    const struct safetensor tensor = {
        .name = "w", .dims = 1, .shape = {FLOATS}, .values = values};
    FILE *full = fopen("/dev/full", "wb");

    if (full) {
        errno = 0;
        ck_assert(!safetensors_write(full, texts, 2, &tensor, 1));
        ck_assert_int_eq(errno, ENOSPC);
        fclose(full);
    }
    free(values);
}
END_TEST

TCase *
safetensors_case(void)
{
    TCase *tcase = tcase_create("safetensors");

    tcase_add_checked_fixture(tcase, make_file, remove_file);
    tcase_add_test(tcase, what_is_written_is_read_again_bit_for_bit);
    tcase_add_test(tcase, the_bytes_are_those_of_the_format);
    tcase_add_test(tcase,
                   texts_that_are_no_utf8_are_written_as_json_all_the_same);
    tcase_add_test(tcase, tensors_may_stand_in_any_order_and_need_no_metadata);
    tcase_add_loop_test(tcase, every_half_is_read_as_the_float_that_it_equals,
                        0, 2);
    tcase_add_loop_test(tcase, names_of_any_bytes_come_back, 1, 256);
    tcase_add_loop_test(tcase, headers_that_lie_are_refused, 0,
                        (int)(sizeof lies / sizeof *lies));
    tcase_add_test(tcase,
                   headers_longer_than_the_file_or_the_limit_are_refused);
    tcase_add_test(tcase, deep_nesting_is_refused);
    tcase_add_test(tcase, a_file_of_every_shorter_length_is_refused);
    tcase_add_test(tcase, what_is_no_file_is_refused);
    tcase_add_test(tcase,
                   a_file_cut_after_it_was_opened_is_an_error_of_reading);
    tcase_add_test(tcase, writing_tells_of_a_full_disk);
    return tcase;
}
