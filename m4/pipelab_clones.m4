# PIPELAB_CLONES -- define VECTOR_CLONES to the attribute that compiles a
# function once for each vector width, the loader choosing the machine's; empty
# where the compiler lacks it, or under a sanitizer, whose runtime is not there
# yet when the loader chooses.
AC_DEFUN([PIPELAB_CLONES], [
AC_CACHE_CHECK([for functions compiled per vector width], [pipelab_cv_clones],
  [pipelab_cv_clones=no
   AS_IF([test "x$pipelab_sanitizer" = xno],
     [AC_RUN_IFELSE([AC_LANG_PROGRAM(
        [[static __attribute__((noinline,
            target_clones("avx512f", "avx2", "default"))) void
          add(float *a, const float *b, int n)
          { for (int i = 0; i < n; i++) a[i] += b[i]; }]],
        [[float a[9] = {1}, b[9] = {1};
          add(a, b, 9);
          return a[0] != 2.0f;]])],
        [pipelab_cv_clones=yes], [], [:])])])
AS_IF([test "x$pipelab_cv_clones" = xyes],
  [pipelab_clones='__attribute__((target_clones("avx512f", "avx2", "default")))'],
  [pipelab_clones=])
AC_DEFINE_UNQUOTED([VECTOR_CLONES], [$pipelab_clones],
  [Compiles an elementwise loop once for each vector width.])
])
