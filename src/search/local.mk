noinst_LIBRARIES += %D%/libsearch.a
src_search_libsearch_a_SOURCES = \
	%D%/balance.c \
	%D%/balance.h \
	%D%/list_schedule.c \
	%D%/list_schedule.h \
	%D%/schedule.c \
	%D%/schedule.h \
	%D%/search.c \
	%D%/search.h
