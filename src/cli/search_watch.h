/* search_watch.h -- a search's line on a terminal, and the end that Ctrl-C
 * puts to it: the best plan so far is then the result. */
#ifndef PIPELAB_CLI_SEARCH_WATCH_H
#define PIPELAB_CLI_SEARCH_WATCH_H

#include "plan/cost.h"

#include <stdbool.h>
#include <stdint.h>

/* For means->searching: shows the best so far and its lower bound, and returns
 * whether the search goes on. The first call catches SIGINT. */
bool
search_watch_goes_on(double best, int64_t bound, struct time_unit unit);

/* For means->searched: clears the line and leaves SIGINT as it was. */
void
search_watch_end(void);

#endif
