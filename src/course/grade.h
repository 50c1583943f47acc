/* grade.h -- scores a schedule file against par: the shortest schedule known
 * for its shape, costs and memory. */
#ifndef PIPELAB_COURSE_GRADE_H
#define PIPELAB_COURSE_GRADE_H

#include "cli/options.h"
#include "cli/status.h"

/* Prints what the file's schedule comes to and, with --par, its score:
 * par / makespan, in percent; none if it exceeds --max-activations, which is
 * STATUS_FAILED. Its text or JSON goes to stdout. Otherwise the cause says why
 * not. */
enum status
grade_file(const char *path, const struct options *options,
           struct cause *cause);

#endif
