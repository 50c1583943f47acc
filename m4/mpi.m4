# PIPELAB_MPI -- MPI, for pipelab-mpi: by what mpicc shows, or by pkg-config.
# Without it all but that program builds. pipelab_mpi is openmpi, mpich, other
# (one that is neither) or no. MPIRUN is the launcher that goes with it.
AC_DEFUN([PIPELAB_MPI], [
AC_ARG_WITH([mpi],
  [AS_HELP_STRING([--with-mpi=NAME],
    [build pipelab-mpi with openmpi or mpich; no: without (default: what mpicc
     in PATH is for, or pkg-config finds)])],
  [], [with_mpi=check])
pipelab_mpi=no
AS_CASE([$with_mpi],
  [no], [],
  [openmpi],
    [PKG_CHECK_MODULES([MPI], [ompi-c], [pipelab_mpi=found],
       [PIPELAB_MPICC([mpicc.openmpi mpicc])])],
  [mpich],
    [PKG_CHECK_MODULES([MPI], [mpich], [pipelab_mpi=found],
       [PIPELAB_MPICC([mpicc.mpich mpicc])])],
  [check | yes],
    # A cluster's modules put their mpicc first in PATH.
    [PIPELAB_MPICC([mpicc])
     AS_IF([test "x$pipelab_mpi" = xno],
       [PKG_CHECK_MODULES([MPI], [ompi-c], [pipelab_mpi=found],
          [PKG_CHECK_MODULES([MPI], [mpich], [pipelab_mpi=found], [:])])])],
  [AC_MSG_ERROR([--with-mpi=$with_mpi: name openmpi, mpich or no])])
AS_IF([test "x$pipelab_mpi" != xno], [PIPELAB_MPI_WHICH])
AS_CASE([$with_mpi:$pipelab_mpi],
  [no:* | check:*], [],
  [yes:no | openmpi:no | mpich:no | openmpi:mpich | mpich:openmpi],
    [AC_MSG_ERROR([--with-mpi=$with_mpi, but what is found is $pipelab_mpi. Install it:
    Debian, Ubuntu:  apt-get install libopenmpi-dev openmpi-bin
                 or  apt-get install libmpich-dev mpich
    or load its module, so that mpicc is in PATH])])
AS_CASE([$pipelab_mpi],
  [openmpi], [AC_PATH_PROGS([MPIRUN], [mpirun.openmpi mpirun])],
  [mpich], [AC_PATH_PROGS([MPIRUN], [mpirun.mpich mpiexec.hydra mpirun])],
  [AC_PATH_PROGS([MPIRUN], [mpirun mpiexec])])
AC_SUBST([pipelab_mpi])
AM_CONDITIONAL([HAVE_MPI], [test "x$pipelab_mpi" != xno])
])

# PIPELAB_MPICC(NAMES) -- set MPI_CFLAGS and MPI_LIBS to what the first of these
# wrappers shows of the compiler's command line.
AC_DEFUN([PIPELAB_MPICC], [
AC_PATH_PROGS([MPICC], [$1])
AS_IF([test -n "$MPICC"],
  [AC_MSG_CHECKING([what $MPICC adds])
   MPI_CFLAGS= MPI_LIBS=
   for word in `$MPICC -show 2>&AS_MESSAGE_LOG_FD`; do
     AS_CASE([$word],
       [-I* | -D*], [AS_VAR_APPEND([MPI_CFLAGS], [" $word"])],
       [-L* | -l* | -Wl,*], [AS_VAR_APPEND([MPI_LIBS], [" $word"])])
   done
   AC_MSG_RESULT([$MPI_CFLAGS$MPI_LIBS])
   AS_IF([test -n "$MPI_LIBS"], [pipelab_mpi=found])])
])

# PIPELAB_MPI_WHICH -- set pipelab_mpi to what mpi.h is of; no if a program
# does not link with it.
AC_DEFUN([PIPELAB_MPI_WHICH], [
pipelab_save_CPPFLAGS=$CPPFLAGS
pipelab_save_LIBS=$LIBS
CPPFLAGS="$CPPFLAGS $MPI_CFLAGS"
LIBS="$MPI_LIBS $LIBS"
AC_MSG_CHECKING([which MPI it is])
AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <mpi.h>]], [[MPI_Finalize();]])],
  [pipelab_mpi=other
   PIPELAB_MPI_DEFINES([OPEN_MPI], [openmpi])
   PIPELAB_MPI_DEFINES([MPICH_VERSION], [mpich])],
  [pipelab_mpi=no])
AC_MSG_RESULT([$pipelab_mpi])
CPPFLAGS=$pipelab_save_CPPFLAGS
LIBS=$pipelab_save_LIBS
AC_SUBST([MPI_CFLAGS])
AC_SUBST([MPI_LIBS])
])

# PIPELAB_MPI_DEFINES(MACRO, NAME) -- set pipelab_mpi to NAME if mpi.h has MACRO.
AC_DEFUN([PIPELAB_MPI_DEFINES], [
AC_PREPROC_IFELSE([AC_LANG_SOURCE([[#include <mpi.h>
#ifndef $1
#error another
#endif]])], [pipelab_mpi=$2])
])
