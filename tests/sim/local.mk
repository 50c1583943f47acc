pure_tests += %D%/check_sim
tests_sim_check_sim_SOURCES = \
	%D%/attempt.c \
	%D%/capacity.c \
	%D%/check_sim.c \
	%D%/closed.c \
	%D%/cores.c \
	%D%/held.c \
	%D%/levels.c \
	%D%/period.c \
	%D%/runs.c \
	%D%/runs.h \
	%D%/spans.c \
	%D%/turns.c \
	tests/plan/plans.c \
	tests/plan/plans.h \
	tests/suite.h
tests_sim_check_sim_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_sim_check_sim_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_sim_check_sim_LDADD = src/sim/libsim.a src/trace/libtrace.a \
	src/plan/libplan.a src/base/libbase.a $(CHECK_LIBS)
