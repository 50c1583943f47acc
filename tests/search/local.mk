pure_tests += %D%/check_search
tests_search_check_search_SOURCES = \
	%D%/cases.h \
	%D%/check_search.c \
	%D%/greedy.c \
	%D%/list.c \
	%D%/meet.c \
	%D%/memory.c \
	%D%/optimum.c \
	%D%/optimum.h \
	%D%/papers.c \
	%D%/retime.c \
	%D%/schedule.c \
	%D%/sweep.c \
	%D%/tune.c \
	tests/plan/plans.c \
	tests/plan/plans.h \
	tests/sim/runs.c \
	tests/sim/runs.h \
	tests/suite.h
tests_search_check_search_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_search_check_search_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_search_check_search_LDADD = src/search/libsearch.a \
	src/policy/libpolicy.a src/sim/libsim.a src/trace/libtrace.a \
	src/plan/libplan.a src/base/libbase.a $(CHECK_LIBS)
