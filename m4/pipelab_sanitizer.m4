# PIPELAB_SANITIZER -- --enable-sanitizer=address,undefined or =thread.
# Sets SAN_CFLAGS, and SAN_RUN to what must stand before a program so that the
# sanitizer's runtime starts (ThreadSanitizer needs a small address-space
# randomisation; "setarch -R" turns it off where it is too large).
AC_DEFUN([PIPELAB_SANITIZER], [
AC_ARG_ENABLE([sanitizer],
  [AS_HELP_STRING([--enable-sanitizer=LIST],
    [build with -fsanitize=LIST: address,undefined or thread])],
  [pipelab_sanitizer=$enableval], [pipelab_sanitizer=no])
SAN_CFLAGS=
SAN_RUN=
AS_CASE([$pipelab_sanitizer],
  [yes], [AC_MSG_ERROR([name the sanitizer: --enable-sanitizer=thread])],
  [no], [],
  [SAN_CFLAGS="-fsanitize=$pipelab_sanitizer -fno-sanitize-recover=all -fno-omit-frame-pointer"
   pipelab_save_CFLAGS=$CFLAGS
   CFLAGS="$CFLAGS $SAN_CFLAGS"
   AC_MSG_CHECKING([whether $SAN_CFLAGS works])
   AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
     [AS_IF([./conftest$ac_exeext 2>/dev/null],
        [AC_MSG_RESULT([yes])],
        [setarch -R ./conftest$ac_exeext 2>/dev/null],
        [SAN_RUN="setarch -R"
         AC_MSG_RESULT([yes, with setarch -R])],
        [AC_MSG_RESULT([no])
         AC_MSG_ERROR([programs built with $SAN_CFLAGS do not start here])])],
     [AC_MSG_RESULT([no])
      AC_MSG_ERROR([the compiler cannot link with $SAN_CFLAGS])])
   CFLAGS=$pipelab_save_CFLAGS])
AM_CONDITIONAL([SANITIZED], [test "x$pipelab_sanitizer" != xno])
AC_SUBST([SAN_CFLAGS])
AC_SUBST([SAN_RUN])
])
