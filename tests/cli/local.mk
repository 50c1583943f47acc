pure_cli_tests += %D%/usage.test %D%/schedule.test %D%/compare.test \
	%D%/completion.test %D%/data.test %D%/names.test %D%/outputs.test \
	%D%/page.test %D%/peer.test %D%/pictures.test %D%/terminal.test
cli_tests += %D%/train.test %D%/bench.test %D%/checkpoint.test %D%/docs.test \
	%D%/effect.test %D%/eval.test %D%/figures.test %D%/lab.test \
	%D%/limits.test %D%/machine.test %D%/one.test %D%/oracle.test \
	%D%/step.test %D%/tune.test %D%/width.test
pure_tests += %D%/check_request
tests_cli_check_request_SOURCES = %D%/check_request.c tests/suite.h
tests_cli_check_request_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_cli_check_request_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_cli_check_request_LDADD = $(all_rooms) $(CHECK_LIBS)
check_PROGRAMS += %D%/json
tests_cli_json_SOURCES = %D%/json.c
check_PROGRAMS += %D%/shown
tests_cli_shown_SOURCES = %D%/shown.c
EXTRA_DIST += %D%/tap.sh
EXTRA_DIST += tests/oracle/machine.py tests/oracle/oracle.py \
	tests/oracle/real.py tests/oracle/slip.py tests/oracle/times.py \
	tests/data/zb-table.csv
