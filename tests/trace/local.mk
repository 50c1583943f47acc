pure_tests += %D%/check_trace
tests_trace_check_trace_SOURCES = %D%/check_trace.c tests/suite.h
tests_trace_check_trace_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_trace_check_trace_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_trace_check_trace_LDADD = src/trace/libtrace.a \
	src/plan/libplan.a src/base/libbase.a $(CHECK_LIBS)
