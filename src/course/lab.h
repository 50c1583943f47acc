/* lab.h -- the course as labs.
 *
 * A lab says what to look at, computes and shows it, and states claims about
 * it. Each claim is checked and printed with its figures. To add one: write
 * lab_NAME.c, which defines lab_NAME with its run and its sheet, and add its
 * line to labs.def. */
#ifndef PIPELAB_COURSE_LAB_H
#define PIPELAB_COURSE_LAB_H

#include "base/error.h"
#include "course/sheet.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct lab;

enum { LAB_LINES = 8 };

struct lab_page {
    const char *name;
    const char *summary; /* one line */
    void (*run)(struct lab *lab);
    void (*sheet)(struct sheet *sheet); /* fills one: what to do on paper */
    /* Commands to type next, one a line, up to the first NULL. */
    const char *shell[LAB_LINES];
    const char *gdb[LAB_LINES]; /* the first starts gdb */
};

struct claim {
    const char *text;
    bool holds;
    char figures[240];
};

/* A page being run. */
struct lab {
    FILE *out;
    struct claim *claims;
    size_t count;
    size_t room;
    int broken;    /* number of claims that do not hold */
    bool claiming; /* the last output was a claim */
};

/* A paragraph, broken into lines between its words. */
void
lab_say(struct lab *lab, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Where to print what the program has computed. */
FILE *
lab_show(struct lab *lab);

/* A claim (borrowed), whether it holds, and its figures. */
void
lab_claim(struct lab *lab, bool holds, const char *text, const char *figures,
          ...) __attribute__((format(printf, 4, 5)));

/* Runs a page and prints it as text or as JSON, with all that it shows. False
 * with the cause if a claim does not hold. */
bool
lab_run(const struct lab_page *page, FILE *out, bool as_json,
        struct cause *cause);

#define LAB(word) extern const struct lab_page lab_##word;
#include "course/labs.def"
#undef LAB

/* How a sheet is printed: as a page, as a spreadsheet, for a program. */
enum lab_sheet_format { LAB_SHEET_TEXT, LAB_SHEET_CSV, LAB_SHEET_JSON };

/* Prints the sheet of a page, filled or to be filled. */
void
lab_print_sheet(const struct lab_page *page, FILE *out, bool filled,
                enum lab_sheet_format format);

/* The course's page number i, or NULL past its end. */
const struct lab_page *
lab_page_at(int i);

/* NULL with the cause if the course has no such lab. */
const struct lab_page *
lab_page_find(const char *name, struct cause *cause);

#endif
