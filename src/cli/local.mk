noinst_LIBRARIES += %D%/libcli.a
src_cli_libcli_a_SOURCES = \
	%D%/choices.c \
	%D%/choices.h \
	%D%/cli_main.c \
	%D%/cli_main.h \
	%D%/cmd_bench.c \
	%D%/cmd_compare.c \
	%D%/cmd_completion.c \
	%D%/cmd_eval.c \
	%D%/cmd_lab.c \
	%D%/cmd_page.c \
	%D%/cmd_schedule.c \
	%D%/cmd_simulate.c \
	%D%/cmd_step.c \
	%D%/cmd_train.c \
	%D%/cmd_tune.c \
	%D%/commands.c \
	%D%/commands.def \
	%D%/commands.h \
	%D%/command_line.c \
	%D%/command_line.h \
	%D%/comparison_print.c \
	%D%/comparison_print.h \
	%D%/completion.h \
	%D%/completion_bash.c \
	%D%/completion_fish.c \
	%D%/completion_zsh.c \
	%D%/dealt.c \
	%D%/dealt.h \
	%D%/examples.c \
	%D%/examples.h \
	%D%/files.c \
	%D%/files.h \
	%D%/interrupt.c \
	%D%/interrupt.h \
	%D%/manual.c \
	%D%/manual.h \
	%D%/lines.c \
	%D%/lines.h \
	%D%/processes.c \
	%D%/processes.h \
	%D%/program_means.c \
	%D%/program_means.h \
	%D%/recording.c \
	%D%/recording.h \
	%D%/search_watch.c \
	%D%/search_watch.h \
	%D%/run_report.c \
	%D%/run_report.h \
	%D%/session.c \
	%D%/session.h \
	%D%/session_explain.c \
	%D%/session_panels.c \
	%D%/session_panels.h \
	%D%/session_world.c \
	%D%/session_world.h \
	%D%/training.c \
	%D%/training.h \
	%D%/tuned.c \
	%D%/tuned.h \
	%D%/tuned_svg.c

# Each library stands before those whose functions it calls.
train_rooms = src/train/libtrain.a src/runtime/libruntime.a \
	src/report/libreport.a src/search/libsearch.a src/sim/libsim.a \
	src/policy/libpolicy.a src/trace/libtrace.a src/plan/libplan.a \
	src/data/libdata.a src/nn/libnn.a src/tensor/libtensor.a \
	src/base/libbase.a $(OPENBLAS_LIBS) $(data_libs)
all_rooms = src/cli/libcli.a src/request/librequest.a src/bench/libbench.a src/course/libcourse.a \
	src/step/libstep.a src/cluster/libcluster.a $(train_rooms) \
	src/page/libpage.a $(LIBEDIT_LIBS)

bin_PROGRAMS += pipelab
pipelab_SOURCES = %D%/main.c
pipelab_LDADD = $(all_rooms)

# What shells complete, where they look for it. A program for another machine
# cannot print it here.
if !CROSS
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
bashcompletion_DATA = completion/pipelab
zshcompletion_DATA = completion/_pipelab
fishcompletion_DATA = completion/pipelab.fish
completions = completion/pipelab completion/_pipelab completion/pipelab.fish
$(completions): pipelab$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) completion && case $@ in \
	  *.fish) shell=fish ;; \
	  */_*) shell=zsh ;; \
	  *) shell=bash ;; \
	esac && $(SAN_RUN) ./pipelab completion $$shell --output $@
CLEANFILES += $(completions)
endif
