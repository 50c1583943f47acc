rig = %D%/rig.c %D%/rig.h tests/suite.h
unit_tests += %D%/check_train %D%/check_checkpoint %D%/check_eval
tests_cli_check_train_SOURCES = %D%/check_train.c $(rig) \
	tests/schedule/plans.c tests/schedule/plans.h
tests_cli_check_train_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_cli_check_train_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_cli_check_train_LDADD = $(all_rooms) $(CHECK_LIBS)
tests_cli_check_checkpoint_SOURCES = %D%/check_checkpoint.c $(rig)
tests_cli_check_checkpoint_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_cli_check_checkpoint_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_cli_check_checkpoint_LDADD = $(all_rooms) $(CHECK_LIBS)
tests_cli_check_eval_SOURCES = %D%/check_eval.c $(rig)
tests_cli_check_eval_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_cli_check_eval_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_cli_check_eval_LDADD = $(all_rooms) $(CHECK_LIBS)

unit_tests += %D%/check_step
tests_cli_check_step_SOURCES = %D%/check_step.c $(rig)
tests_cli_check_step_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_cli_check_step_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_cli_check_step_LDADD = $(all_rooms) $(CHECK_LIBS)

unit_tests += %D%/check_lab
tests_cli_check_lab_SOURCES = %D%/check_lab.c tests/suite.h
tests_cli_check_lab_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_cli_check_lab_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_cli_check_lab_LDADD = $(all_rooms) $(CHECK_LIBS)

unit_tests += %D%/check_memory
tests_cli_check_memory_SOURCES = %D%/check_memory.c $(rig) \
	tests/schedule/plans.c tests/schedule/plans.h
tests_cli_check_memory_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_cli_check_memory_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_cli_check_memory_LDADD = $(all_rooms) $(CHECK_LIBS)

cli_tests += %D%/bench.test %D%/usage.test %D%/schedule.test %D%/train.test \
	%D%/compare.test %D%/checkpoint.test %D%/data.test %D%/docs.test \
	%D%/effect.test %D%/eval.test %D%/figures.test %D%/lab.test \
	%D%/limits.test %D%/names.test \
	%D%/pictures.test %D%/step.test %D%/terminal.test
check_PROGRAMS += %D%/json
tests_cli_json_SOURCES = %D%/json.c
EXTRA_DIST += %D%/tap.sh
