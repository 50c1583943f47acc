noinst_LIBRARIES += %D%/libsearch.a
src_search_libsearch_a_SOURCES = \
	%D%/balance.c \
	%D%/balance.h \
	%D%/beam.c \
	%D%/beam.h \
	%D%/beam_level.c \
	%D%/beam_level.h \
	%D%/beginning.c \
	%D%/beginning.h \
	%D%/bound.c \
	%D%/bound.h \
	%D%/limit.c \
	%D%/limit.h \
	%D%/list_schedule.c \
	%D%/list_schedule.h \
	%D%/list_search.c \
	%D%/list_search.h \
	%D%/problem.c \
	%D%/problem.h \
	%D%/retime.c \
	%D%/retime.h \
	%D%/rooms.c \
	%D%/rooms.h \
	%D%/schedule.c \
	%D%/schedule.h \
	%D%/search.c \
	%D%/search.h \
	%D%/tune.c \
	%D%/tune.h \
	%D%/tune_bound.c \
	%D%/tune_bound.h
