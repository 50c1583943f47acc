/* packed_tile.h -- the inner loop of packed.c, included there once for each
 * kind of vector registers. The sums of a tile, a few rows of c by two vectors,
 * stay in registers from the first term to the last.
 *
 * TILE(name)                 the kind's name for it
 * TILE_TARGET                attribute by which the compiler may use them
 * TILE_LANES                 floats in a vector
 * TILE_ROWS                  6 or 8: 2 TILE_ROWS + 3 vectors fit the registers
 * TILE_ADD(sums, x, floats)  sums + x floats */

typedef float
    TILE(vector) __attribute__((vector_size(TILE_LANES * sizeof(float)),
                                aligned(sizeof(float)), may_alias));

/* rows is a constant where this is called, so that every loop over them is
 * unrolled and every sum has a register. */
TILE_TARGET static inline __attribute__((always_inline)) void
TILE(sum_rows)(const struct tile *tile, const int rows)
{
    TILE(vector) sums[TILE_ROWS][2];
    const float *a = tile->a;
    const float *panel = tile->panel;
    const float *ahead = tile->ahead;

    UNROLLED
    for (int r = 0; r < rows; r++) {
        const float *c = tile->c + (size_t)r * tile->c_stride;

        sums[r][0] = sums[r][1] = (TILE(vector)){0};
        if (tile->add) {
            sums[r][0] = *(const TILE(vector) *)c;
            sums[r][1] = *(const TILE(vector) *)(c + TILE_LANES);
        }
    }
    for (int k = 0; k < tile->inner; k++) {
        TILE(vector) left = *(const TILE(vector) *)panel;
        TILE(vector) right = *(const TILE(vector) *)(panel + TILE_LANES);

        __builtin_prefetch(ahead);
        UNROLLED
        for (int r = 0; r < rows; r++) {
            float x = a[(size_t)r * tile->a_stride];

            sums[r][0] = TILE_ADD(sums[r][0], x, left);
            sums[r][1] = TILE_ADD(sums[r][1], x, right);
        }
        a++;
        panel += 2 * TILE_LANES;
        ahead += tile->pace;
    }
    UNROLLED
    for (int r = 0; r < rows; r++) {
        float *c = tile->c + (size_t)r * tile->c_stride;

        *(TILE(vector) *)c = sums[r][0];
        *(TILE(vector) *)(c + TILE_LANES) = sums[r][1];
    }
}

TILE_TARGET static void
TILE(sum)(const struct tile *tile)
{
    switch (tile->rows) {
    case 1:
        TILE(sum_rows)(tile, 1);
        break;
    case 2:
        TILE(sum_rows)(tile, 2);
        break;
    case 3:
        TILE(sum_rows)(tile, 3);
        break;
    case 4:
        TILE(sum_rows)(tile, 4);
        break;
    case 5:
        TILE(sum_rows)(tile, 5);
        break;
#if TILE_ROWS == 8
    case 6:
        TILE(sum_rows)(tile, 6);
        break;
    case 7:
        TILE(sum_rows)(tile, 7);
        break;
#endif
    default:
        TILE(sum_rows)(tile, TILE_ROWS);
    }
}

static const struct packed_kernel
    TILE(kernel) = {2 * TILE_LANES, TILE_ROWS, TILE(sum)};

#undef TILE
#undef TILE_TARGET
#undef TILE_LANES
#undef TILE_ROWS
#undef TILE_ADD
