noinst_LIBRARIES += %D%/libplan.a
src_plan_libplan_a_SOURCES = \
	%D%/action.c \
	%D%/action.def \
	%D%/action.h \
	%D%/check.c \
	%D%/check.h \
	%D%/cost.c \
	%D%/cost.h \
	%D%/csv.c \
	%D%/csv.h \
	%D%/csv_cell.c \
	%D%/csv_cell.h \
	%D%/csv_rows.c \
	%D%/csv_rows.h \
	%D%/footprint.c \
	%D%/footprint.h \
	%D%/forward_only.c \
	%D%/forward_only.h \
	%D%/level.c \
	%D%/level.h \
	%D%/lower.c \
	%D%/lower.h \
	%D%/match.c \
	%D%/match.h \
	%D%/placement.c \
	%D%/placement.h \
	%D%/plan.c \
	%D%/plan.h \
	%D%/program.c \
	%D%/program.h \
	%D%/slots.c \
	%D%/slots.h \
	%D%/timing.h \
	%D%/walk.c \
	%D%/walk.h \
	%D%/why.c \
	%D%/why.h
