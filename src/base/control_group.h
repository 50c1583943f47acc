/* control_group.h -- how much memory the control groups of this process have
 * left. */
#ifndef PIPELAB_BASE_CONTROL_GROUP_H
#define PIPELAB_BASE_CONTROL_GROUP_H

#include <stddef.h>

/* The least that the group of the process or a group around it has left, of
 * version 2 or 1; SIZE_MAX where none has a limit. membership is
 * /proc/self/cgroup, mount the directory /sys/fs/cgroup. Pages of files count
 * as left: the system takes them back. */
size_t
control_group_left(const char *membership, const char *mount);

#endif
