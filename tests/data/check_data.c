/* check_data.c -- sets from recipes and files, and the batches cut of them.
 *
 * The IDX tests work in a directory of their own, so that the files have the
 * same short names in every message: "images" and "labels". */
#include "config.h"

#include "base/rng.h"
#include "cases.h"
#include "data/batches.h"
#include "data/dataset.h"
#include "suite.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { SEED = 11, BLOB_MOST = 512 };

/* ---- random ---- */

START_TEST(random_values_are_standard_normal)
{
    struct dataset set;
    double sum = 0.0, squares = 0.0;
    int beyond = 0;
    const int n = 20000;

    dataset_random(&set, n / 8, 8, 5, SEED);
    ck_assert_int_eq(set.count, n / 8);
    ck_assert_int_eq(set.features, 8);
    ck_assert_int_eq(set.classes, 5);
    ck_assert_ptr_null(set.pixels);
    for (int i = 0; i < n; i++) {
        double value = (double)set.values[i];

        sum += value;
        squares += value * value;
        beyond += fabs(value) > 1.0;
    }
    /* Five standard errors each; a normal value is beyond 1 at 31.73 %. */
    ck_assert_double_le(fabs(sum / n), 5.0 * sqrt(1.0 / n));
    ck_assert_double_le(fabs(squares / n - 1.0), 5.0 * sqrt(2.0 / n));
    ck_assert_double_le(fabs((double)beyond / n - 0.3173),
                        5.0 * sqrt(0.3173 * 0.6827 / n));
    dataset_fini(&set);
}
END_TEST

START_TEST(random_labels_are_drawn_evenly)
{
    struct dataset set;
    int count[5] = {0};

    dataset_random(&set, 5000, 1, 5, SEED);
    for (int i = 0; i < 5000; i++) {
        ck_assert_int_lt(set.labels[i], 5);
        count[set.labels[i]]++;
    }
    /* 1000 each, standard error 28. */
    for (int c = 0; c < 5; c++)
        ck_assert_int_le(abs(count[c] - 1000), 140);
    dataset_fini(&set);
}
END_TEST

START_TEST(random_set_is_a_function_of_seed)
{
    struct dataset set, same, other;

    dataset_random(&set, 50, 6, 4, SEED);
    dataset_random(&same, 80, 6, 4, SEED);
    dataset_random(&other, 50, 6, 4, SEED + 1);
    /* A longer set begins with the shorter one. */
    ck_assert_mem_eq(set.values, same.values, 300 * sizeof *set.values);
    ck_assert_mem_eq(set.labels, same.labels, 50);
    ck_assert_mem_ne(set.values, other.values, 300 * sizeof *set.values);
    ck_assert_mem_ne(set.labels, other.labels, 50);
    dataset_fini(&other);
    dataset_fini(&same);
    dataset_fini(&set);
}
END_TEST

START_TEST(fini_leaves_an_empty_set_and_may_be_repeated)
{
    static const struct dataset empty;
    struct dataset set;

    dataset_digits(&set, false, 3, SEED);
    dataset_fini(&set);
    dataset_fini(&set);
    ck_assert_mem_eq(&set, &empty, sizeof set);
}
END_TEST

START_TEST(example_is_a_row_of_values_or_pixels_by_255)
{
    float floats[] = {0.5f, -1.5f, 2.5f, -3.5f};
    uint8_t bytes[] = {0, 51, 102, 255};
    struct dataset real = {.count = 2, .features = 2, .values = floats};
    struct dataset grey = {.count = 2, .features = 2, .pixels = bytes};
    float example[2];

    dataset_example(&real, 1, example);
    ck_assert(example[0] == 2.5f && example[1] == -3.5f);
    dataset_example(&grey, 0, example);
    ck_assert(example[0] == 0.0f && example[1] == 0.2f);
    dataset_example(&grey, 1, example);
    ck_assert(example[0] == 0.4f && example[1] == 1.0f);
}
END_TEST

START_TEST(hash_sees_every_pixel_and_label)
{
    struct dataset set;
    uint64_t hash;

    dataset_digits(&set, false, 7, SEED);
    hash = dataset_hash(&set);
    for (int i = 0; i < set.count * set.features; i++) {
        set.pixels[i] ^= 1;
        ck_assert_uint_ne(dataset_hash(&set), hash);
        set.pixels[i] ^= 1;
    }
    for (int i = 0; i < set.count; i++) {
        set.labels[i] ^= 1;
        ck_assert_uint_ne(dataset_hash(&set), hash);
        set.labels[i] ^= 1;
    }
    ck_assert_uint_eq(dataset_hash(&set), hash);
    set.count--;
    ck_assert_uint_ne(dataset_hash(&set), hash);
    dataset_fini(&set);
}
END_TEST

START_TEST(hash_sees_every_value)
{
    struct dataset set, same;
    uint64_t hash;

    dataset_random(&set, 7, 3, 2, SEED);
    dataset_random(&same, 7, 3, 2, SEED);
    hash = dataset_hash(&set);
    ck_assert_uint_eq(dataset_hash(&same), hash);
    for (int i = 0; i < set.count * set.features; i++) {
        set.values[i] = -set.values[i];
        ck_assert_uint_ne(dataset_hash(&set), hash);
        set.values[i] = -set.values[i];
    }
    dataset_fini(&same);
    dataset_fini(&set);
}
END_TEST

/* ---- digits ---- */

enum { SIDE = DIGITS_SIDE, PIXELS = SIDE * SIDE };

static void
class_means(const struct dataset *set, double mean[10][PIXELS])
{
    memset(mean, 0, 10 * sizeof mean[0]);
    for (int i = 0; i < set->count; i++) {
        for (int p = 0; p < PIXELS; p++)
            mean[set->labels[i]][p] += set->pixels[i * PIXELS + p];
    }
    for (int digit = 0; digit < 10; digit++) {
        for (int p = 0; p < PIXELS; p++)
            mean[digit][p] /= set->count / 10.0;
    }
}

