cli_tests += %D%/grade.test %D%/show.test
EXTRA_DIST += \
	%D%/hand_in.sh %D%/solutions/1f1b.c %D%/solutions/1f1b_comms.c \
	%D%/solutions/async.c %D%/solutions/channel.c %D%/solutions/comms.c \
	%D%/solutions/gpipe.c %D%/solutions/gradient_scaling.c \
	%D%/solutions/loop.c %D%/solutions/naive.c %D%/solutions/partition.c \
	%D%/solutions/ping_pong.c %D%/solutions/repair.csv %D%/solutions/shard.c \
	%D%/solutions/steps.c %D%/wrong/1f1b-long-warm-up.c \
	%D%/wrong/1f1b-more-forwards-than-there-are.sed \
	%D%/wrong/1f1b-no-cool-down.c %D%/wrong/1f1b-rank-2-forgets.sed \
	%D%/wrong/1f1b_comms-long-warm-up.sed %D%/wrong/1f1b_comms-plain-order.sed \
	%D%/wrong/1f1b_comms-takes-what-never-comes.sed \
	%D%/wrong/async-drops-the-last.sed %D%/wrong/async-plain-sends.sed \
	%D%/wrong/async-waits-at-once.sed %D%/wrong/async-waits-at-the-end.sed \
	%D%/wrong/channel-close-wakes-no-thread.c \
	%D%/wrong/channel-last-in-first-out.sed %D%/wrong/channel-push-gives-up.c \
	%D%/wrong/comms-gradients-go-up.sed %D%/wrong/comms-last-has-a-next.sed \
	%D%/wrong/comms-sends-twice.sed %D%/wrong/gpipe-crash.c \
	%D%/wrong/gpipe-descending.sed %D%/wrong/gpipe-is-naive.sed \
	%D%/wrong/gradient_scaling-keeps-the-last.sed \
	%D%/wrong/gradient_scaling-mean-of-means.c \
	%D%/wrong/gradient_scaling-plain-sum.sed \
	%D%/wrong/loop-gradient-from-below.sed %D%/wrong/loop-loads-nothing.sed \
	%D%/wrong/loop-no-optimizer.sed %D%/wrong/naive-is-gpipe.sed \
	%D%/wrong/naive-no-backward.sed %D%/wrong/naive-no-semicolon.c \
	%D%/wrong/partition-lower-first.sed %D%/wrong/partition-no-hand-back.c \
	%D%/wrong/partition-no-hand-off.sed %D%/wrong/ping_pong-both-listen.sed \
	%D%/wrong/ping_pong-first-number-only.sed \
	%D%/wrong/ping_pong-one-round.sed %D%/wrong/repair-circle.csv \
	%D%/wrong/repair-one-missing.sed %D%/wrong/repair-one-twice.sed \
	%D%/wrong/shard-a-head-each.sed %D%/wrong/shard-no-biases.sed \
	%D%/wrong/shard-rest-on-the-last.sed %D%/wrong/steps-ends-too.sed \
	%D%/wrong/steps-gpipe-is-naive.sed %D%/wrong/steps-sends-first.sed
