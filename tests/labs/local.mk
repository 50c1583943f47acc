cli_tests += %D%/grade.test %D%/show.test
EXTRA_DIST += \
	%D%/solutions/1f1b.c %D%/solutions/1f1b_comms.c %D%/solutions/async.c \
	%D%/solutions/channel.c %D%/solutions/comms.c %D%/solutions/gpipe.c \
	%D%/solutions/gradient_scaling.c %D%/solutions/loop.c \
	%D%/solutions/naive.c %D%/solutions/partition.c %D%/solutions/ping_pong.c \
	%D%/solutions/repair.csv %D%/solutions/shard.c %D%/solutions/steps.c \
	%D%/wrong/1f1b-long-warm-up.c \
	%D%/wrong/1f1b-more-forwards-than-there-are.c \
	%D%/wrong/1f1b-no-cool-down.c %D%/wrong/1f1b-rank-2-forgets.c \
	%D%/wrong/1f1b_comms-long-warm-up.c \
	%D%/wrong/1f1b_comms-plain-order.c \
	%D%/wrong/1f1b_comms-takes-what-never-comes.c \
	%D%/wrong/async-drops-the-last.c %D%/wrong/async-plain-sends.c \
	%D%/wrong/async-waits-at-once.c %D%/wrong/async-waits-at-the-end.c \
	%D%/wrong/channel-close-wakes-no-thread.c \
	%D%/wrong/channel-last-in-first-out.c %D%/wrong/channel-push-gives-up.c \
	%D%/wrong/comms-gradients-go-up.c %D%/wrong/comms-last-has-a-next.c \
	%D%/wrong/comms-sends-twice.c %D%/wrong/gpipe-crash.c \
	%D%/wrong/gpipe-descending.c %D%/wrong/gpipe-is-naive.c \
	%D%/wrong/gradient_scaling-keeps-the-last.c \
	%D%/wrong/gradient_scaling-mean-of-means.c \
	%D%/wrong/gradient_scaling-plain-sum.c \
	%D%/wrong/loop-gradient-from-below.c %D%/wrong/loop-loads-nothing.c \
	%D%/wrong/loop-no-optimizer.c %D%/wrong/naive-is-gpipe.c \
	%D%/wrong/naive-no-backward.c %D%/wrong/naive-no-semicolon.c \
	%D%/wrong/partition-lower-first.c %D%/wrong/partition-no-hand-back.c \
	%D%/wrong/partition-no-hand-off.c %D%/wrong/ping_pong-both-listen.c \
	%D%/wrong/ping_pong-first-number-only.c %D%/wrong/ping_pong-one-round.c \
	%D%/wrong/repair-circle.csv %D%/wrong/repair-one-missing.csv \
	%D%/wrong/repair-one-twice.csv %D%/wrong/shard-a-head-each.c \
	%D%/wrong/shard-no-biases.c %D%/wrong/shard-rest-on-the-last.c \
	%D%/wrong/steps-ends-too.c %D%/wrong/steps-gpipe-is-naive.c \
	%D%/wrong/steps-sends-first.c
