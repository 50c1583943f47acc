/* draws.c -- predicts a plan again and again, each time with other jitter. */
#include "config.h"

#include "sim/draws.h"

#include "base/quantile.h"
#include "sim/forecast.h"

#include <math.h>

static struct band
band_of(int64_t values[DRAWS])
{
    return (struct band){
        .median = quantile_of(values, DRAWS, 0.5),
        .low = quantile_of(values, DRAWS, 0.025),
        .high = quantile_of(values, DRAWS, 0.975),
    };
}

void
draws_make(struct draws *draws, const struct program *program,
           const struct cost *cost, int capacity, double jitter, uint64_t seed)
{
    int64_t makespans[DRAWS];
    int64_t periods[DRAWS];
    struct cost drawn;

    cost_copy(&drawn, cost);
    drawn.variation.jitter = jitter;
    drawn.variation.seed = seed;
    for (int d = 0; d < DRAWS; d++) {
        struct forecast forecast;

        drawn.variation.draw = (uint32_t)d;
        forecast_make(&forecast, program, &drawn, capacity, FORECAST_PERIOD);
        makespans[d] = forecast.metrics.makespan;
        periods[d] = llround(period_ticks(forecast.period));
        forecast_fini(&forecast);
    }
    cost_fini(&drawn);
    draws->makespan = band_of(makespans);
    draws->period = band_of(periods);
}
