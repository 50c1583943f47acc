unit_tests += %D%/explore
tests_explore_explore_SOURCES = \
	%D%/explore.c \
	%D%/fibers.c \
	%D%/fibers.h \
	%D%/search.c \
	%D%/search.h \
	tests/runtime/toy.c \
	tests/runtime/toy.h \
	tests/plan/plans.c \
	tests/plan/plans.h
tests_explore_explore_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests \
	-I$(top_srcdir)/tests/runtime -I$(top_srcdir)/tests/plan
tests_explore_explore_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
fiber_ldflags = -Wl,--wrap=pthread_create -Wl,--wrap=pthread_join \
	-Wl,--wrap=pthread_mutex_init -Wl,--wrap=pthread_mutex_lock \
	-Wl,--wrap=pthread_mutex_unlock -Wl,--wrap=pthread_cond_wait \
	-Wl,--wrap=pthread_cond_broadcast -Wl,--wrap=pthread_cond_signal \
	-Wl,--wrap=sem_wait -Wl,--wrap=sem_post
tests_explore_explore_LDFLAGS = $(AM_LDFLAGS) $(fiber_ldflags) \
	-Wl,--wrap=cores_allowed -Wl,--wrap=cores_bind \
	-Wl,--wrap=cores_bind_thread -Wl,--wrap=cores_name_thread \
	-Wl,--wrap=board_clear -Wl,--wrap=clock_wall_ns
tests_explore_explore_LDADD = $(tests_runtime_check_runtime_LDADD)

unit_tests += %D%/explore_far
tests_explore_explore_far_SOURCES = \
	%D%/explore_far.c \
	%D%/fibers.c \
	%D%/fibers.h \
	%D%/search.c \
	%D%/search.h \
	tests/runtime/fake_wire.c \
	tests/runtime/fake_wire.h \
	tests/runtime/toy.c \
	tests/runtime/toy.h \
	tests/plan/plans.c \
	tests/plan/plans.h
tests_explore_explore_far_CPPFLAGS = $(tests_explore_explore_CPPFLAGS)
tests_explore_explore_far_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_explore_explore_far_LDFLAGS = $(AM_LDFLAGS) $(fiber_ldflags)
tests_explore_explore_far_LDADD = $(tests_runtime_check_runtime_LDADD)
