# PIPELAB_OPENBLAS -- cblas_sgemm, by pkg-config or in the usual places.
# Another CBLAS works too; then nothing can keep it to one thread per rank.
AC_DEFUN([PIPELAB_OPENBLAS], [
PKG_CHECK_MODULES([OPENBLAS], [openblas], [pipelab_openblas=pkg-config],
  [pipelab_openblas=no
   pipelab_save_LIBS=$LIBS
   AC_CHECK_HEADER([cblas.h],
     [AC_SEARCH_LIBS([cblas_sgemm], [openblas cblas blas],
        [pipelab_openblas=$ac_cv_search_cblas_sgemm
         AS_CASE([$ac_cv_search_cblas_sgemm],
           [-l*], [OPENBLAS_LIBS=$ac_cv_search_cblas_sgemm])])])
   LIBS=$pipelab_save_LIBS])
AS_IF([test "x$pipelab_openblas" = xno],
  [AC_MSG_ERROR([OpenBLAS (cblas.h and cblas_sgemm) is missing. Install it:
    Debian, Ubuntu:  apt-get install libopenblas-dev pkg-config
    Fedora:          dnf install openblas-devel pkgconf
    macOS:           brew install openblas pkg-config, and PKG_CONFIG_PATH
                     with $(brew --prefix openblas)/lib/pkgconfig
    or let ./bootstrap run do it])])
pipelab_save_LIBS=$LIBS
LIBS="$OPENBLAS_LIBS $LIBS"
AC_CHECK_FUNCS([openblas_set_num_threads])
LIBS=$pipelab_save_LIBS
])

# PIPELAB_ZLIB -- gzopen, for data files plain or .gz.
AC_DEFUN([PIPELAB_ZLIB], [
pipelab_zlib=no
AC_CHECK_HEADER([zlib.h],
  [AC_CHECK_LIB([z], [gzread], [pipelab_zlib=yes])])
AS_IF([test "x$pipelab_zlib" = xno],
  [AC_MSG_ERROR([zlib is missing. Install it:
    Debian, Ubuntu:  apt-get install zlib1g-dev
    Fedora:          dnf install zlib-devel
    or let ./bootstrap run do it])])
AC_SUBST([ZLIB_LIBS], [-lz])
])

# PIPELAB_JANSSON -- the JSON in a checkpoint's header, by pkg-config or in the
# usual places.
AC_DEFUN([PIPELAB_JANSSON], [
PKG_CHECK_MODULES([JANSSON], [jansson >= 2.7], [pipelab_jansson=yes],
  [pipelab_jansson=no
   AC_CHECK_HEADER([jansson.h],
     [AC_CHECK_LIB([jansson], [json_loadb],
        [pipelab_jansson=yes
         JANSSON_LIBS=-ljansson])])])
AS_IF([test "x$pipelab_jansson" = xno],
  [AC_MSG_ERROR([Jansson is missing. Install it:
    Debian, Ubuntu:  apt-get install libjansson-dev
    Fedora:          dnf install jansson-devel
    macOS:           brew install jansson
    or let ./bootstrap run do it])])
])

# PIPELAB_LIBEDIT -- editing and history for pipelab step; it does without.
AC_DEFUN([PIPELAB_LIBEDIT], [
AC_ARG_WITH([libedit],
  [AS_HELP_STRING([--without-libedit], [no editing of lines in pipelab step])],
  [], [with_libedit=check])
pipelab_libedit=no
AS_IF([test "x$with_libedit" != xno],
  [PKG_CHECK_MODULES([LIBEDIT], [libedit],
     [pipelab_libedit=yes
      AC_DEFINE([HAVE_LIBEDIT], [1], [libedit is there])],
     [AS_IF([test "x$with_libedit" = xyes],
        [AC_MSG_ERROR([libedit is missing; on Debian: apt-get install libedit-dev])])])])
])

# PIPELAB_CHECK -- the unit-test library; without it all but the tests builds.
AC_DEFUN([PIPELAB_CHECK], [
PKG_CHECK_MODULES([CHECK], [check >= 0.15],
  [pipelab_check=yes
   # A test that counts in a malloc() of its own is called from libraries.
   CHECK_CFLAGS="$CHECK_CFLAGS -fvisibility=default"],
  [pipelab_check=no])
AM_CONDITIONAL([HAVE_CHECK], [test "x$pipelab_check" = xyes])
])
