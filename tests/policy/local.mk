pure_tests += %D%/check_policy
tests_policy_check_policy_SOURCES = \
	%D%/cases.h \
	%D%/check_policy.c \
	%D%/copies.c \
	%D%/groups.c \
	%D%/orders.c \
	%D%/policy.c \
	%D%/ways.c \
	tests/plan/plans.c \
	tests/plan/plans.h \
	tests/suite.h
tests_policy_check_policy_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_policy_check_policy_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_policy_check_policy_LDADD = src/policy/libpolicy.a src/plan/libplan.a \
	src/base/libbase.a $(CHECK_LIBS)
