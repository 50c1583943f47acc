# The exercises and what grades them, a directory; labs/Makefile and labs/grade
# are configured, see there.
# What grades needs the source and a build, so it is not installed.
nobase_dist_pkgdata_DATA = %D%/README %D%/exercises.h %D%/partition.c \
	%D%/channel.c %D%/comms.c %D%/ping_pong.c %D%/shard.c %D%/loop.c \
	%D%/naive.c %D%/gpipe.c %D%/steps.c %D%/1f1b.c %D%/1f1b_comms.c \
	%D%/async.c %D%/gradient_scaling.c %D%/repair.csv
EXTRA_DIST += %D%/grader
# A changed grader is there after any make.
all-local: %D%/grade
clean-local:
	-rm -rf %D%/*.out %D%/objects %D%/grading.*
