# PIPELAB_SHARED -- set PIC_CFLAGS so that the rooms can be linked into a shared
# library too, whose functions are hidden but for those that say otherwise.
# Without it all but the library builds. Programs run with sanitizers, and so
# would every program that loads the library have to.
AC_DEFUN([PIPELAB_SHARED], [
PIC_CFLAGS=
AC_CACHE_CHECK([for shared libraries with hidden functions],
  [pipelab_cv_shared],
  [pipelab_cv_shared=no
   cat >conftest.c <<'END'
int hidden(void) { return 1; }
__attribute__((visibility("default"))) int seen(void) { return hidden(); }
END
   AS_IF([test "x$pipelab_sanitizer" = xno &&
          $CC $CFLAGS -fPIC -fvisibility=hidden -shared \
            -Wl,-soname,libconftest.so.0 -Wl,--no-undefined \
            -o conftest.so conftest.c >&AS_MESSAGE_LOG_FD 2>&1],
     [pipelab_cv_shared=yes])
   rm -f conftest.c conftest.so])
AS_IF([test "x$pipelab_cv_shared" = xyes],
  [PIC_CFLAGS="-fPIC -fvisibility=hidden"
   # In config.h, so that all objects are made anew when it changes.
   AC_DEFINE([HAVE_SHARED], [1], [the rooms go into a shared library too])])
AC_SUBST([PIC_CFLAGS])
AM_CONDITIONAL([HAVE_SHARED], [test "x$pipelab_cv_shared" = xyes])
])
