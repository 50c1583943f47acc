/* timeline.c -- draws timelines in text, a row a rank. */
#include "config.h"

#include "report/timeline.h"

#include "base/columns.h"
#include "base/memory.h"
#include "report/block.h"
#include "report/lanes.h"

#include <ctype.h>
#include <langinfo.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct timeline_style
timeline_style_for(FILE *out)
{
    struct timeline_style style = {.width = columns_of(out)};
    const char *no_color = getenv("NO_COLOR");
    int fd = fileno(out);

    style.unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    style.colour = fd >= 0 && isatty(fd) && (!no_color || *no_color == '\0');
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

/* Columns of the highest rank's number. */
static int
digits_of(const struct trace *trace)
{
    return snprintf(NULL, 0, "%d", trace->ranks - 1);
}

/* Columns from .. to-1 of a drawing: what one window shows. next receives the
 * first column of the next window: a block that is cut, and of which no part
 * has room for its label, is shown there once more. */
struct window {
    int from;
    int to;
    int next;
};

static struct window
window_at(const struct lanes *lanes, int from)
{
    int to = from + lanes->window;

    if (to > lanes->columns)
        to = lanes->columns;
    return (struct window){from, to, to};
}

/* The label of the part of a block that a window shows, which may be none. */
static int
part_label(const struct lanes *lanes, const struct plan *plan,
           const struct lanes_block *block, int room, struct window *window,
           char label[ACTION_CELL_MAX])
{
    int length = block_label(plan, &block->span->action, label);

    if (!lanes->stages)
        length = block_strip(label);
    if (length <= room || room == block->to - block->from)
        return block_fit(label, room);
    if (block->to > window->to && block->from > window->from &&
        block->from < window->next)
        window->next = block->from;
    return 0;
}

static void
draw_block(struct column *line, const struct lanes *lanes,
           const struct plan *plan, const struct lanes_block *block,
           unsigned char paint, struct window *window)
{
    char label[ACTION_CELL_MAX];
    int from = block->from > window->from ? block->from : window->from;
    int to = block->to < window->to ? block->to : window->to;
    int length;

    if (from >= to)
        return;
    length = part_label(lanes, plan, block, to - from, window, label);
    if (paint >= ACTION_KINDS)
        for (int c = 0; c < length; c++)
            label[c] = (char)tolower((unsigned char)label[c]);
    for (int c = from; c < to; c++)
        line[c - window->from] = (struct column){
            .glyph = c - from < length ? label[c - from] : '-',
            .paint = paint,
            .last = c == block->to - 1,
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
    case ACTION_UNSHARD:
    case ACTION_REDUCE_GRAD:
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
print_line(FILE *out, const struct column *line, const struct lanes *lanes,
           const struct window *window, const struct timeline_style *style)
{
    unsigned char painted = PAINT_IDLE;
    int used = window->to - window->from;

    /* Leave out trailing blanks. */
    while (used > 1 && (line[used - 1].paint == PAINT_IDLE
                            ? lanes->cell && (used - 1) % lanes->cell != 0
                            : lanes->gap && line[used - 1].last))
        used--;
    for (int c = 0; c < used; c++) {
        const struct column *column = &line[c];
        /* Of a cell of idle time only the first column shows. */
        bool gap = column->paint == PAINT_IDLE
                       ? lanes->cell && c % lanes->cell != 0
                       : lanes->gap && column->last;
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
clear_line(struct column *line, const struct lanes *lanes)
{
    for (int c = 0; c < lanes->window; c++)
        line[c] = (struct column){.glyph = '.', .paint = PAINT_IDLE};
}

/* Where several windows show a drawing: when this one begins. */
static void
print_start(FILE *out, const struct lanes *lanes, const struct window *window,
            int margin, bool measured, struct time_unit unit)
{
    char text[COST_TEXT];
    int64_t time = lanes_time(lanes, window->from);

    if (lanes->columns <= lanes->window)
        return;
    if (measured)
        fprintf(out, "%*st=%.1f us\n", margin, "", (double)time * 1e-3);
    else
        fprintf(out, "%*st=%s\n", margin, "", cost_text(time, unit, text));
}

void
timeline_print(FILE *out, const struct plan *plan, const struct trace *trace,
               const struct timeline_style *style)
{
    int digits = digits_of(trace);
    int margin = 6 + digits;
    struct lanes lanes;
    struct window window;
    struct column *line;

    lanes_init(&lanes, plan, trace, style->scaled, style->width - margin);
    line = memory_new((size_t)lanes.window + 1, sizeof *line);
    for (int from = 0; from < lanes.columns; from = window.next) {
        window = window_at(&lanes, from);
        print_start(out, &lanes, &window, margin, style->scaled, trace->unit);
        for (int r = 0; r < trace->ranks; r++) {
            const struct lanes_row *row = &lanes.rows[r];

            clear_line(line, &lanes);
            for (size_t i = 0; i < row->count; i++)
                draw_block(line, &lanes, plan, &row->blocks[i],
                           row->blocks[i].span->action.kind, &window);
            fprintf(out, "rank %*d ", digits, r);
            print_line(out, line, &lanes, &window, style);
        }
    }
    free(line);
    lanes_fini(&lanes);
}

/* What a rank has done, and in small letters what it has not. */
static void
draw_progress(struct column *line, const struct lanes *lanes,
              const struct plan *plan, int rank,
              const struct timeline_progress *progress, bool moves_next,
              const struct lane *whole, struct window *window)
{
    const struct lanes_row *row = &lanes->rows[rank];
    size_t done = progress->done->lanes[rank].count;

    for (size_t i = 0; i < row->count; i++) {
        const struct span *span = row->blocks[i].span;
        size_t at = (size_t)(span - whole->spans);
        unsigned char paint = at < done                  ? span->action.kind
                              : moves_next && at == done ? PAINT_NEXT
                                                         : PAINT_TO_COME;

        draw_block(line, lanes, plan, &row->blocks[i], paint, window);
    }
}

/* The mark under a moment, with its number on the side where there is room. */
static void
print_now(FILE *out, const struct lanes *lanes, const struct window *window,
          int margin, int64_t now, struct time_unit unit)
{
    char text[COST_TEXT];
    int column = margin - window->from +
                 lanes_column(lanes, now < lanes->end ? now : lanes->end);
    int length = (int)strlen(cost_text(now, unit, text)) + 3;

    if (column + length < margin + lanes->window)
        fprintf(out, "%*s^ t=%s\n", column, "", text);
    else
        fprintf(out, "%*st=%s ^\n", column - length, "", text);
}

/* The window in which a moment is. */
static struct window
window_of(const struct lanes *lanes, int64_t now)
{
    int column = lanes_column(lanes, now < lanes->end ? now : lanes->end);
    int from = column / lanes->window * lanes->window;

    if (from > 0 && from == lanes->columns)
        from -= lanes->window;
    return window_at(lanes, from);
}

void
timeline_print_progress(FILE *out, const struct plan *plan,
                        const struct trace *whole,
                        const struct timeline_progress *progress,
                        const struct timeline_style *style)
{
    int digits = digits_of(whole);
    int margin = 8 + digits;
    struct lanes lanes;
    struct window window;
    struct column *line;

    lanes_init(&lanes, plan, whole, false, style->width - margin);
    if (lanes.end > 0) {
        window = window_of(&lanes, progress->now);
        line = memory_new((size_t)lanes.window + 1, sizeof *line);
        print_start(out, &lanes, &window, margin, false, whole->unit);
        for (int r = 0; r < whole->ranks; r++) {
            bool next = r == progress->next[0] || r == progress->next[1];

            clear_line(line, &lanes);
            draw_progress(line, &lanes, plan, r, progress, next,
                          &whole->lanes[r], &window);
            fprintf(out, "%c rank %*d ", next ? '>' : ' ', digits, r);
            print_line(out, line, &lanes, &window, style);
        }
        print_now(out, &lanes, &window, margin, progress->now, whole->unit);
        free(line);
    }
    lanes_fini(&lanes);
}
