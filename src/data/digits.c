/* digits.c -- digits drawn by an unsteady hand.
 *
 * A digit is a few strokes in a square of 100 x 100, y downwards. The hand
 * slants, stretches and shifts it onto the image, cuts its arcs into short
 * segments, and inks every pixel by its distance to the nearest one:
 *
 *      ink 1 |-----.            The slope is one pixel wide and smooths
 *            |      \           the edge of the stroke.
 *          0 +-------+-----
 *              half width    distance
 */
#include "config.h"

#include "data/dataset.h"

#include "base/memory.h"
#include "base/rng.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { SIDE = DIGITS_SIDE, PIXELS = SIDE * SIDE, DIGITS = 10, STROKES = 3 };
enum { ARC_STEP = 30 }; /* degrees of an arc that pass for straight */

/* A line from (x, y) to (x2, y2); or, from angle from to angle to, an arc
 * about (x, y) with radii (x2, y2). Degrees, clockwise from the right. */
struct stroke {
    int x, y;
    int x2, y2;
    int from, to; /* equal: a line */
};

static const struct stroke digit_strokes[DIGITS][STROKES] = {
    {{50, 50, 32, 45, 0, 360}},
    {{30, 25, 55, 5, 0, 0}, {55, 5, 55, 95, 0, 0}},
    {{50, 30, 30, 25, 190, 400},
     {73, 46, 20, 95, 0, 0},
     {20, 95, 82, 95, 0, 0}},
    {{47, 28, 28, 23, 200, 450}, {47, 73, 32, 22, 270, 520}},
    {{65, 5, 15, 65, 0, 0}, {15, 65, 88, 65, 0, 0}, {65, 5, 65, 95, 0, 0}},
    {{78, 5, 28, 5, 0, 0}, {28, 5, 25, 49, 0, 0}, {48, 67, 30, 28, 220, 510}},
    {{50, 68, 30, 27, 0, 360}, {75, 68, 55, 63, 180, 270}},
    {{18, 5, 82, 5, 0, 0}, {82, 5, 40, 95, 0, 0}},
    {{50, 27, 25, 22, 0, 360}, {50, 72, 30, 23, 0, 360}},
    {{50, 32, 30, 27, 0, 360}, {25, 32, 55, 63, 0, 90}},
};

/* How one example is drawn; lengths in pixels. */
struct hand {
    float width, height; /* of the digit's square */
    float slant;         /* rightwards for each pixel upwards */
    float x, y;          /* middle of the digit */
    float half_width;    /* of the stroke */
    float ink;           /* the brightest a stroke gets, 0 .. 1 */
};

struct point {
    float x, y;
};

static float
between(struct rng *rng, float low, float high)
{
    return low + (high - low) * rng_uniform(rng);
}

static struct hand
draw_hand(struct rng *rng)
{
    const float middle = (SIDE - 1) / 2.0f;
    struct hand hand;

    hand.width = between(rng, 6.5f, 8.5f);
    hand.height = between(rng, 8.0f, 10.0f);
    hand.slant = between(rng, -0.15f, 0.35f);
    hand.x = middle + between(rng, -1.0f, 1.0f);
    hand.y = middle + between(rng, -1.0f, 1.0f);
    hand.half_width = between(rng, 0.4f, 0.9f);
    hand.ink = between(rng, 0.7f, 1.0f);
    return hand;
}

/* Where the hand puts a point of the 100 x 100 square. */
static struct point
digits_place(const struct hand *hand, float x, float y)
{
    float right = (x - 50.0f) / 100.0f * hand->width;
    float down = (y - 50.0f) / 100.0f * hand->height;
    struct point point;

    point.x = hand->x + right - hand->slant * down;
    point.y = hand->y + down;
    return point;
}

static struct point
arc_point(const struct hand *hand, const struct stroke *arc, int degrees)
{
    float angle = (float)degrees * 0.0174532925f;

    return digits_place(hand, (float)arc->x + (float)arc->x2 * cosf(angle),
                        (float)arc->y + (float)arc->y2 * sinf(angle));
}

static float
square_distance(struct point p, struct point a, struct point b)
{
    float dx = b.x - a.x, dy = b.y - a.y;
    float along = ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy);

    along = along < 0.0f ? 0.0f : along > 1.0f ? 1.0f : along;
    dx = p.x - (a.x + along * dx);
    dy = p.y - (a.y + along * dy);
    return dx * dx + dy * dy;
}