/* Row after row, '#' where the mean is bright. */
static const char *
drawn(const double mean[PIXELS], char picture[SIDE * (SIDE + 1) + 1])
{
    char *to = picture;

    for (int p = 0; p < PIXELS; p++) {
        *to++ = mean[p] > 75.0 ? '#' : '.';
        if (p % SIDE == SIDE - 1)
            *to++ = '\n';
    }
    *to = '\0';
    return picture;
}

START_TEST(digits_look_like_digits)
{
    double mean[10][PIXELS];
    char picture[SIDE * (SIDE + 1) + 1];
    struct dataset set;

    dataset_digits(&set, false, DIGITS_TRAIN, SEED);
    class_means(&set, mean);
    ck_assert_str_eq(drawn(mean[0], picture), "............\n"
                                              ".....###....\n"
                                              "....#####...\n"
                                              "...######...\n"
                                              "...##..##...\n"
                                              "...##..##...\n"
                                              "...##..##...\n"
                                              "...##..##...\n"
                                              "...##.###...\n"
                                              "...#####....\n"
                                              "....###.....\n"
                                              "............\n");
    ck_assert_str_eq(drawn(mean[7], picture), "............\n"
                                              "....#####...\n"
                                              "....######..\n"
                                              ".......##...\n"
                                              "......###...\n"
                                              "......##....\n"
                                              ".....###....\n"
                                              ".....##.....\n"
                                              "....###.....\n"
                                              "....##......\n"
                                              "....#.......\n"
                                              "............\n");
    dataset_fini(&set);
}
END_TEST

START_TEST(digits_come_in_equal_numbers)
{
    int count[10] = {0};
    struct dataset set;

    dataset_digits(&set, true, DIGITS_TEST, SEED);
    ck_assert_int_eq(set.count, DIGITS_TEST);
    ck_assert_int_eq(set.features, PIXELS);
    ck_assert_int_eq(set.classes, 10);
    ck_assert_ptr_null(set.values);
    for (int i = 0; i < set.count; i++)
        count[set.labels[i]]++;
    for (int digit = 0; digit < 10; digit++)
        ck_assert_int_eq(count[digit], DIGITS_TEST / 10);
    dataset_fini(&set);
}
END_TEST

START_TEST(digit_is_a_function_of_seed_split_and_index)
{
    struct dataset set, longer, other, test;

    dataset_digits(&set, false, 40, SEED);
    dataset_digits(&longer, false, 90, SEED);
    dataset_digits(&other, false, 40, SEED + 1);
    dataset_digits(&test, true, 40, SEED);
    ck_assert_mem_eq(set.pixels, longer.pixels, 40 * PIXELS);
    ck_assert_mem_eq(set.labels, longer.labels, 40);
    for (int i = 0; i < 40; i++) {
        const uint8_t *pixels = set.pixels + i * PIXELS;

        ck_assert_mem_ne(pixels, other.pixels + i * PIXELS, PIXELS);
        ck_assert_mem_ne(pixels, longer.pixels + (i + 10) * PIXELS, PIXELS);
        for (int t = 0; t < 40; t++)
            ck_assert_mem_ne(pixels, test.pixels + t * PIXELS, PIXELS);
    }
    dataset_fini(&test);
    dataset_fini(&other);
    dataset_fini(&longer);
    dataset_fini(&set);
}
END_TEST

static int
nearest(const double mean[10][PIXELS], const uint8_t *pixels)
{
    double least = INFINITY;
    int found = 0;

    for (int digit = 0; digit < 10; digit++) {
        double distance = 0.0;

        for (int p = 0; p < PIXELS; p++)
            distance += pow(pixels[p] - mean[digit][p], 2.0);
        if (distance < least) {
            least = distance;
            found = digit;
        }
    }
    return found;
}

START_TEST(digits_are_neither_hopeless_nor_trivial)
{
    double mean[10][PIXELS];
    struct dataset train, test;
    int right = 0;

    dataset_digits(&train, false, DIGITS_TRAIN, SEED);
    dataset_digits(&test, true, DIGITS_TEST, SEED);
    class_means(&train, mean);
    for (int i = 0; i < test.count; i++)
        right += nearest(mean, test.pixels + i * PIXELS) == test.labels[i];
    /* The nearest class mean, a linear model that learns nothing more. */
    ck_assert_int_ge(right, DIGITS_TEST * 70 / 100);
    ck_assert_int_le(right, DIGITS_TEST * 90 / 100);
    dataset_fini(&test);
    dataset_fini(&train);
}
END_TEST

/* ---- IDX files ---- */

static char temporary[] = "/tmp/check_data.XXXXXX";
static char before[4096];

static void
enter_directory(void)
{
    if (!getcwd(before, sizeof before) || !mkdtemp(temporary) ||
        chdir(temporary) != 0)
        ck_abort_msg("no temporary directory in /tmp");
}

static void
remove_files(void)
{
    DIR *dir = opendir(".");
    struct dirent *entry;

    while ((entry = readdir(dir))) {
        if (entry->d_name[0] != '.')
            remove(entry->d_name);
    }
    closedir(dir);
}

static void
leave_directory(void)
{
    remove_files();
    if (chdir(before) != 0 || rmdir(temporary) != 0)
        ck_abort_msg("%s remains", temporary);
}

/* The content of a file in the making. */
struct blob {
    uint8_t bytes[BLOB_MOST];
    size_t size;
};

static void
put_number(struct blob *blob, uint32_t number)
{
    ck_assert_uint_le(blob->size + 4, BLOB_MOST);
    for (int shift = 24; shift >= 0; shift -= 8)
        blob->bytes[blob->size++] = (uint8_t)(number >> shift);
}

