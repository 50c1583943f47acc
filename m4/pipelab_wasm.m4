# PIPELAB_WASM -- set WASM_CC to a compiler that makes WebAssembly with WASI's C
# library, for the page. Without it all but the page builds.
AC_DEFUN([PIPELAB_WASM], [
AC_CHECK_PROGS([WASM_CC], [clang clang-19 clang-16 clang-15 clang-14])
AC_CACHE_CHECK([for WebAssembly with WASI], [pipelab_cv_wasm],
  [pipelab_cv_wasm=no
   cat >conftest.c <<'END'
#include <stdio.h>
#include <stdlib.h>
int given(const char *text) { return fprintf(stderr, "%s", text); }
END
   AS_IF([test -n "$WASM_CC" &&
          $WASM_CC --target=wasm32-wasi -mexec-model=reactor -O2 \
            -Wl,--export=given -o conftest.wasm conftest.c \
            >&AS_MESSAGE_LOG_FD 2>&1],
     [pipelab_cv_wasm=yes])
   rm -f conftest.c conftest.wasm])
AM_CONDITIONAL([HAVE_WASM], [test "x$pipelab_cv_wasm" = xyes])
AC_PATH_PROGS([NODE], [node nodejs])
])
