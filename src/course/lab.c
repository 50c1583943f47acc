/* lab.c -- runs the labs: what they say, show and claim, as text or JSON. */
#include "config.h"

#include "course/lab.h"

#include "base/called.h"
#include "base/columns.h"
#include "base/memory.h"
#include "base/json.h"
#include "base/near.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct lab_page *const pages[] = {
#define LAB(word) &lab_##word,
#include "course/labs.def"
#undef LAB
};

enum { PAGES = sizeof pages / sizeof *pages, WIDTH = 79 };

const struct lab_page *
lab_page_at(int i)
{
    return i >= 0 && i < PAGES ? pages[i] : NULL;
}

const struct lab_page *
lab_page_find(const char *name, struct cause *cause)
{
    struct near near;

    near_begin(&near, name, strlen(name));
    for (int i = 0; i < PAGES; i++) {
        if (strcmp(pages[i]->name, name) == 0)
            return pages[i];
        near_try(&near, pages[i]->name);
    }
    if (near.name)
        fail(cause, "%.60s is no lab; did you mean %s? See pipelab lab", name,
             near.name);
    else
        fail(cause, "%.60s is no lab; pipelab lab lists them", name);
    return NULL;
}

/* ---- what a lab is written with ---- */

/* The lead and then the text's words as they fit, all lines but the first
 * behind the indent. */
static void
print_wrapped(FILE *out, const char *lead, const char *text, int indent)
{
    char line[2400];

    snprintf(line, sizeof line, "%-*s%s%s", indent, lead,
             (int)strlen(lead) >= indent && *lead ? " " : "", text);
    columns_print(out, line, WIDTH, indent);
}

void
lab_say(struct lab *lab, const char *format, ...)
{
    char text[2048];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    print_wrapped(lab_show(lab), "", text, 0);
}

FILE *
lab_show(struct lab *lab)
{
    fputc('\n', lab->out);
    lab->claiming = false;
    return lab->out;
}

void
lab_claim(struct lab *lab, bool holds, const char *text, const char *figures,
          ...)
{
    enum { INDENT = 7 };
    struct claim *claim;
    va_list arguments;

    memory_grow(&lab->claims, &lab->room, lab->count, sizeof *lab->claims);
    claim = &lab->claims[lab->count++];
    *claim = (struct claim){.text = text, .holds = holds};
    va_start(arguments, figures);
    vsnprintf(claim->figures, sizeof claim->figures, figures, arguments);
    va_end(arguments);
    lab->broken += !holds;
    if (!lab->claiming)
        lab_show(lab);
    lab->claiming = true;
    print_wrapped(lab->out, holds ? "holds:" : "does not hold:", text, INDENT);
    print_wrapped(lab->out, "", claim->figures, INDENT);
}

/* ---- running one ---- */

/* Each line behind the prompt that it is typed at; the first at the shell's. */
static void
print_lines(FILE *out, const char *heading, const char *prompt,
            const char *const lines[])
{
    if (lines[0])
        fprintf(out, "\n%s\n", heading);
    for (int i = 0; i < LAB_LINES && lines[i]; i++) {
        bool shell = i == 0 || *prompt == '$';

        fprintf(out, "  %s", shell ? "$ " : prompt);
        if (shell)
            called_print(out, lines[i]);
        else
            fputs(lines[i], out);
        fputc('\n', out);
    }
}

static const struct lab_page *
page_after(const struct lab_page *page)
{
    for (int i = 0; i < PAGES; i++)
        if (pages[i] == page)
            return lab_page_at(i + 1);
    return NULL;
}

static void
run_text(struct lab *lab, const struct lab_page *page)
{
    const struct lab_page *next = page_after(page);

    fprintf(lab->out, "%s: %s\n", page->name, page->summary);
    page->run(lab);
    print_lines(lab->out, "On from here:", "$ ", page->shell);
    print_lines(lab->out, "In gdb:", "(gdb) ", page->gdb);
    if (next) {
        called_print(lab->out, "\nNext: pipelab lab ");
        fprintf(lab->out, "%s\n", next->name);
    }
}

static void
json_lines(struct json *json, const char *key, const char *const lines[])
{
    json_open(json, key, '[');
    for (int i = 0; i < LAB_LINES && lines[i]; i++)
        json_text(json, NULL, lines[i]);
    json_close(json, ']');
}

static void
json_claims(struct json *json, const struct lab *lab)
{
    json_open(json, "claims", '[');
    for (size_t i = 0; i < lab->count; i++) {
        const struct claim *claim = &lab->claims[i];

        json_open(json, NULL, '{');
        json_text(json, "claim", claim->text);
        json_bool(json, "holds", claim->holds);
        json_text(json, "figures", claim->figures);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void
run_json(struct lab *lab, const struct lab_page *page)
{
    struct json json = {.out = lab->out};
    char *shown = NULL;
    size_t size = 0;

    lab->out = open_memstream(&shown, &size);
    if (!lab->out)
        die("no memory for what lab %s shows", page->name);
    page->run(lab);
    fclose(lab->out);
    json_open(&json, NULL, '{');
    json_text(&json, "name", page->name);
    json_text(&json, "summary", page->summary);
    json_bool(&json, "holds", lab->broken == 0);
    json_claims(&json, lab);
    json_text(&json, "shown", shown);
    json_lines(&json, "shell", page->shell);
    json_lines(&json, "gdb", page->gdb);
    json_close(&json, '}');
    fputc('\n', json.out);
    free(shown);
}

static void
sheet_page(const struct lab_page *page, FILE *out, const struct sheet *sheet,
           bool filled)
{
    fprintf(out, "%s: %s\n", page->name, page->summary);
    if (!filled)
        fputs("name: ____________________    date: ____________\n", out);
    fputc('\n', out);
    sheet_print(out, sheet, filled);
}

static void
sheet_object(const struct lab_page *page, FILE *out, const struct sheet *sheet,
             bool filled)
{
    struct json json = {.out = out};

    json_open(&json, NULL, '{');
    json_text(&json, "name", page->name);
    json_text(&json, "sheet", filled ? "filled" : "blank");
    sheet_json(&json, sheet, filled);
    json_close(&json, '}');
    fputc('\n', out);
}

void
lab_print_sheet(const struct lab_page *page, FILE *out, bool filled,
                enum lab_sheet_format format)
{
    struct sheet sheet = {.count = 0};

    page->sheet(&sheet);
    if (format == LAB_SHEET_TEXT)
        sheet_page(page, out, &sheet, filled);
    else if (format == LAB_SHEET_CSV)
        sheet_csv(out, &sheet, filled);
    else
        sheet_object(page, out, &sheet, filled);
    sheet_fini(&sheet);
}

bool
lab_run(const struct lab_page *page, FILE *out, bool as_json,
        struct cause *cause)
{
    struct lab lab = {.out = out};

    (as_json ? run_json : run_text)(&lab, page);
    if (lab.broken > 0)
        fail(cause,
             "lab %s: claims that do not hold: %d of %zu; the figures under "
             "each say why",
             page->name, lab.broken, lab.count);
    free(lab.claims);
    return lab.broken == 0;
}
