/* page_bytes.h -- the bytes of the built page, with a NUL behind them; an empty
 * text in a program without one. */
#ifndef PIPELAB_PAGE_PAGE_BYTES_H
#define PIPELAB_PAGE_PAGE_BYTES_H

extern const unsigned char page_bytes[];

#endif
