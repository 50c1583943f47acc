unit_tests += %D%/check_train
tests_cli_check_train_SOURCES = %D%/check_train.c tests/schedule/plans.c \
	tests/schedule/plans.h tests/suite.h
tests_cli_check_train_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_cli_check_train_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_cli_check_train_LDADD = $(all_rooms) $(CHECK_LIBS)

unit_tests += %D%/check_lab
tests_cli_check_lab_SOURCES = %D%/check_lab.c tests/suite.h
tests_cli_check_lab_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_cli_check_lab_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_cli_check_lab_LDADD = $(all_rooms) $(CHECK_LIBS)

cli_tests += %D%/bench.test %D%/usage.test %D%/schedule.test %D%/train.test \
	%D%/compare.test %D%/data.test %D%/docs.test %D%/lab.test \
	%D%/pictures.test %D%/terminal.test
check_PROGRAMS += %D%/json
tests_cli_json_SOURCES = %D%/json.c
EXTRA_DIST += %D%/tap.sh
