# A page for each command, from the table that --help prints. The tarball has
# them for who builds for another machine.
command_pages = %D%/pipelab-train.1 %D%/pipelab-eval.1 \
	%D%/pipelab-schedule.1 %D%/pipelab-simulate.1 %D%/pipelab-compare.1 \
	%D%/pipelab-tune.1 \
	%D%/pipelab-step.1 %D%/pipelab-lab.1 %D%/pipelab-bench.1 \
	%D%/pipelab-completion.1 %D%/pipelab-page.1
dist_man1_MANS = %D%/pipelab.1 $(command_pages)
if HAVE_MPI
dist_man1_MANS += %D%/pipelab-mpi.1
endif
if !CROSS
$(command_pages): pipelab$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) doc && command=$@ && \
	  command=$${command#doc/pipelab-} && \
	  $(SAN_RUN) ./pipelab --manual $${command%.1} >$@.tmp && mv $@.tmp $@
CLEANFILES += $(command_pages)
endif
dist_doc_DATA = README %D%/checkpoints.md %D%/cluster.md \
	%D%/exercises.md %D%/gdb.md %D%/house.md %D%/instructors.md \
	%D%/labs.md %D%/library.md %D%/page.md %D%/page.png %D%/performance.md %D%/plans.md %D%/schedules.md \
	%D%/step.md %D%/tour.md %D%/validation.md
EXTRA_DIST += %D%/heads.awk

# What each file of the source does, by its own first sentence.
.PHONY: tour
tour:
	@cd $(top_srcdir) && awk -f doc/heads.awk src/*/*.h src/*/*.c