static void
put_bytes(struct blob *blob, const uint8_t *bytes, size_t size)
{
    ck_assert_uint_le(blob->size + size, BLOB_MOST);
    memcpy(blob->bytes + blob->size, bytes, size);
    blob->size += size;
}

static struct blob
image_header(uint32_t count, uint32_t rows, uint32_t columns)
{
    struct blob blob = {.size = 0};

    put_number(&blob, 2051);
    put_number(&blob, count);
    put_number(&blob, rows);
    put_number(&blob, columns);
    return blob;
}

static struct blob
label_header(uint32_t count)
{
    struct blob blob = {.size = 0};

    put_number(&blob, 2049);
    put_number(&blob, count);
    return blob;
}

/* Three images of 2 x 4, and what they are. */
static const uint8_t three_pixels[24] = {0, 255, 1, 254, 2,  253, 3,  252,
                                         4, 251, 5, 250, 6,  249, 7,  248,
                                         8, 247, 9, 246, 10, 245, 11, 244};
static const uint8_t three_labels[3] = {7, 0, 9};

static struct blob
good_images(void)
{
    struct blob blob = image_header(3, 2, 4);

    put_bytes(&blob, three_pixels, sizeof three_pixels);
    return blob;
}

static struct blob
good_labels(void)
{
    struct blob blob = label_header(3);

    put_bytes(&blob, three_labels, sizeof three_labels);
    return blob;
}

static void
write_plain(const char *path, struct blob blob)
{
    FILE *file = fopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(blob.bytes, 1, blob.size, file), blob.size);
    ck_assert_int_eq(fclose(file), 0);
}

static void
write_gz(const char *path, struct blob blob)
{
    gzFile file = gzopen(path, "wb");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, blob.bytes, (unsigned)blob.size),
                     (int)blob.size);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

static struct blob
read_back(const char *path)
{
    struct blob blob;
    FILE *file = fopen(path, "rb");

    ck_assert_ptr_nonnull(file);
    blob.size = fread(blob.bytes, 1, BLOB_MOST, file);
    ck_assert_uint_lt(blob.size, BLOB_MOST);
    fclose(file);
    return blob;
}

static void
write_pair(struct blob images, struct blob labels)
{
    write_plain("images", images);
    write_plain("labels", labels);
}

static void
assert_three(struct dataset *set)
{
    ck_assert_int_eq(set->count, 3);
    ck_assert_int_eq(set->features, 8);
    ck_assert_int_eq(set->classes, 10);
    ck_assert_ptr_null(set->values);
    ck_assert_mem_eq(set->pixels, three_pixels, sizeof three_pixels);
    ck_assert_mem_eq(set->labels, three_labels, sizeof three_labels);
    dataset_fini(set);
}

static void
assert_empty(const struct dataset *set)
{
    static const struct dataset empty;

    ck_assert_mem_eq(set, &empty, sizeof empty);
}

/* Reads "images" and "labels" and expects it to fail with this line. */
static void
assert_fails(const char *line)
{
    struct dataset set;
    struct cause cause;

    memset(&set, 1, sizeof set);
    ck_assert(!dataset_idx(&set, "images", "labels", &cause));
    ck_assert_str_eq(cause.text, line);
    assert_empty(&set);
}

START_TEST(idx_reads_plain_and_gz_alike)
{
    struct dataset set;
    struct cause cause;

    write_pair(good_images(), good_labels());
    ck_assert(dataset_idx(&set, "images", "labels", &cause));
    assert_three(&set);
    write_gz("images", good_images());
    ck_assert(dataset_idx(&set, "images", "labels", &cause));
    assert_three(&set);
    write_gz("labels", good_labels());
    ck_assert(dataset_idx(&set, "images", "labels", &cause));
    assert_three(&set);
}
END_TEST

START_TEST(idx_reads_files_of_several_chunks)
{
    enum { COUNT = 3000, WIDTH = 1000 };
    struct blob header = image_header(COUNT, 10, WIDTH / 10);
    FILE *images = fopen("images", "wb");
    gzFile labels = gzopen("labels", "wb");
    struct blob labels_header = label_header(COUNT);
    struct dataset set;
    struct cause cause;

    fwrite(header.bytes, 1, header.size, images);
    gzwrite(labels, labels_header.bytes, (unsigned)labels_header.size);
    for (int i = 0; i < COUNT; i++) {
        for (int f = 0; f < WIDTH; f++)
            fputc((i * 7 + f) % 251, images);
        gzputc(labels, i % 10);
    }
    ck_assert_int_eq(fclose(images), 0);
    ck_assert_int_eq(gzclose(labels), Z_OK);
    ck_assert(dataset_idx(&set, "images", "labels", &cause));
    ck_assert_int_eq(set.count, COUNT);
    ck_assert_int_eq(set.features, WIDTH);
    for (int i = 0; i < COUNT; i++) {
        for (int f = 0; f < WIDTH; f++) {
            if (set.pixels[i * WIDTH + f] != (i * 7 + f) % 251)
                ck_abort_msg("image %d, pixel %d", i, f);
        }
        ck_assert_int_eq(set.labels[i], i % 10);
    }
    dataset_fini(&set);
}
END_TEST

START_TEST(idx_names_the_file_that_is_missing)
{
    write_pair(good_images(), good_labels());
    remove("labels");
    assert_fails("labels: cannot open the labels file: "
                 "No such file or directory");
    remove("images");
    assert_fails("images: cannot open the images file: "
                 "No such file or directory");
    ck_assert_int_eq(mkdir("images", 0700), 0);
    assert_fails("images: is no regular file");
    rmdir("images");
}
END_TEST

