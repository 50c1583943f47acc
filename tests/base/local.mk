pure_tests += %D%/check_base
tests_base_check_base_SOURCES = %D%/cases.h \
	%D%/check_base.c %D%/columns.c %D%/list.c %D%/near.c %D%/text.c \
	tests/suite.h
tests_base_check_base_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_base_check_base_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_base_check_base_LDADD = src/base/libbase.a $(CHECK_LIBS)
