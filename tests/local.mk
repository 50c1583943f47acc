# tests/ mirrors src/: one Check program per room, linked with the rooms that
# the room may use and no others; then the command-line tests.
TEST_EXTENSIONS = .test
# Without this OpenBLAS starts a worker thread in every test program.
AM_TESTS_ENVIRONMENT = OPENBLAS_NUM_THREADS=1; export OPENBLAS_NUM_THREADS; \
	top_srcdir='$(top_srcdir)'; export top_srcdir; \
	CC='$(CC)'; LINK_FLAGS='$(AM_LDFLAGS) $(LDFLAGS)'; \
	LINK_LIBS='$(OPENBLAS_LIBS) $(data_libs) $(LIBEDIT_LIBS) $(MPI_LIBS) $(LIBS)'; \
	MPI='$(pipelab_mpi)'; export MPI; \
	export CC LINK_FLAGS LINK_LIBS;
LOG_COMPILER = $(SAN_RUN)
TEST_LOG_COMPILER = $(SAN_RUN) $(SHELL)
# Shows Check's own closing line and its failures on the console.
LOG_DRIVER = $(SHELL) $(top_srcdir)/%D%/driver.sh
TEST_LOG_DRIVER = $(SHELL) $(top_srcdir)/%D%/driver.sh
EXTRA_DIST += %D%/checks.h %D%/driver.sh

# Those of the first two start no thread, or none that another test does not
# start: where builds differ in threads alone, .ci/run leaves them out with
# --disable-pure-tests.
pure_tests =
pure_cli_tests = %D%/walls.test %D%/bootstrap.test %D%/install.test
unit_tests =
cli_tests =

if HAVE_CHECK
include tests/base/local.mk
include tests/tensor/local.mk
include tests/nn/local.mk
include tests/data/local.mk
include tests/plan/local.mk
include tests/policy/local.mk
include tests/sim/local.mk
include tests/cluster/local.mk
include tests/search/local.mk
include tests/trace/local.mk
include tests/runtime/local.mk
include tests/report/local.mk
include tests/train/local.mk
include tests/step/local.mk
include tests/course/local.mk
include tests/api/local.mk
include tests/cli/local.mk
include tests/labs/local.mk
include tests/explore/local.mk
include tests/gdb/local.mk
include tests/fuzz/local.mk
include tests/faults/local.mk
include tests/mpi/local.mk
if PURE_TESTS
TESTS += $(pure_tests) $(pure_cli_tests)
endif
TESTS += $(unit_tests) $(cli_tests) %D%/total.test
else
check-local:
	@echo "make check needs Check >= 0.15: apt-get install check" \
	  "pkg-config, then configure again" >&2; exit 1
endif

if PURE_TESTS
check_PROGRAMS += $(pure_tests)
pure_logs = $(pure_tests:=.log) $(pure_cli_tests:.test=.log)
endif
check_PROGRAMS += $(unit_tests)
dist_check_SCRIPTS += $(pure_cli_tests) $(cli_tests) %D%/total.test

# Last, when every other log is there: the sum of all of them.
tests/total.log: $(pure_logs) $(unit_tests:=.log) $(cli_tests:.test=.log)
