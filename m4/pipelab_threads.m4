# PIPELAB_THREADS -- pthreads (required), core binding and thread names (used
# where they exist).
AC_DEFUN([PIPELAB_THREADS], [
PTHREAD_CFLAGS=-pthread
AC_SUBST([PTHREAD_CFLAGS])
pipelab_save_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS $PTHREAD_CFLAGS"
AC_MSG_CHECKING([for POSIX threads])
AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <pthread.h>]],
    [[pthread_t t; return pthread_create(&t, 0, 0, 0);]])],
  [AC_MSG_RESULT([yes])],
  [AC_MSG_RESULT([no])
   AC_MSG_ERROR([pipelab needs POSIX threads (cc -pthread)])])

AC_CACHE_CHECK([for pthread_setaffinity_np], [pipelab_cv_setaffinity],
  [AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <pthread.h>
#include <sched.h>]],
      [[cpu_set_t set;
        CPU_ZERO(&set);
        sched_getaffinity(0, sizeof set, &set);
        return pthread_setaffinity_np(pthread_self(), sizeof set, &set);]])],
    [pipelab_cv_setaffinity=yes], [pipelab_cv_setaffinity=no])])
AS_IF([test "x$pipelab_cv_setaffinity" = xyes],
  [AC_DEFINE([HAVE_SETAFFINITY], [1],
    [pthread_setaffinity_np() and cpu_set_t work])])

AC_CACHE_CHECK([for pthread_setname_np], [pipelab_cv_setname],
  [AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <pthread.h>]],
      [[return pthread_setname_np(pthread_self(), "rank-0");]])],
    [pipelab_cv_setname=yes], [pipelab_cv_setname=no])])
AS_IF([test "x$pipelab_cv_setname" = xyes],
  [AC_DEFINE([HAVE_SETNAME], [1],
    [pthread_setname_np() takes a thread and a name])])
CFLAGS=$pipelab_save_CFLAGS
])