START_TEST(idx_tells_swapped_files_and_other_files)
{
    struct blob text = {"not a picture", 13};
    struct blob colour = good_images();

    write_pair(good_labels(), good_images());
    assert_fails(
        "images: holds labels where images are expected; are the "
        "images and the labels swapped? exchange the names of the two "
        "files");
    write_pair(good_images(), good_images());
    assert_fails(
        "labels: holds images where labels are expected; are the "
        "images and the labels swapped? exchange the names of the two "
        "files");
    write_pair(text, good_labels());
    assert_fails("images: not an IDX images file: it begins with 0x6e6f7420, "
                 "expected 0x00000803 or another type than 08");
    write_pair(good_images(), text);
    assert_fails("labels: not an IDX labels file: it begins with 0x6e6f7420, "
                 "expected 0x00000801 or another type than 08");
    colour.bytes[3] = 4;
    write_pair(colour, good_labels());
    assert_fails("images: its dimensions are 4; IDX images have 3");
}
END_TEST

START_TEST(idx_names_what_was_saved_in_its_place)
{
    static const struct {
        const char *begin;
        const char *line;
    } mistakes[] = {
        {"<!DOCTYPE html><html>",
         "images: is a web page, not the file itself; fetch the file from its "
         "own address"},
        {"\xef\xbb\xbf\r\n <html>",
         "images: is a web page, not the file itself; fetch the file from its "
         "own address"},
        {"PK\3\4 and so on",
         "images: is a zip archive; unzip it and give the files in it"},
        {"BZh91AY", "images: is compressed by bzip2; bunzip2 it"},
        {"\xfd"
         "7zXZ",
         "images: is compressed by xz; unxz it"},
    };

    write_plain("labels", good_labels());
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct blob blob = {.size = 0};

        put_bytes(&blob, (const uint8_t *)mistakes[i].begin,
                  strlen(mistakes[i].begin));
        write_plain("images", blob);
        assert_fails(mistakes[i].line);
        write_gz("images", blob);
        assert_fails(mistakes[i].line);
    }
    write_gz("images", good_images());
    write_gz("images", read_back("images"));
    assert_fails("images: is gzipped twice; gunzip it once");
    remove("images");
    ck_assert_int_eq(mkfifo("images", 0600), 0);
    assert_fails("images: is no regular file"); /* without waiting */
}
END_TEST

START_TEST(idx_tells_what_is_cut_off)
{
    struct blob images = good_images();
    struct blob labels = good_labels();

    images.size = 0;
    write_pair(images, labels);
    assert_fails("images: ends at byte 0; the header of an IDX images file "
                 "has 16 bytes");
    images.size = 15;
    write_pair(images, labels);
    assert_fails("images: ends at byte 15; the header of an IDX images file "
                 "has 16 bytes");
    images.size = 16 + 23;
    write_pair(images, labels);
    assert_fails("images: ends after 23 bytes of images; its header promises "
                 "24; fetch the file again");
    labels.size = 7;
    write_pair(good_images(), labels);
    assert_fails("labels: ends at byte 7; the header of an IDX labels file "
                 "has 8 bytes");
    labels.size = 8;
    write_pair(good_images(), labels);
    assert_fails(
        "labels: ends after 0 bytes of labels; its header promises 3; "
        "fetch the file again");
}
END_TEST

START_TEST(idx_of_every_shorter_length_fails)
{
    struct blob files[2];
    struct dataset set;
    struct cause cause;

    write_gz("images", good_images());
    files[0] = good_images();
    files[1] = read_back("images");
    write_plain("labels", good_labels());
    for (int gz = 0; gz < 2; gz++) {
        struct blob cut = files[gz];

        while (cut.size-- > 0) {
            write_plain("images", cut);
            ck_assert(!dataset_idx(&set, "images", "labels", &cause));
            ck_assert_int_eq(strncmp(cause.text, "images: ", 8), 0);
            assert_empty(&set);
        }
    }
}
END_TEST

START_TEST(idx_of_a_damaged_gz_never_gives_other_images)
{
    struct blob whole;
    struct dataset set;
    struct cause cause;
    size_t failed = 0;

    write_gz("images", good_images());
    write_plain("labels", good_labels());
    whole = read_back("images");
    for (size_t i = 0; i < whole.size; i++) {
        struct blob damaged = whole;

        damaged.bytes[i] ^= 0x40;
        write_plain("images", damaged);
        if (dataset_idx(&set, "images", "labels", &cause)) {
            assert_three(&set);
        } else {
            assert_empty(&set);
            failed++;
        }
    }
    /* A date in the gz header and the bits that pad the stream to a byte may
     * differ without harm, and little else. */
    ck_assert_uint_gt(failed, whole.size * 3 / 4);
}
END_TEST

START_TEST(idx_tells_a_damaged_from_a_cut_gz)
{
    struct blob gz;

    write_gz("images", good_images());
    write_plain("labels", good_labels());
    gz = read_back("images");
    gz.bytes[gz.size - 8] ^= 1; /* of the checksum */
    write_plain("images", gz);
    assert_fails(
        "images: its gz stream is damaged; fetch or compress the file "
        "again");
    gz.bytes[gz.size - 8] ^= 1;
    gz.size--;
    write_plain("images", gz);
    assert_fails("images: the end of its gz stream is missing; fetch or "
                 "compress the file again");
}
END_TEST

START_TEST(idx_with_bytes_left_over_fails)
{
    struct blob images = good_images();
    struct blob labels = good_labels();

    put_bytes(&images, three_labels, 1);
    put_bytes(&labels, three_labels, 1);
    write_pair(images, good_labels());
    assert_fails("images: goes on after the images that its header "
                 "promises; is the file damaged?");
    write_gz("images", images);
    assert_fails("images: goes on after the images that its header "
                 "promises; is the file damaged?");
    write_pair(good_images(), labels);
    assert_fails("labels: goes on after the labels that its header "
                 "promises; is the file damaged?");
}
END_TEST

START_TEST(idx_counts_must_agree)
{
    struct blob labels = label_header(2);

    put_bytes(&labels, three_labels, 2);
    write_pair(good_images(), labels);
    assert_fails("labels: 2 labels for the 3 images of images; expected one "
                 "for each, do the files belong together?");
}
END_TEST

