/* page.c -- writes the page to play with, with a run's data or without. */
#include "config.h"

#include "page/page.h"

#include "page/page_bytes.h"

#include <string.h>

/* Where a run's data goes, and what stands there without one. */
static const char place[] = "id=\"run-data\">";
static const char nothing[] = "null";

bool
page_there(struct cause *cause)
{
    return *page_bytes ||
           fail(cause, "this program was built without its page; run "
                       "./bootstrap page in the source tree, which installs "
                       "what that needs");
}

/* "</script>" in a text would end the data, so '<' is written as JSON may. */
static void
write_data(FILE *out, const char *run)
{
    for (const char *c = run; *c; c++)
        if (*c == '<')
            fputs("\\u003c", out);
        else
            fputc(*c, out);
}

void
page_write(FILE *out, const char *run)
{
    const char *page = (const char *)page_bytes;
    const char *data = strstr(page, place);

    if (run && data) {
        data += strlen(place);
        fwrite(page, 1, (size_t)(data - page), out);
        write_data(out, run);
        page = data + strlen(nothing);
    }
    fputs(page, out);
}
