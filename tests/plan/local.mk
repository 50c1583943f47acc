pure_tests += %D%/check_plan
tests_plan_check_plan_SOURCES = \
	%D%/action.c \
	%D%/broken.c \
	%D%/cases.h \
	%D%/check.c \
	%D%/check_plan.c \
	%D%/cost.c \
	%D%/csv.c \
	%D%/dialects.c \
	%D%/figures.c \
	%D%/forward_only.c \
	%D%/footprint.c \
	%D%/lower.c \
	%D%/meet.c \
	%D%/plans.c \
	%D%/posted.c \
	%D%/plans.h \
	%D%/sharding.c \
	%D%/slots.c \
	%D%/why.c \
	tests/suite.h
tests_plan_check_plan_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_plan_check_plan_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_plan_check_plan_LDADD = src/plan/libplan.a \
	src/base/libbase.a $(CHECK_LIBS)
