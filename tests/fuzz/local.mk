# What comes from outside: each target with a fuzzer (make fuzz), and with the
# corpus in its place (make check).

check_PROGRAMS += %D%/replay_csv %D%/replay_idx %D%/replay_machine \
	%D%/replay_options %D%/replay_safetensors
tests_fuzz_replay_csv_SOURCES = %D%/fuzz.h %D%/fuzz_csv.c %D%/replay.c
tests_fuzz_replay_csv_LDADD = src/search/libsearch.a src/policy/libpolicy.a \
	src/plan/libplan.a src/base/libbase.a
tests_fuzz_replay_idx_SOURCES = %D%/fuzz.h %D%/fuzz_idx.c %D%/replay.c
tests_fuzz_replay_idx_LDADD = src/data/libdata.a src/tensor/libtensor.a \
	src/base/libbase.a $(data_libs)
tests_fuzz_replay_machine_SOURCES = %D%/fuzz.h %D%/fuzz_machine.c %D%/replay.c
tests_fuzz_replay_machine_LDADD = src/cluster/libcluster.a \
	src/plan/libplan.a src/base/libbase.a $(cluster_libs)
tests_fuzz_replay_options_SOURCES = %D%/fuzz.h %D%/fuzz_options.c %D%/replay.c
tests_fuzz_replay_options_LDADD = $(all_rooms)
tests_fuzz_replay_safetensors_SOURCES = %D%/fuzz.h %D%/fuzz_safetensors.c \
	%D%/replay.c
tests_fuzz_replay_safetensors_LDADD = $(tests_fuzz_replay_idx_LDADD)

# Only where the compiler has libFuzzer: fuzz.sh sees to that.
EXTRA_PROGRAMS += %D%/fuzz_csv %D%/fuzz_idx %D%/fuzz_machine \
	%D%/fuzz_options %D%/fuzz_safetensors
tests_fuzz_fuzz_csv_SOURCES = %D%/fuzz.h %D%/fuzz_csv.c
tests_fuzz_fuzz_csv_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_csv_LDADD = $(tests_fuzz_replay_csv_LDADD)
tests_fuzz_fuzz_idx_SOURCES = %D%/fuzz.h %D%/fuzz_idx.c
tests_fuzz_fuzz_idx_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_idx_LDADD = $(tests_fuzz_replay_idx_LDADD)
tests_fuzz_fuzz_machine_SOURCES = %D%/fuzz.h %D%/fuzz_machine.c
tests_fuzz_fuzz_machine_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_machine_LDADD = $(tests_fuzz_replay_machine_LDADD)
tests_fuzz_fuzz_options_SOURCES = %D%/fuzz.h %D%/fuzz_options.c
tests_fuzz_fuzz_options_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_options_LDADD = $(tests_fuzz_replay_options_LDADD)
tests_fuzz_fuzz_safetensors_SOURCES = %D%/fuzz.h %D%/fuzz_safetensors.c
tests_fuzz_fuzz_safetensors_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_safetensors_LDADD = $(tests_fuzz_replay_safetensors_LDADD)

pure_cli_tests += %D%/replay.test
EXTRA_DIST += %D%/fuzz.sh %D%/corpus
