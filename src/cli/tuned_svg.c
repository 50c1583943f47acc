/* tuned_svg.c -- draws the rows of a search: period against memory. */
#include "config.h"

#include "cli/tuned.h"

#include "base/output.h"
#include "base/plural.h"

#include <math.h>
#include <stdio.h>

/* The paper, the field of the points on it, and the list of rows beside it. */
enum {
    WIDTH = 920,
    LEFT = 90,
    RIGHT = 560,
    TOP = 60,
    BOTTOM = 400,
    LIST = 590,
    LINE = 16
};

/* Bytes from 0 on; periods in a logarithmic scale, for the slowest of the front
 * may take many times as long as the best. */
struct field {
    double most_gib;
    double least_period;
    double most_period;
};

static double
gib(const struct tune_row *row)
{
    return (double)row->bytes * 0x1p-30;
}

static double
drawn_period(const struct tune_row *row)
{
    return cost_in_units(period_ticks(row->period), row->unit);
}

static double
x_of(const struct field *field, double gib_held)
{
    return LEFT + gib_held / field->most_gib * (RIGHT - LEFT);
}

static double
y_of(const struct field *field, double period)
{
    return BOTTOM - log(period / field->least_period) /
                        log(field->most_period / field->least_period) *
                        (BOTTOM - TOP);
}

static struct field
field_for(const struct tune_result *result)
{
    struct field field = {1e-6, HUGE_VAL, 0.0};

    for (int i = 0; i < result->count; i++) {
        double period = fmax(drawn_period(&result->rows[i]), 1e-9);

        field.most_gib = fmax(field.most_gib, 1.08 * gib(&result->rows[i]));
        field.least_period = fmin(field.least_period, period / 1.1);
        field.most_period = fmax(field.most_period, 1.1 * period);
    }
    return field;
}

/* How far apart an axis from 0 has its numbers: 1, 2 or 5 times a power of
 * ten. */
static double
step_of(double most)
{
    double step = pow(10.0, floor(log10(most / 4.0)));

    if (most / step > 20.0)
        return 5.0 * step;
    return most / step > 8.0 ? 2.0 * step : step;
}

static void
write_axes(FILE *out, const struct field *field, const char *unit)
{
    static const double steps[] = {1.0, 2.0, 5.0};
    double across = step_of(field->most_gib);
    double power = pow(10.0, floor(log10(field->least_period)));

    fprintf(out, "<path class=\"axis\" d=\"M%d %dV%dH%d\"/>\n", LEFT, TOP,
            BOTTOM, RIGHT);
    for (double at = 0.0; at <= field->most_gib; at += across)
        fprintf(out,
                "<text class=\"middle\" x=\"%.1f\" y=\"%d\">%.6g</text>\n",
                x_of(field, at), BOTTOM + 18, at);
    for (; power <= field->most_period; power *= 10.0)
        for (int i = 0; i < 3; i++) {
            double at = power * steps[i];

            if (at >= field->least_period && at <= field->most_period)
                fprintf(out,
                        "<text class=\"end\" x=\"%d\" y=\"%.1f\">%.6g"
                        "</text>\n",
                        LEFT - 8, y_of(field, at) + 4, at);
        }
    fprintf(out,
            "<text class=\"middle\" x=\"%d\" y=\"%d\">GiB of the rank that "
            "holds most</text>\n",
            (LEFT + RIGHT) / 2, BOTTOM + 42);
    fprintf(out, "<text x=\"20\" y=\"%d\">period in %s</text>\n", TOP - 12,
            unit);
}

/* From the row of least period to that of fewest bytes. */
static void
write_front(FILE *out, const struct field *field,
            const struct tune_result *result)
{
    const char *move = "M";

    fputs("<path class=\"front\" d=\"", out);
    for (int i = 0; i < result->count; i++) {
        const struct tune_row *row = &result->rows[i];

        if (!row->front)
            continue;
        fprintf(out, "%s%.1f %.1f", move, x_of(field, gib(row)),
                y_of(field, drawn_period(row)));
        move = "L";
    }
    fputs("\"/>\n", out);
}

/* The point of a row with its number, and its line in the list. */
static void
write_point(FILE *out, const struct field *field, const struct tune_row *row,
            int number)
{
    const struct tune_shape *shape = &row->shape;
    double x = x_of(field, gib(row));
    double y = y_of(field, drawn_period(row));

    fprintf(out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n",
            row->front ? "on" : "off", x, y);
    fprintf(out, "<text class=\"middle\" x=\"%.1f\" y=\"%.1f\">%d</text>\n", x,
            number % 2 ? y - 8 : y + 17, number);
    fprintf(out,
            "<text x=\"%d\" y=\"%d\">%d  %s, %d rank%s x %d, %d stage%s%s"
            "</text>\n",
            LIST, TOP + LINE * (number - 1), number, shape->schedule->name,
            shape->ranks, plural(shape->ranks), shape->replicas, shape->stages,
            plural(shape->stages), shape->recompute ? ", recompute" : "");
}

static void
write_picture(FILE *out, const struct tuned *tuned)
{
    const struct tune_result *result = tuned->result;
    struct field field = field_for(result);
    int list = TOP + LINE * result->count;

    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
            "height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n"
            "<style>.axis{stroke:#555;fill:none}.middle{text-anchor:middle}"
            ".end{text-anchor:end}.front{stroke:#0072b2;fill:none}"
            ".on{fill:#0072b2}.off{fill:#e69f00}</style>\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
            "<text x=\"20\" y=\"24\">%d devices, %d examples a step: the "
            "best of %d shapes, and the front of period against memory (line)"
            "</text>\n",
            WIDTH, list > BOTTOM + 60 ? list : BOTTOM + 60,
            tuned->task->devices, tuned->task->batch, result->shapes);
    write_axes(out, &field, tuned->model->unit);
    write_front(out, &field, result);
    for (int i = 0; i < result->count; i++)
        write_point(out, &field, &result->rows[i], i + 1);
    fputs("</svg>\n", out);
}

bool
tuned_svg(const struct tuned *tuned, struct cause *cause)
{
    struct output output;

    if (!output_open(&output, "--svg", tuned->options->svg, false, cause))
        return false;
    write_picture(output.out, tuned);
    return output_close(&output, cause);
}
