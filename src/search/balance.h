/* balance.h -- cuts layers in a row into stages so that a plan takes least
 * time.
 *
 * The best cut is not that of equal stages: a rank waits less at one end of
 * the pipe than at the other, and owns the first and the last layer only at
 * these. So each cut is tried on the plan itself. */
#ifndef PIPELAB_SEARCH_BALANCE_H
#define PIPELAB_SEARCH_BALANCE_H

/* What is to be cut. */
struct balance {
    int layers;
    int stages;         /* at most the layers */
    const double *work; /* layers: the time of each */
    /* The time of a cut, split[stages]; less is better. NULL: that of its
     * longest stage. */
    double (*time)(void *context, const int split[]);
    void *context;
};

/* Cuts are all tried where there are no more than this. */
enum { BALANCE_ALL = 3000 };

/* Writes the cut of least time into split[stages] and returns its time: of all
 * cuts, if they are no more than BALANCE_ALL. Otherwise begins with the cut
 * whose longest stage is shortest and hands single layers from stage to stage
 * while that helps. The same task always gives the same cut. */
double
balance_find(const struct balance *balance, int split[]);

#endif
