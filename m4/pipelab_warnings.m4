# PIPELAB_WARNINGS -- set WARN_CFLAGS to what this compiler knows of our list,
# and NUMBER_CFLAGS to the flags that keep floating point the same everywhere.
#
# -ffp-contract=off: a fused multiply-add in a vector loop but not in its
# remainder would round the same weight differently at another array offset.
# -fno-math-errno, -fno-trapping-math: let sqrtf be one instruction and loops
# be vectorised; neither changes a result.
AC_DEFUN([PIPELAB_WARNINGS], [
AC_ARG_ENABLE([werror],
  [AS_HELP_STRING([--enable-werror], [treat warnings as errors])],
  [], [enable_werror=no])
WARN_CFLAGS=
NUMBER_CFLAGS=
m4_foreach_w([flag], [-Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes
  -Wmissing-prototypes -Wpointer-arith -Wvla],
  [PIPELAB_TRY_CFLAG(flag, [WARN_CFLAGS])])
m4_foreach_w([flag], [-ffp-contract=off -fno-math-errno -fno-trapping-math
  -ftree-vectorize -fvect-cost-model=dynamic],
  [PIPELAB_TRY_CFLAG(flag, [NUMBER_CFLAGS])])
AS_IF([test "x$enable_werror" = xyes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
AC_SUBST([WARN_CFLAGS])
AC_SUBST([NUMBER_CFLAGS])
])

# PIPELAB_TRY_CFLAG(FLAG, VARIABLE) -- append FLAG if the compiler takes it.
AC_DEFUN([PIPELAB_TRY_CFLAG], [
pipelab_save_CFLAGS=$CFLAGS
CFLAGS="$CFLAGS -Werror $1"
AC_MSG_CHECKING([whether $CC takes $1])
AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
  [AC_MSG_RESULT([yes])
   AS_VAR_APPEND([$2], [" $1"])],
  [AC_MSG_RESULT([no])])
CFLAGS=$pipelab_save_CFLAGS
])
