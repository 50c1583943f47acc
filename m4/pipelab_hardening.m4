# PIPELAB_HARDENING -- set HARDEN_CFLAGS and HARDEN_LDFLAGS to what the
# compiler and the linker know of the usual defences: checked string functions,
# stack protector, position-independent program, read-only relocations.
#
# Sanitizers do all of this better, and checked functions need an optimiser.
AC_DEFUN([PIPELAB_HARDENING], [
HARDEN_CFLAGS=
HARDEN_LDFLAGS=
AS_IF([test "x$pipelab_sanitizer" = xno],
  [PIPELAB_TRY_CFLAG([-fstack-protector-strong], [HARDEN_CFLAGS])
   AS_CASE([" $CFLAGS "],
     [*" -O0 "*], [],
     [*" -O"*], [PIPELAB_TRY_CFLAG([-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2],
        [HARDEN_CFLAGS])])
   PIPELAB_TRY_LDFLAG([-pie -fPIE], [HARDEN_LDFLAGS])
   PIPELAB_TRY_LDFLAG([-Wl,-z,relro], [HARDEN_LDFLAGS])
   PIPELAB_TRY_LDFLAG([-Wl,-z,now], [HARDEN_LDFLAGS])
   AS_CASE(["$HARDEN_LDFLAGS"], [*-pie*],
     [AS_VAR_APPEND([HARDEN_CFLAGS], [" -fPIE"])])])
AC_SUBST([HARDEN_CFLAGS])
AC_SUBST([HARDEN_LDFLAGS])
])

# PIPELAB_TRY_LDFLAG(FLAG, VARIABLE) -- append FLAG if programs link with it.
AC_DEFUN([PIPELAB_TRY_LDFLAG], [
pipelab_save_LDFLAGS=$LDFLAGS
LDFLAGS="$LDFLAGS $1"
AC_MSG_CHECKING([whether programs link with $1])
AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
  [AC_MSG_RESULT([yes])
   AS_VAR_APPEND([$2], [" $1"])],
  [AC_MSG_RESULT([no])])
LDFLAGS=$pipelab_save_LDFLAGS
])
