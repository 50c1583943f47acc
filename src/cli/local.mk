noinst_LIBRARIES += %D%/libcli.a
src_cli_libcli_a_SOURCES = \
	%D%/cmd_bench.c \
	%D%/cmd_compare.c \
	%D%/cmd_eval.c \
	%D%/cmd_lab.c \
	%D%/cmd_schedule.c \
	%D%/cmd_simulate.c \
	%D%/cmd_step.c \
	%D%/cmd_train.c \
	%D%/commands.h \
	%D%/effect.c \
	%D%/effect.h \
	%D%/files.c \
	%D%/files.h \
	%D%/interrupt.c \
	%D%/interrupt.h \
	%D%/job.c \
	%D%/job.h \
	%D%/lines.c \
	%D%/lines.h \
	%D%/options.c \
	%D%/options.h \
	%D%/plan_request.c \
	%D%/plan_request.h \
	%D%/recording.c \
	%D%/recording.h \
	%D%/status.h \
	%D%/tick.c \
	%D%/tick.h

# Every room, in an order in which each finds what it calls in a later one.
all_rooms = src/cli/libcli.a src/course/libcourse.a src/bench/libbench.a \
	src/step/libstep.a src/train/libtrain.a src/cli/libcli.a \
	src/bench/libbench.a src/report/libreport.a src/runtime/libruntime.a \
	src/sim/libsim.a src/policy/libpolicy.a src/search/libsearch.a \
	src/policy/libpolicy.a src/trace/libtrace.a src/plan/libplan.a \
	src/data/libdata.a src/nn/libnn.a src/tensor/libtensor.a \
	src/base/libbase.a \
	$(OPENBLAS_LIBS) $(data_libs) \
	$(LIBEDIT_LIBS)

bin_PROGRAMS += pipelab
pipelab_SOURCES = %D%/main.c
pipelab_LDADD = $(all_rooms)