/* The types of values, by the third byte of the magic; numbers that each can
 * hold are written as the format has them. */
static const struct {
    const char *name;
    uint8_t code;
    bool real;
    int width;
    double least;
    double most;
} types[] = {
    {"ubyte", 0x08, false, 1, 0, 255},
    {"sbyte", 0x09, false, 1, -128, 127},
    {"short", 0x0b, false, 2, -32768, 32767},
    {"int", 0x0c, false, 4, -2147483648.0, 2147483647.0},
    {"float", 0x0d, true, 4, -0.3f, 3e38f},
    {"double", 0x0e, true, 8, -1e-300, 1e30},
};

enum { TYPES = sizeof types / sizeof *types };

static void
put_value(struct blob *blob, int type, double value)
{
    float single = (float)value;
    uint64_t bits = 0;

    if (types[type].real && types[type].width == 4)
        memcpy(&bits, &single, sizeof single);
    else if (types[type].real)
        memcpy(&bits, &value, sizeof value);
    else
        bits = (uint64_t)(int64_t)value;
    for (int b = types[type].width; b-- > 0;)
        put_bytes(blob, &(uint8_t){(uint8_t)(bits >> 8 * b)}, 1);
}

/* As good_labels(), in another type. */
static struct blob
labels_of(int type, double first)
{
    struct blob blob = label_header(3);

    blob.bytes[2] = types[type].code;
    put_value(&blob, type, first);
    put_value(&blob, type, 0);
    put_value(&blob, type, 9);
    return blob;
}

/* _i: a type. Bytes stay pixels; others are values as they are. */
START_TEST(idx_reads_every_type)
{
    const double numbers[4] = {types[_i].least, 0, 1, types[_i].most};
    struct blob images = image_header(3, 1, 4);
    struct dataset set;
    struct cause cause;

    images.bytes[2] = types[_i].code;
    for (int i = 0; i < 12; i++)
        put_value(&images, _i, numbers[i % 4]);
    write_plain("images", images);
    write_gz("labels", labels_of(_i, 7));
    ck_assert_msg(dataset_idx(&set, "images", "labels", &cause), "%s",
                  cause.text);
    ck_assert_int_eq(set.features, 4);
    ck_assert_int_eq(set.classes, 10);
    ck_assert_mem_eq(set.labels, three_labels, sizeof three_labels);
    ck_assert_int_eq(set.pixels != NULL, _i == 0);
    for (int i = 0; i < 3; i++) {
        float example[4];

        dataset_example(&set, i, example);
        for (int f = 0; f < 4; f++)
            ck_assert(example[f] == (_i == 0 ? (float)numbers[f] / 255.0f
                                             : (float)numbers[f]));
    }
    dataset_fini(&set);
    images.size--;
    write_plain("images", images);
    ck_assert(!dataset_idx(&set, "images", "labels", &cause));
    ck_assert_ptr_nonnull(strstr(cause.text, "fetch the file again"));
}
END_TEST

START_TEST(idx_labels_are_whole_and_fit_a_byte)
{
    struct dataset set;
    struct cause cause;

    for (int label = 0; label <= 255; label++) {
        write_pair(good_images(), labels_of(3, label));
        ck_assert(dataset_idx(&set, "images", "labels", &cause));
        ck_assert_int_eq(set.labels[0], label);
        ck_assert_int_eq(set.classes, label < 9 ? 10 : label + 1);
        dataset_fini(&set);
    }
    write_pair(good_images(), labels_of(3, 256));
    assert_fails("labels: the label of example 0 is 256; expected a whole "
                 "number from 0 to 255");
    write_pair(good_images(), labels_of(3, 2147483647));
    assert_fails("labels: the label of example 0 is 2147483647; expected a "
                 "whole number from 0 to 255");
    write_pair(good_images(), labels_of(1, -1));
    assert_fails("labels: the label of example 0 is -1; expected a whole "
                 "number from 0 to 255");
    write_pair(good_images(), labels_of(5, 2.5));
    assert_fails("labels: the label of example 0 is 2.5; expected a whole "
                 "number from 0 to 255");
    write_pair(good_images(), labels_of(4, (double)NAN));
    ck_assert(!dataset_idx(&set, "images", "labels", &cause));
}
END_TEST

START_TEST(idx_images_that_are_not_finite_are_named)
{
    static const double numbers[] = {INFINITY, -INFINITY, NAN, 1e39};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct blob images = image_header(3, 1, 2);

        images.bytes[2] = 0x0e;
        for (int v = 0; v < 6; v++)
            put_value(&images, 5, v == 3 ? numbers[i] : 0.5);
        write_pair(images, good_labels());
        assert_fails("images: image 1 holds a value that is no finite float; "
                     "expected finite ones");
    }
}
END_TEST

START_TEST(idx_of_nothing_fails)
{
    write_pair(image_header(0, 2, 4), good_labels());
    assert_fails("images: holds no images; expected 1 or more");
    write_pair(good_images(), label_header(0));
    assert_fails("labels: holds no labels; expected 1 or more");
    write_pair(image_header(3, 0, 4), good_labels());
    assert_fails("images: its images are 0 x 4; expected 1 x 1 "
                 "or more");
    write_pair(image_header(3, 2, 0), good_labels());
    assert_fails("images: its images are 2 x 0; expected 1 x 1 "
                 "or more");
}
END_TEST

