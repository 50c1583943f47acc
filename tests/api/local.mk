unit_tests += %D%/check_api
tests_api_check_api_SOURCES = %D%/check_api.c tests/suite.h
tests_api_check_api_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_api_check_api_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_api_check_api_LDADD = $(api_rooms) $(cluster_libs) $(CHECK_LIBS)
cli_tests += %D%/library.test %D%/wasm.test
EXTRA_DIST += %D%/calls.js %D%/library.py %D%/notebook.py python/pipelab.ipynb
if HAVE_SHARED
# For valgrind alone: make memcheck, make helgrind.
many_calls = %D%/many_calls$(EXEEXT)
EXTRA_PROGRAMS += %D%/many_calls
CLEANFILES += $(many_calls)
tests_api_many_calls_SOURCES = %D%/many_calls.c
tests_api_many_calls_LDADD = libpipelab.so
endif
if HAVE_WASM
tests/api/wasm.log: pipelab.wasm
endif
