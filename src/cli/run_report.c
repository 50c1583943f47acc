/* run_report.c -- writes the page with a run's data in it. */
#include "config.h"

#include "cli/run_report.h"

#include "base/memory.h"
#include "base/output.h"
#include "page/page.h"

#include <stdlib.h>

bool
run_report_possible(const char *path, struct cause *cause)
{
    return page_there(cause) && output_possible("--html", path, cause);
}

void
run_report_begin(struct run_report *report, const char *path,
                 const char *command)
{
    *report = (struct run_report){.path = path};
    report->json.out = open_memstream(&report->text, &report->size);
    if (!report->json.out)
        die("out of memory for the report of %s", path);
    json_open(&report->json, NULL, '{');
    json_text(&report->json, "command", command);
}

bool
run_report_end(struct run_report *report, struct cause *cause)
{
    struct output output;
    bool written;

    json_close(&report->json, '}');
    if (fclose(report->json.out) != 0)
        die("out of memory for the report of %s", report->path);
    written = output_open(&output, "--html", report->path, false, cause);
    if (written) {
        page_write(output.out, report->text);
        written = output_close(&output, cause);
    }
    free(report->text);
    return written;
}