START_TEST(idx_of_absurd_size_fails_before_it_is_read)
{
    static const uint32_t sizes[][3] = {
        {0xffffffff, 0xffffffff, 0xffffffff},
        {0x80000000, 0x80000000, 4}, /* 2^64 */
        {1, 0x10000, 0x10000},       /* 2^32 */
        {1, 0x10000, 0x8000},        /* 2^31, just too many */
        {0x100000, 64, 32}           /* 2^31 */
    };
    struct dataset set;
    struct cause cause;

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char line[200];

        snprintf(line, sizeof line,
                 "images: its header promises %u images of "
                 "%u x %u values (ubyte); expected less than 2 GiB in all, is "
                 "the file damaged?",
                 sizes[i][0], sizes[i][1], sizes[i][2]);
        write_pair(image_header(sizes[i][0], sizes[i][1], sizes[i][2]),
                   good_labels());
        assert_fails(line);
    }
    for (int type = 2; type < TYPES; type++) {
        struct blob images = image_header(1, 0x7fffffff, 1);

        images.bytes[2] = types[type].code;
        write_pair(images, good_labels());
        ck_assert(!dataset_idx(&set, "images", "labels", &cause));
        ck_assert_ptr_nonnull(strstr(cause.text, "less than 2 GiB"));
    }
    write_pair(image_header(1, 0x7fffffff, 1), good_labels());
    assert_fails("images: ends after 0 bytes of images; its header promises "
                 "2147483647; fetch the file again");
}
END_TEST

START_TEST(idx_dir_finds_every_usual_name)
{
    static const char *const images[] = {
        "t10k-images-idx3-ubyte", "t10k-images-idx3-ubyte.gz",
        "t10k-images.idx3-ubyte", "t10k-images.idx3-ubyte.gz"};
    static const char *const labels[] = {
        "t10k-labels.idx1-ubyte.gz", "t10k-labels.idx1-ubyte",
        "t10k-labels-idx1-ubyte.gz", "t10k-labels-idx1-ubyte"};

    for (int i = 0; i < 4; i++) {
        struct dataset set;
        struct cause cause;

        write_gz(images[i], good_images());
        write_plain(labels[i], good_labels());
        ck_assert(dataset_idx_dir(&set, ".", true, &cause));
        assert_three(&set);
        ck_assert(!dataset_idx_dir(&set, "./", false, &cause));
        assert_empty(&set);
        remove(images[i]);
        remove(labels[i]);
    }
}
END_TEST

START_TEST(idx_dir_finds_every_type)
{
    for (int type = 0; type < TYPES; type++) {
        char name[64];
        struct dataset set;
        struct cause cause;

        snprintf(name, sizeof name, "train-labels-idx1-%s", types[type].name);
        write_gz("train-images.idx3-double.gz", good_images());
        write_plain(name, labels_of(type, 7));
        ck_assert(dataset_idx_dir(&set, ".", false, &cause));
        assert_three(&set);
        remove(name);
    }
}
END_TEST

START_TEST(idx_dir_without_a_test_split_is_whole)
{
    struct dataset set;
    struct cause cause;

    write_plain("train-images-idx3-ubyte", good_images());
    write_plain("train-labels-idx1-ubyte", good_labels());
    memset(&set, 1, sizeof set);
    ck_assert(dataset_idx_dir(&set, ".", true, &cause));
    assert_empty(&set);
    write_plain("t10k-images-idx3-ubyte", good_images());
    ck_assert(!dataset_idx_dir(&set, ".", true, &cause));
    ck_assert_ptr_nonnull(strstr(cause.text, "no labels of the t10k split"));
    remove("t10k-images-idx3-ubyte");
    write_plain("t10k-labels-idx1-ubyte", good_labels());
    ck_assert(!dataset_idx_dir(&set, ".", true, &cause));
    ck_assert_ptr_nonnull(strstr(cause.text, "no images of the t10k split"));
}
END_TEST

START_TEST(idx_dir_keeps_the_splits_apart)
{
    struct blob images = image_header(1, 2, 4);
    struct blob labels = label_header(1);
    struct dataset set;
    struct cause cause;

    put_bytes(&images, three_pixels, 8);
    put_bytes(&labels, three_labels, 1);
    write_plain("train-images-idx3-ubyte", good_images());
    write_plain("train-labels-idx1-ubyte", good_labels());
    write_plain("t10k-images-idx3-ubyte", images);
    write_plain("t10k-labels-idx1-ubyte", labels);
    ck_assert(dataset_idx_dir(&set, ".", false, &cause));
    assert_three(&set);
    ck_assert(dataset_idx_dir(&set, ".", true, &cause));
    ck_assert_int_eq(set.count, 1);
    dataset_fini(&set);
}
END_TEST

static void
assert_dir_fails(const char *dir, const char *line)
{
    struct dataset set;
    struct cause cause;

    memset(&set, 1, sizeof set);
    ck_assert(!dataset_idx_dir(&set, dir, false, &cause));
    ck_assert_str_eq(cause.text, line);
    assert_empty(&set);
}

START_TEST(idx_dir_says_what_it_looked_for)
{
    assert_dir_fails("none",
                     "none: No such file or directory; give a "
                     "directory with train-images-idx3-ubyte and the like");
    assert_dir_fails(".",
                     ".: no images of the train split; looked for "
                     "train-images-idx3-ubyte and train-images.idx3-ubyte, "
                     "also of other types and with .gz");
    write_plain("train-images-idx3-ubyte", good_images());
    assert_dir_fails(".",
                     ".: no labels of the train split; looked for "
                     "train-labels-idx1-ubyte and train-labels.idx1-ubyte, "
                     "also of other types and with .gz");
    write_plain("train-labels-idx1-ubyte", good_images());
    assert_dir_fails(".", "./train-labels-idx1-ubyte: holds images where "
                          "labels are expected; are the images and the labels "
                          "swapped? exchange the names of the two files");
    assert_dir_fails("train-images-idx3-ubyte",
                     "train-images-idx3-ubyte/train-images-idx3-ubyte: cannot "
                     "open the images file: Not a directory");
}
END_TEST

/* ---- batches ---- */

