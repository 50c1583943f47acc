pure_tests += %D%/check_report
tests_report_check_report_SOURCES = \
	%D%/check_report.c %D%/chrome.c %D%/clocks.c %D%/drawn.c %D%/drawn.h %D%/memory.c \
	%D%/svg.c %D%/windows.c tests/plan/plans.c tests/plan/plans.h tests/suite.h
tests_report_check_report_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_report_check_report_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_report_check_report_LDADD = src/report/libreport.a \
	src/trace/libtrace.a src/plan/libplan.a src/base/libbase.a \
	$(CHECK_LIBS)
