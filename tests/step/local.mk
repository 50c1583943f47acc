unit_tests += %D%/check_step
tests_step_check_step_SOURCES = %D%/check_step.c $(rig)
tests_step_check_step_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_step_check_step_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_step_check_step_LDADD = src/step/libstep.a $(train_rooms) $(CHECK_LIBS)
