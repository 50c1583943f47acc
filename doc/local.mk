dist_man1_MANS = %D%/pipelab.1
EXTRA_DIST += %D%/checkpoints.md %D%/exercises.md %D%/gdb.md %D%/house.md \
	%D%/instructors.md %D%/labs.md %D%/performance.md %D%/plans.md %D%/schedules.md \
	%D%/heads.awk %D%/step.md %D%/tour.md %D%/validation.md

# What each file of the source does, by its own first sentence.
.PHONY: tour
tour:
	@cd $(top_srcdir) && awk -f doc/heads.awk src/*/*.h src/*/*.c