/* The pixels of a row or column that lie from low to high. */
static void
cover(float low, float high, int *first, int *last)
{
    *first = low > 0.0f ? (int)ceilf(low) : 0;
    *last = high < SIDE - 1 ? (int)floorf(high) : SIDE - 1;
}

/* Lowers near[], the squared distances to the nearest stroke, around a to b. */
static void
draw_segment(const struct hand *hand, struct point a, struct point b,
             float near[])
{
    float reach = hand->half_width + 0.5f;
    int left, right, top, bottom;

    /* Out of reach there is no ink: most pixels need not be looked at. */
    cover(fminf(a.x, b.x) - reach, fmaxf(a.x, b.x) + reach, &left, &right);
    cover(fminf(a.y, b.y) - reach, fmaxf(a.y, b.y) + reach, &top, &bottom);
    for (int y = top; y <= bottom; y++) {
        for (int x = left; x <= right; x++) {
            struct point pixel = {(float)x, (float)y};
            float distance = square_distance(pixel, a, b);

            if (distance < near[y * SIDE + x])
                near[y * SIDE + x] = distance;
        }
    }
}

static void
draw_stroke(const struct hand *hand, const struct stroke *stroke, float near[])
{
    if (stroke->from == stroke->to) {
        draw_segment(
            hand, digits_place(hand, (float)stroke->x, (float)stroke->y),
            digits_place(hand, (float)stroke->x2, (float)stroke->y2), near);
        return;
    }
    for (int at = stroke->from; at < stroke->to; at += ARC_STEP) {
        int next = at + ARC_STEP < stroke->to ? at + ARC_STEP : stroke->to;

        draw_segment(hand, arc_point(hand, stroke, at),
                     arc_point(hand, stroke, next), near);
    }
}

/* Nearly normal with mean 0 and deviation 1, from the sum of four bytes:
 * rng_normal()'s logarithm and cosine would take most of the drawing time. */
static float
draw_noise(struct rng *rng)
{
    uint32_t bits = rng_bits(rng);
    uint32_t sum =
        (bits & 255) + (bits >> 8 & 255) + (bits >> 16 & 255) + (bits >> 24);

    /* Mean 4 * 127.5, variance 4 * (256^2 - 1) / 12. */
    return ((float)sum - 510.0f) / 147.8f;
}

static void
draw_digit(struct rng *rng, int digit, uint8_t pixels[])
{
    const float noise = 0.12f;
    struct hand hand = draw_hand(rng);
    float near[PIXELS];

    for (int p = 0; p < PIXELS; p++)
        near[p] = PIXELS;
    /* Digits of fewer strokes end in strokes that are all zero. */
    for (int s = 0; s < STROKES && digit_strokes[digit][s].y2; s++)
        draw_stroke(&hand, &digit_strokes[digit][s], near);
    for (int p = 0; p < PIXELS; p++) {
        float edge = hand.half_width + 0.5f - sqrtf(near[p]);
        float ink = edge < 0.0f ? 0.0f : edge > 1.0f ? 1.0f : edge;
        float grey = ink * hand.ink + noise * draw_noise(rng);

        grey = grey < 0.0f ? 0.0f : grey > 1.0f ? 1.0f : grey;
        pixels[p] = (uint8_t)(grey * 255.0f + 0.5f);
    }
}

void
dataset_digits(struct dataset *set, bool test, int count, uint64_t seed)
{
    /* An int's range for training images, the numbers above for testing. */
    uint32_t first = test ? UINT32_C(1) << 31 : 0;

    assert(count >= 1);
    memset(set, 0, sizeof *set);
    set->count = count;
    set->features = PIXELS;
    set->classes = DIGITS;
    set->pixels = memory_new((size_t)count, PIXELS);
    set->labels = memory_new((size_t)count, sizeof *set->labels);
    for (int i = 0; i < count; i++) {
        struct rng rng;

        rng_init(&rng, seed, RNG_DIGITS, first + (uint32_t)i);
        set->labels[i] = (uint8_t)(i % DIGITS);
        draw_digit(&rng, i % DIGITS, set->pixels + (size_t)i * PIXELS);
    }
}
