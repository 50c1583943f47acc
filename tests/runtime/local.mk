unit_tests += %D%/check_runtime
tests_runtime_check_runtime_SOURCES = \
	%D%/alloc.c \
	%D%/channel.c \
	%D%/check_runtime.c \
	%D%/deadlock.c \
	%D%/failure.c \
	%D%/fake_wire.c \
	%D%/fake_wire.h \
	%D%/far.c \
	%D%/lockstep.c \
	%D%/meeting.c \
	%D%/threads.c \
	%D%/toy.c \
	%D%/toy.h \
	%D%/virtual.c \
	%D%/wall.c \
	tests/plan/plans.c \
	tests/plan/plans.h \
	tests/suite.h
tests_runtime_check_runtime_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests \
	-I$(top_srcdir)/tests/plan
tests_runtime_check_runtime_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
# sim is the runtime's oracle here: both must leave the same virtual trace.
tests_runtime_check_runtime_LDADD = src/runtime/libruntime.a \
	src/search/libsearch.a src/policy/libpolicy.a src/sim/libsim.a \
	src/trace/libtrace.a src/plan/libplan.a \
	src/tensor/libtensor.a src/base/libbase.a $(OPENBLAS_LIBS) $(CHECK_LIBS)
