cli_tests += %D%/grade.test
EXTRA_DIST += \
	%D%/solutions/partition.c %D%/solutions/channel.c \
	%D%/solutions/naive.c %D%/solutions/gpipe.c %D%/solutions/1f1b.c \
	%D%/solutions/gradient_scaling.c %D%/solutions/repair.csv \
	%D%/wrong/1f1b-long-warm-up.c %D%/wrong/1f1b-no-cool-down.c \
	%D%/wrong/channel-close-wakes-no-thread.c \
	%D%/wrong/channel-push-gives-up.c %D%/wrong/gpipe-crash.c \
	%D%/wrong/gradient_scaling-mean-of-means.c \
	%D%/wrong/naive-no-semicolon.c %D%/wrong/partition-no-hand-back.c \
	%D%/wrong/repair-circle.csv
