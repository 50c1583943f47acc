# PIPELAB_PAGE: the page is made with the tools for WebAssembly, or is there
# already, as in a release.
AC_DEFUN([PIPELAB_PAGE],
[pipelab_page=no
AS_IF([test "x$pipelab_cv_wasm" = xyes], [pipelab_page=yes],
  [test -f "$srcdir/src/page/pipelab.html"], [pipelab_page="as released"])
AM_CONDITIONAL([HAVE_PAGE], [test "x$pipelab_page" != xno])
])
