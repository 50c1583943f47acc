/* control_group.h -- how much memory the control groups of this process have
 * left. */
#ifndef PIPELAB_BASE_CONTROL_GROUP_H
#define PIPELAB_BASE_CONTROL_GROUP_H

#include <stddef.h>

/* Bytes left in the group of the process and in the groups around it: the
 * least of them, of version 2 or 1; SIZE_MAX where no group has a limit.
 * membership is /proc/self/cgroup, mount the directory /sys/fs/cgroup. Cached
 * pages of files count as left, because the system can reclaim them. */
size_t
control_group_left(const char *membership, const char *mount);

#endif
