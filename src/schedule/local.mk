noinst_LIBRARIES += %D%/libschedule.a
src_schedule_libschedule_a_SOURCES = \
	%D%/action.c \
	%D%/action.def \
	%D%/action.h \
	%D%/check.c \
	%D%/check.h \
	%D%/cost.c \
	%D%/cost.h \
	%D%/csv.c \
	%D%/csv.h \
	%D%/footprint.c \
	%D%/footprint.h \
	%D%/lower.c \
	%D%/lower.h \
	%D%/placement.c \
	%D%/placement.h \
	%D%/plan.c \
	%D%/plan.h \
	%D%/policy.c \
	%D%/policy.h \
	%D%/policy_1f1b.c \
	%D%/policy_gpipe.c \
	%D%/policy_naive.c \
	%D%/slots.c \
	%D%/slots.h \
	%D%/stuck.c \
	%D%/stuck.h \
	%D%/turn.h \
	%D%/walk.c \
	%D%/walk.h
