# The exercises and what grades them; labs/Makefile and labs/grade are
# configured, see there.
EXTRA_DIST += %D%/README %D%/exercises.h %D%/partition.c %D%/channel.c \
	%D%/naive.c %D%/gpipe.c %D%/1f1b.c %D%/gradient_scaling.c \
	%D%/repair.csv \
	%D%/grader/grader.c %D%/grader/grader.h \
	%D%/grader/schedules.c %D%/grader/schedules.h \
	%D%/grader/check_partition.c %D%/grader/check_channel.c \
	%D%/grader/check_naive.c %D%/grader/check_gpipe.c \
	%D%/grader/check_1f1b.c %D%/grader/check_gradient_scaling.c \
	%D%/grader/check_repair.c
clean-local:
	-rm -f %D%/*.out
