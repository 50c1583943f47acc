/* timeline.c -- draws timelines in text, a row a rank. */
#include "config.h"

#include "report/timeline.h"

#include "base/memory.h"
#include "report/block.h"

#include <ctype.h>
#include <langinfo.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Columns: without a terminal, and at least, were its window even narrower. */
enum { WIDTH = 120, LEAST_WIDTH = 20 };

struct timeline_style
timeline_style_for(FILE *out)
{
    struct timeline_style style = {.width = WIDTH};
    const char *no_color = getenv("NO_COLOR");
    struct winsize window;
    int fd = fileno(out);

    style.unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (fd < 0 || !isatty(fd))
        return style;
    style.colour = !no_color || *no_color == '\0';
    if (ioctl(fd, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
        style.width =
            window.ws_col < LEAST_WIDTH ? LEAST_WIDTH : window.ws_col;
    return style;
}

/* What a column looks like: an enum action_kind, or one of these. */
enum { PAINT_IDLE = ACTION_KINDS, PAINT_NEXT, PAINT_TO_COME };

/* One column of a line. */
struct column {
    char glyph; /* '-' stands for the block's body */
    unsigned char paint;
    bool last; /* of its block */
};

static int64_t
gcd(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* How time becomes columns. */
struct scale {
    int64_t end;  /* of the last block */
    int64_t unit; /* ticks that all blocks are multiples of */
    int cell;     /* columns a unit gets, or 0: width columns in all */
    bool gap;     /* the last column of a block stays empty */
    bool stages;  /* labels name the stage, if ranks own several */
    int margin;   /* columns before the drawing */
    int width;    /* columns of the drawing */
};

/* Cells of a width that holds every label, if the line has room for them. */
static bool
use_cells(struct scale *scale, int longest)
{
    int64_t units = scale->end / scale->unit;

    if (units > scale->width / longest)
        return false;
    scale->gap = units <= scale->width / (longest + 1);
    scale->cell = longest + scale->gap;
    scale->width = (int)units * scale->cell;
    return true;
}

/* Columns of the highest rank's number. */
static int
digits_of(const struct trace *trace)
{
    return snprintf(NULL, 0, "%d", trace->ranks - 1);
}

static struct scale
choose_scale(const struct plan *plan, const struct trace *trace,
             const struct timeline_style *style, int margin)
{
    struct scale scale = {.margin = margin};
    char label[ACTION_CELL_MAX];
    int longest = 0;  /* label */
    int stripped = 0; /* likewise without the stage */

    for (int r = 0; r < trace->ranks; r++)
        for (size_t i = 0; i < trace->lanes[r].count; i++) {
            const struct span *span = &trace->lanes[r].spans[i];
            int length;

            if (!block_drawn(span))
                continue;
            length = block_label(plan, &span->action, label);
            if (length > longest)
                longest = length;
            length = block_strip(label);
            if (length > stripped)
                stripped = length;
            if (span->end > scale.end)
                scale.end = span->end;
            scale.unit = gcd(gcd(scale.unit, span->start), span->end);
        }
    scale.width = style->width - margin;
    if (!style->scaled && scale.end > 0) {
        scale.stages = use_cells(&scale, longest);
        if (!scale.stages)
            use_cells(&scale, stripped);
    }
    return scale;
}

static int
column_of(const struct scale *scale, int64_t time)
{
    if (scale->cell)
        return (int)(time / scale->unit) * scale->cell;
    return (int)((double)time * scale->width / (double)scale->end + 0.5);
}

static void
draw_block(struct column *line, const struct scale *scale,
           const struct plan *plan, const struct span *span,
           unsigned char paint)
{
    char label[ACTION_CELL_MAX];
    int length;
    int from = column_of(scale, span->start);
    int to = column_of(scale, span->end);

    block_label(plan, &span->action, label);
    if (!scale->stages)
        block_strip(label);
    length = block_fit(label, to - from);
    if (paint >= ACTION_KINDS)
        for (int c = 0; c < length; c++)
            label[c] = (char)tolower((unsigned char)label[c]);
    for (int c = from; c < to; c++)
        line[c] = (struct column){
            .glyph = c - from < length ? label[c - from] : '-',
            .paint = paint,
            .last = c == to - 1,
        };
}

static const char *
colour_of(unsigned char paint)
{
    if (paint == PAINT_NEXT)
        return "\033[0;7m";
    if (paint == PAINT_TO_COME)
        return "\033[0;2m";
    /* Black on the nearest of xterm's 256 to Okabe and Ito's palette. */
    switch ((enum action_kind)paint) {
    case ACTION_FORWARD:
        return "\033[30;48;5;74m";
    case ACTION_FULL_BACKWARD:
        return "\033[30;48;5;214m";
    case ACTION_BACKWARD_INPUT:
        return "\033[30;48;5;36m";
    case ACTION_BACKWARD_WEIGHT:
        return "\033[30;48;5;227m";
    case ACTION_OVERLAP_F_B:
        return "\033[30;48;5;175m";
    case ACTION_OPTIMIZER_STEP:
        return "\033[30;48;5;250m";
    default:
        return "\033[0m";
    }
}

static void
print_column(FILE *out, const struct column *column, bool gap,
             const struct timeline_style *style)
{
    if (column->paint == PAINT_IDLE) {
        fputs(gap ? " " : style->unicode ? "·" : ".", out);
    } else if (column->glyph != '-') {
        fputc(column->glyph, out);
    } else if (gap && column->last) {
        fputc(' ', out);
    } else {
        fputs(style->unicode ? "─" : "-", out);
    }
}

static void
print_line(FILE *out, const struct column *line, const struct scale *scale,
           const struct timeline_style *style)
{
    unsigned char painted = PAINT_IDLE;
    int used = scale->width;

    /* Leave out trailing blanks. */
    while (scale->cell && used > 1 &&
           (line[used - 1].paint == PAINT_IDLE
                ? (used - 1) % scale->cell != 0
                : scale->gap && line[used - 1].last))
        used--;
    for (int c = 0; c < used; c++) {
        const struct column *column = &line[c];
        /* Of a cell of idle time only the first column shows. */
        bool gap = column->paint == PAINT_IDLE
                       ? scale->cell && c % scale->cell != 0
                       : scale->gap && column->last;
        unsigned char paint =
            gap && column->glyph == '-' ? PAINT_IDLE : column->paint;

        if (style->colour && paint != painted)
            fputs(colour_of(paint), out);
        painted = paint;
        print_column(out, column, gap, style);
    }
    if (style->colour && painted != PAINT_IDLE)
        fputs(colour_of(PAINT_IDLE), out);
    fputc('\n', out);
}

static void
clear_line(struct column *line, const struct scale *scale)
{
    for (int c = 0; c < scale->width; c++)
        line[c] = (struct column){.glyph = '.', .paint = PAINT_IDLE};
}

void
timeline_print(FILE *out, const struct plan *plan, const struct trace *trace,
               const struct timeline_style *style)
{
    int digits = digits_of(trace);
    struct scale scale = choose_scale(plan, trace, style, 6 + digits);
    struct column *line;

    if (scale.end == 0)
        return;
    line = memory_new((size_t)scale.width + 1, sizeof *line);
    for (int r = 0; r < trace->ranks; r++) {
        clear_line(line, &scale);
        for (size_t i = 0; i < trace->lanes[r].count; i++) {
            const struct span *span = &trace->lanes[r].spans[i];

            if (block_drawn(span))
                draw_block(line, &scale, plan, span, span->action.kind);
        }
        fprintf(out, "rank %*d ", digits, r);
        print_line(out, line, &scale, style);
    }
    free(line);
}

/* What a rank has done, and in small letters what it has not. */
static void
draw_progress(struct column *line, const struct scale *scale,
              const struct plan *plan, const struct lane *whole,
              const struct lane *done, bool moves_next)
{
    for (size_t i = 0; i < whole->count; i++) {
        bool is_done = i < done->count;
        const struct span *span = is_done ? &done->spans[i] : &whole->spans[i];
        unsigned char paint = is_done ? span->action.kind
                              : moves_next && i == done->count ? PAINT_NEXT
                                                               : PAINT_TO_COME;

        if (block_drawn(span))
            draw_block(line, scale, plan, span, paint);
    }
}

/* The mark under a moment, with its number on the side where there is room. */
static void
print_now(FILE *out, const struct scale *scale, int64_t now)
{
    int column =
        scale->margin + column_of(scale, now < scale->end ? now : scale->end);
    int length = snprintf(NULL, 0, "t=%lld ", (long long)now);

    if (column + length < scale->margin + scale->width)
        fprintf(out, "%*s^ t=%lld\n", column, "", (long long)now);
    else
        fprintf(out, "%*st=%lld ^\n", column - length, "", (long long)now);
}

void
timeline_print_progress(FILE *out, const struct plan *plan,
                        const struct trace *whole,
                        const struct timeline_progress *progress,
                        const struct timeline_style *style)
{
    int digits = digits_of(whole);
    struct scale scale = choose_scale(plan, whole, style, 8 + digits);
    struct column *line;

    if (scale.end == 0)
        return;
    line = memory_new((size_t)scale.width + 1, sizeof *line);
    for (int r = 0; r < whole->ranks; r++) {
        bool next = r == progress->next[0] || r == progress->next[1];

        clear_line(line, &scale);
        draw_progress(line, &scale, plan, &whole->lanes[r],
                      &progress->done->lanes[r], next);
        fprintf(out, "%c rank %*d ", next ? '>' : ' ', digits, r);
        print_line(out, line, &scale, style);
    }
    print_now(out, &scale, progress->now);
    free(line);
}
