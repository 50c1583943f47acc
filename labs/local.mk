# The exercises and what grades them; labs/Makefile, labs/grade and labs/show
# are configured, see there.
EXTRA_DIST += %D%/README %D%/exercises.h %D%/partition.c %D%/channel.c \
	%D%/comms.c %D%/ping_pong.c %D%/shard.c %D%/loop.c \
	%D%/naive.c %D%/gpipe.c %D%/steps.c %D%/1f1b.c %D%/1f1b_comms.c \
	%D%/async.c %D%/gradient_scaling.c %D%/repair.csv \
	%D%/grader/grader.c %D%/grader/grader.h \
	%D%/grader/ranks.c %D%/grader/ranks.h \
	%D%/grader/schedules.c %D%/grader/schedules.h \
	%D%/grader/calls.c %D%/grader/calls.h %D%/grader/show.c \
	%D%/grader/check_partition.c %D%/grader/check_channel.c \
	%D%/grader/check_comms.c %D%/grader/check_ping_pong.c \
	%D%/grader/check_shard.c %D%/grader/check_loop.c \
	%D%/grader/check_naive.c %D%/grader/check_gpipe.c \
	%D%/grader/check_steps.c %D%/grader/check_1f1b.c \
	%D%/grader/check_1f1b_comms.c %D%/grader/check_async.c \
	%D%/grader/check_gradient_scaling.c %D%/grader/check_repair.c
clean-local:
	-rm -f %D%/*.out
