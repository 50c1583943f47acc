rig = tests/train/rig.c tests/train/rig.h tests/suite.h
unit_tests += %D%/check_train
tests_train_check_train_SOURCES = %D%/check_train.c $(rig) \
	tests/plan/plans.c tests/plan/plans.h
tests_train_check_train_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_train_check_train_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_train_check_train_LDADD = $(train_rooms) $(CHECK_LIBS)

unit_tests += %D%/check_checkpoint
tests_train_check_checkpoint_SOURCES = %D%/check_checkpoint.c $(rig)
tests_train_check_checkpoint_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_train_check_checkpoint_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_train_check_checkpoint_LDADD = $(train_rooms) $(CHECK_LIBS)

unit_tests += %D%/check_eval
tests_train_check_eval_SOURCES = %D%/check_eval.c $(rig)
tests_train_check_eval_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_train_check_eval_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_train_check_eval_LDADD = $(train_rooms) $(CHECK_LIBS)

unit_tests += %D%/check_memory
tests_train_check_memory_SOURCES = %D%/check_memory.c $(rig) \
	tests/plan/plans.c tests/plan/plans.h
tests_train_check_memory_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_train_check_memory_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_train_check_memory_LDADD = $(train_rooms) $(CHECK_LIBS)

unit_tests += %D%/check_world
tests_train_check_world_SOURCES = %D%/check_world.c $(rig) \
	tests/plan/plans.c tests/plan/plans.h \
	tests/runtime/fake_wire.c tests/runtime/fake_wire.h
tests_train_check_world_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests \
	-I$(top_srcdir)/tests/runtime
tests_train_check_world_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_train_check_world_LDADD = $(train_rooms) $(CHECK_LIBS)
