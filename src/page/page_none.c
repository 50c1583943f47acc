/* page_none.c -- stands in for the page in a program that was built without
 * the tools for it. */
#include "config.h"

#include "page/page_bytes.h"

const unsigned char page_bytes[] = "";
