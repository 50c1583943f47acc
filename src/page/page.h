/* page.h -- the page to play with: one HTML file, which the program carries.
 *
 *   page_write(out, NULL)   the page by itself
 *   page_write(out, run)    with a run's data, which it opens with
 *
 * The file is made of the parts in this folder (see doc/page.md) and the
 * engine, pipelab.wasm. A program that was built without the tools for that has
 * no page. */
#ifndef PIPELAB_PAGE_PAGE_H
#define PIPELAB_PAGE_PAGE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* False with the cause, and how to get a page, if the program has none. */
bool
page_there(struct cause *cause);

/* Writes the page, which is there. run: one value of JSON, or NULL. The caller
 * checks the stream for errors. */
void
page_write(FILE *out, const char *run);

#endif
