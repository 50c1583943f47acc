unit_tests += %D%/check_schedule
tests_schedule_check_schedule_SOURCES = \
	%D%/action.c \
	%D%/broken.c \
	%D%/cases.h \
	%D%/check.c \
	%D%/check_schedule.c \
	%D%/cost.c \
	%D%/csv.c \
	%D%/dialects.c \
	%D%/figures.c \
	%D%/forward_only.c \
	%D%/footprint.c \
	%D%/lower.c \
	%D%/orders.c \
	%D%/plans.c \
	%D%/plans.h \
	%D%/policy.c \
	%D%/slots.c \
	%D%/stuck.c \
	%D%/why.c \
	tests/suite.h
tests_schedule_check_schedule_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_schedule_check_schedule_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_schedule_check_schedule_LDADD = src/schedule/libschedule.a \
	src/base/libbase.a $(CHECK_LIBS)
