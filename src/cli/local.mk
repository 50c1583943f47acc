noinst_LIBRARIES += %D%/libcli.a
src_cli_libcli_a_SOURCES = \
	%D%/bench_floor.c \
	%D%/bench_floor.h \
	%D%/bench_links.c \
	%D%/bench_links.h \
	%D%/bench_round_trips.c \
	%D%/bench_round_trips.h \
	%D%/bench_scale.c \
	%D%/bench_scale.h \
	%D%/bench_shape.c \
	%D%/bench_shape.h \
	%D%/bench_subject.c \
	%D%/bench_subject.h \
	%D%/checkpoint.c \
	%D%/checkpoint.h \
	%D%/cmd_bench.c \
	%D%/cmd_compare.c \
	%D%/cmd_eval.c \
	%D%/cmd_lab.c \
	%D%/cmd_schedule.c \
	%D%/cmd_simulate.c \
	%D%/cmd_step.c \
	%D%/cmd_train.c \
	%D%/commands.h \
	%D%/conversation.c \
	%D%/conversation.h \
	%D%/effect.c \
	%D%/effect.h \
	%D%/facts.c \
	%D%/facts.h \
	%D%/grade.c \
	%D%/grade.h \
	%D%/interrupt.c \
	%D%/interrupt.h \
	%D%/course.c \
	%D%/course.h \
	%D%/lab.c \
	%D%/lab.h \
	%D%/lab_1f1b.c \
	%D%/lab_1f1b_theory.c \
	%D%/lab_async.c \
	%D%/lab_bubble.c \
	%D%/lab_gpipe.c \
	%D%/lab_loop.c \
	%D%/lab_monolith.c \
	%D%/lab_naive.c \
	%D%/lab_partition.c \
	%D%/lab_ping_pong.c \
	%D%/lab_primitives.c \
	%D%/lab_shard.c \
	%D%/inspect.c \
	%D%/inspect.h \
	%D%/lines.c \
	%D%/lines.h \
	%D%/mlp_stage.c \
	%D%/mlp_stage.h \
	%D%/options.c \
	%D%/options.h \
	%D%/output.c \
	%D%/output.h \
	%D%/profile.c \
	%D%/profile.h \
	%D%/recording.c \
	%D%/recording.h \
	%D%/session.c \
	%D%/session.h \
	%D%/rank_memory.c \
	%D%/rank_memory.h \
	%D%/setup.c \
	%D%/setup.h \
	%D%/tick.c \
	%D%/tick.h \
	%D%/status.h \
	%D%/stepper.c \
	%D%/stepper.h \
	%D%/trainer.c \
	%D%/trainer.h

# Every room, in an order in which each finds what it calls in a later one.
all_rooms = src/cli/libcli.a src/report/libreport.a src/runtime/libruntime.a \
	src/sim/libsim.a src/trace/libtrace.a src/schedule/libschedule.a \
	src/data/libdata.a src/nn/libnn.a src/tensor/libtensor.a \
	src/base/libbase.a $(OPENBLAS_LIBS) $(data_libs) \
	$(LIBEDIT_LIBS)

bin_PROGRAMS += pipelab
pipelab_SOURCES = %D%/main.c
pipelab_LDADD = $(all_rooms)