START_TEST(share_is_cut_as_tensor_split_cuts)
{
    char line[64] = "";

    for (int mb = 0; mb < 4; mb++) {
        struct share share = batch_share(10, 4, mb);
        size_t used = strlen(line);

        snprintf(line + used, sizeof line - used, "[%d %d)", share.first,
                 share.first + share.rows);
    }
    ck_assert_str_eq(line, "[0 3)[3 6)[6 8)[8 10)");
}
END_TEST

START_TEST(shares_cover_the_batch_in_even_parts)
{
    /* More microbatches than rows leave the last ones empty. */
    for (int batch = 1; batch <= 40; batch++) {
        for (int mbs = 1; mbs <= batch + 5; mbs++) {
            int next = 0;

            for (int mb = 0; mb < mbs; mb++) {
                struct share share = batch_share(batch, mbs, mb);
                int longer = mb < batch % mbs;

                ck_assert_int_eq(share.first, next);
                ck_assert_int_eq(share.rows, batch / mbs + longer);
                next += share.rows;
            }
            ck_assert_int_eq(next, batch);
        }
    }
}
END_TEST

/* Example i of the set is {i, -i}, labelled i mod 7. */
static struct dataset
numbered(int count)
{
    struct dataset set;

    dataset_random(&set, count, 2, 7, SEED);
    for (int i = 0; i < count; i++) {
        set.values[2 * i] = (float)i;
        set.values[2 * i + 1] = (float)-i;
        set.labels[i] = (uint8_t)(i % 7);
    }
    return set;
}

START_TEST(order_is_the_sets_own_until_shuffled)
{
    struct dataset set = numbered(7);
    struct batches batches;

    batches_init(&batches, &set, 2);
    ck_assert_int_eq(batches.per_epoch, 3);
    for (int i = 0; i < 7; i++)
        ck_assert_int_eq(batches.order[i], i);
    batches_fini(&batches);
    batches_fini(&batches);
    dataset_fini(&set);
}
END_TEST

START_TEST(all_batches_have_what_is_left_as_well)
{
    struct dataset set = numbered(7);

    for (int size = 1; size <= 9; size++) {
        struct batches batches;
        int next = 0;

        batches_init_all(&batches, &set, size);
        for (int index = 0; index < batches.per_epoch; index++) {
            struct share share = {0, batches_rows(&batches, index)};
            uint8_t labels[7];

            ck_assert(share.rows == size || next + share.rows == 7);
            batches_labels(&batches, index, share, labels);
            for (int row = 0; row < share.rows; row++)
                ck_assert_int_eq(labels[row], next++ % 7);
        }
        ck_assert_int_eq(next, 7);
        batches_fini(&batches);
    }
    dataset_fini(&set);
}
END_TEST

START_TEST(shuffle_is_a_permutation)
{
    for (int count = 1; count <= 65; count++) {
        struct dataset set = numbered(count);
        struct batches batches;
        bool seen[65] = {false};

        batches_init(&batches, &set, 1);
        batches_shuffle(&batches, SEED, count % 3);
        for (int i = 0; i < count; i++) {
            ck_assert_int_ge(batches.order[i], 0);
            ck_assert_int_lt(batches.order[i], count);
            ck_assert(!seen[batches.order[i]]);
            seen[batches.order[i]] = true;
        }
        batches_fini(&batches);
        dataset_fini(&set);
    }
}
END_TEST

START_TEST(shuffle_is_a_function_of_seed_and_epoch)
{
    struct dataset set = numbered(50);
    struct batches one, two;

    batches_init(&one, &set, 5);
    batches_init(&two, &set, 10);
    batches_shuffle(&one, SEED, 3);
    batches_shuffle(&two, SEED, 0);
    ck_assert_mem_ne(one.order, two.order, 50 * sizeof *one.order);
    batches_shuffle(&two, SEED, 3);
    ck_assert_mem_eq(one.order, two.order, 50 * sizeof *one.order);
    batches_shuffle(&two, SEED + 1, 3);
    ck_assert_mem_ne(one.order, two.order, 50 * sizeof *one.order);
    batches_fini(&two);
    batches_fini(&one);
    dataset_fini(&set);
}
END_TEST

START_TEST(shuffle_makes_all_orders_equally_often)
{
    struct dataset set = numbered(3);
    struct batches batches;
    int count[27] = {0};
    int orders = 0;

    batches_init(&batches, &set, 1);
    for (int epoch = 0; epoch < 6000; epoch++) {
        batches_shuffle(&batches, SEED, epoch);
        count[batches.order[0] * 9 + batches.order[1] * 3 +
              batches.order[2]]++;
    }
    /* 1000 each, standard error 29. */
    for (int order = 0; order < 27; order++) {
        if (count[order] == 0)
            continue;
        ck_assert_int_le(abs(count[order] - 1000), 145);
        orders++;
    }
    ck_assert_int_eq(orders, 6);
    batches_fini(&batches);
    dataset_fini(&set);
}
END_TEST

START_TEST(batches_of_an_epoch_are_disjoint)
{
    enum { COUNT = 33, SIZE = 6 };
    struct dataset set = numbered(COUNT);
    struct batches batches;
    bool ever[COUNT] = {false};

    batches_init(&batches, &set, SIZE);
    ck_assert_int_eq(batches.per_epoch, 5);
    for (int epoch = 0; epoch < 20; epoch++) {
        bool seen[COUNT] = {false};

        batches_shuffle(&batches, SEED, epoch);
        for (int index = 0; index < batches.per_epoch; index++) {
            float values[SIZE * 2];
            struct tensor x = {SIZE, 2, values};

            batches_values(&batches, index, batch_share(SIZE, 1, 0), x);
            for (int row = 0; row < SIZE; row++) {
                int example = (int)values[2 * row];

                ck_assert(!seen[example]);
                seen[example] = ever[example] = true;
            }
        }
    }
    /* What one epoch leaves out comes in another. */
    for (int i = 0; i < COUNT; i++)
        ck_assert(ever[i]);
    batches_fini(&batches);
    dataset_fini(&set);
}
END_TEST

