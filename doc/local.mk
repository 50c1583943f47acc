dist_man1_MANS = %D%/pipelab.1
EXTRA_DIST += %D%/checkpoints.md %D%/exercises.md %D%/gdb.md %D%/house.md \
	%D%/labs.md %D%/performance.md %D%/plans.md %D%/schedules.md \
	%D%/step.md %D%/tour.md