/* Reads one share and compares it with the examples in the batch's order. */
static void
assert_share(const struct batches *batches, int index, struct share share)
{
    const struct dataset *set = batches->set;
    size_t width = (size_t)set->features;
    size_t count = (size_t)share.rows * width;
    float *values = malloc((count + 1) * sizeof *values);
    float *example = malloc(width * sizeof *example);
    uint8_t labels[64];
    struct tensor x = {share.rows, set->features, values};

    values[count] = 1e9f;
    labels[share.rows] = 99;
    batches_values(batches, index, share, x);
    batches_labels(batches, index, share, labels);
    for (int row = 0; row < share.rows; row++) {
        int at = index * batches->size + share.first + row;

        dataset_example(set, batches->order[at], example);
        ck_assert_mem_eq(values + (size_t)row * width, example,
                         width * sizeof *example);
        ck_assert_int_eq(labels[row], set->labels[batches->order[at]]);
    }
    ck_assert(values[count] == 1e9f);
    ck_assert_int_eq(labels[share.rows], 99);
    free(example);
    free(values);
}

START_TEST(shares_hold_the_examples_of_their_rows)
{
    struct dataset sets[2];

    sets[0] = numbered(50);
    dataset_digits(&sets[1], false, 50, SEED);
    for (int s = 0; s < 2; s++) {
        struct batches batches;

        batches_init(&batches, &sets[s], 16);
        batches_shuffle(&batches, SEED, 1);
        for (int index = 0; index < batches.per_epoch; index++) {
            for (int mbs = 1; mbs <= 16; mbs++) {
                for (int mb = mbs - 1; mb >= 0; mb--)
                    assert_share(&batches, index, batch_share(16, mbs, mb));
            }
        }
        batches_fini(&batches);
        dataset_fini(&sets[s]);
    }
}
END_TEST

/* ---- */

static TCase *
recipe_case(void)
{
    TCase *tcase = tcase_create("recipes");

    tcase_add_test(tcase, random_values_are_standard_normal);
    tcase_add_test(tcase, random_labels_are_drawn_evenly);
    tcase_add_test(tcase, random_set_is_a_function_of_seed);
    tcase_add_test(tcase, hash_sees_every_pixel_and_label);
    tcase_add_test(tcase, hash_sees_every_value);
    tcase_add_test(tcase, fini_leaves_an_empty_set_and_may_be_repeated);
    tcase_add_test(tcase, example_is_a_row_of_values_or_pixels_by_255);
    tcase_add_test(tcase, digits_look_like_digits);
    tcase_add_test(tcase, digits_come_in_equal_numbers);
    tcase_add_test(tcase, digit_is_a_function_of_seed_split_and_index);
    tcase_add_test(tcase, digits_are_neither_hopeless_nor_trivial);
    return tcase;
}

static TCase *
idx_case(void)
{
    TCase *tcase = tcase_create("idx");

    /* Unchecked: it cleans up in the parent, whatever happens to a test. */
    tcase_add_unchecked_fixture(tcase, enter_directory, leave_directory);
    tcase_add_checked_fixture(tcase, remove_files, NULL);
    tcase_add_test(tcase, idx_reads_plain_and_gz_alike);
    tcase_add_test(tcase, idx_reads_files_of_several_chunks);
    tcase_add_test(tcase, idx_names_the_file_that_is_missing);
    tcase_add_test(tcase, idx_tells_swapped_files_and_other_files);
    tcase_add_test(tcase, idx_names_what_was_saved_in_its_place);
    tcase_add_test(tcase, idx_tells_what_is_cut_off);
    tcase_add_test(tcase, idx_of_every_shorter_length_fails);
    tcase_add_test(tcase, idx_of_a_damaged_gz_never_gives_other_images);
    tcase_add_test(tcase, idx_tells_a_damaged_from_a_cut_gz);
    tcase_add_test(tcase, idx_with_bytes_left_over_fails);
    tcase_add_test(tcase, idx_counts_must_agree);
    tcase_add_loop_test(tcase, idx_reads_every_type, 0, TYPES);
    tcase_add_test(tcase, idx_labels_are_whole_and_fit_a_byte);
    tcase_add_test(tcase, idx_images_that_are_not_finite_are_named);
    tcase_add_test(tcase, idx_of_nothing_fails);
    tcase_add_test(tcase, idx_of_absurd_size_fails_before_it_is_read);
    tcase_add_test(tcase, idx_dir_finds_every_usual_name);
    tcase_add_test(tcase, idx_dir_finds_every_type);
    tcase_add_test(tcase, idx_dir_without_a_test_split_is_whole);
    tcase_add_test(tcase, idx_dir_keeps_the_splits_apart);
    tcase_add_test(tcase, idx_dir_says_what_it_looked_for);
    return tcase;
}

static TCase *
batches_case(void)
{
    TCase *tcase = tcase_create("batches");

    tcase_add_test(tcase, share_is_cut_as_tensor_split_cuts);
    tcase_add_test(tcase, shares_cover_the_batch_in_even_parts);
    tcase_add_test(tcase, order_is_the_sets_own_until_shuffled);
    tcase_add_test(tcase, all_batches_have_what_is_left_as_well);
    tcase_add_test(tcase, shuffle_is_a_permutation);
    tcase_add_test(tcase, shuffle_is_a_function_of_seed_and_epoch);
    tcase_add_test(tcase, shuffle_makes_all_orders_equally_often);
    tcase_add_test(tcase, batches_of_an_epoch_are_disjoint);
    tcase_add_test(tcase, shares_hold_the_examples_of_their_rows);
    return tcase;
}

int
main(void)
{
    Suite *suite = suite_create("data");

    suite_add_tcase(suite, recipe_case());
    suite_add_tcase(suite, idx_case());
    suite_add_tcase(suite, batches_case());
    suite_add_tcase(suite, safetensors_case());
    return suite_main(suite);
}
