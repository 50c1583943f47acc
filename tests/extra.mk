# What takes longer or needs more tools than make check may.
EXTRA_DIST += %D%/helgrind.sh %D%/labs-gdb.sh
.PHONY: helgrind memcheck labs-gdb
if SANITIZED
helgrind memcheck:
	@echo "SKIP: valgrind cannot run a sanitized program; configure" \
	  "without --enable-sanitizer"; exit 77
else
helgrind memcheck: pipelab $(many_calls)
	$(AM_V_at)$(SHELL) $(top_srcdir)/%D%/helgrind.sh $@
endif

# Every interleaving of more and larger runs than make check goes through.
.PHONY: explore
explore: tests/explore/explore$(EXEEXT)
	$(AM_V_at)EXPLORE=all SWEEP=whole tests/explore/explore >explore.log || \
	  { status=$$?; tail -n 5 explore.log; exit $$status; }
	$(AM_V_at)awk '/ states, / { runs++; \
	    for (i = 1; i <= NF; i++) { \
	      if ($$i == "states,") states += $$(i - 1); \
	      if ($$i == "runs,") ways += $$(i - 1) } } \
	  END { print "explore: " runs " runs, " states " states explored in " \
	    ways " ways" }' explore.log
CLEANFILES += explore.log

# The Debian package, built from the tarball by an ordinary user, and lintian.
EXTRA_DIST += %D%/deb.sh
.PHONY: deb
deb: dist
	$(AM_V_at)$(SHELL) $(top_srcdir)/%D%/deb.sh $(distdir).tar.gz

# Ten thousand steps under a load, moved from core to core.
EXTRA_DIST += %D%/soak.sh
.PHONY: soak
soak: pipelab
	$(AM_V_at)$(SHELL) $(top_srcdir)/%D%/soak.sh

# The gdb lines that the labs show.
labs-gdb: pipelab
	$(AM_V_at)top_srcdir='$(top_srcdir)' $(SHELL) \
	  $(top_srcdir)/%D%/labs-gdb.sh

# A part of make check, for a build without the other tests.
.PHONY: check-gdb
check-gdb: pipelab
	$(AM_V_at)top_srcdir='$(top_srcdir)' $(SHELL) \
	  $(top_srcdir)/tests/gdb/sessions.test

# A hundred kills in the midst of training and saving.
EXTRA_DIST += %D%/crash.sh
.PHONY: crash
crash: pipelab
	$(AM_V_at)$(SHELL) $(top_srcdir)/%D%/crash.sh

# libFuzzer on what comes from outside, FUZZ_SECONDS each.
.PHONY: fuzz
fuzz:
	$(AM_V_at)$(SHELL) $(abs_top_srcdir)/%D%/fuzz/fuzz.sh \
	  $(abs_top_srcdir)

# Every call that can fail, failing once, in all commands.
.PHONY: faults
faults: pipelab tests/faults/pipelab-faulty$(EXEEXT)
	$(AM_V_at)FAULTS=all SWEEP=whole top_srcdir='$(top_srcdir)' $(SHELL) \
	  $(top_srcdir)/%D%/faults/faults.test

# Files written to a disk that is full sooner or later.
EXTRA_DIST += %D%/faults/full.sh
.PHONY: full
full: pipelab
	$(AM_V_at)top_srcdir='$(abs_top_srcdir)' SHELL='$(SHELL)' $(SHELL) \
	  $(abs_top_srcdir)/%D%/faults/full.sh

# More random plans and machines than make check holds to another simulator.
.PHONY: oracle
oracle: pipelab
	$(AM_V_at)ORACLE='500 1000' SWEEP=whole REPEATED= top_srcdir='$(top_srcdir)' \
	  $(SHELL) $(top_srcdir)/%D%/cli/oracle.test >oracle.log; \
	  status=$$?; tail -n 20 oracle.log; exit $$status
CLEANFILES += oracle.log

# How good the search for schedules is, on many more shapes than make check has.
.PHONY: optimal-sweep
optimal-sweep: tests/search/check_search$(EXEEXT)
	$(AM_V_at)SWEEP=all CK_RUN_CASE=sweep tests/search/check_search

# The page, in a browser.
EXTRA_DIST += %D%/page/access.js %D%/page/browser.js %D%/page/check-page.sh \
	%D%/page/check_page.js %D%/page/editing.js %D%/page/explore.js \
	%D%/page/machine.js %D%/page/package.json %D%/page/report.js %D%/page/speed.js \
	%D%/page/time.js %D%/page/views.js
.PHONY: check-page
check-page: pipelab
	$(AM_V_at)$(SHELL) $(top_srcdir)/%D%/page/check-page.sh \
	  $(top_srcdir)/%D%/page $(SUITE)
distclean-local: clean-check-page
.PHONY: clean-check-page
clean-check-page:
	rm -rf check-page

# Real trainings against their predicted periods; wants a machine at rest.
.PHONY: periods
periods: pipelab
	$(AM_V_at)$${PYTHON-python3} $(top_srcdir)/%D%/oracle/real.py ./pipelab

# Built for 64-bit ARM, and run under emulation.
EXTRA_DIST += %D%/arm.sh
.PHONY: check-arm
check-arm: dist
	$(AM_V_at)$(SHELL) $(top_srcdir)/%D%/arm.sh $(distdir).tar.gz

# The same plans in several processes, with the MPI that was found.
.PHONY: check-mpi
check-mpi: pipelab $(mpi_programs)
	$(AM_V_at)$(SHELL) $(top_srcdir)/%D%/mpi/check-mpi.sh '$(pipelab_mpi)' \
	  '$(MPIRUN)' '$(PYTHON3)'

# And on several hosts, which are namespaces of this one.
EXTRA_DIST += %D%/hosts/check-hosts.sh %D%/hosts/host %D%/hosts/hosts.sh
.PHONY: check-hosts
check-hosts: pipelab $(mpi_programs)
	$(AM_V_at)SHELL='$(SHELL)' $(SHELL) $(top_srcdir)/%D%/hosts/hosts.sh 3 \
	  $(SHELL) $(top_srcdir)/%D%/hosts/check-hosts.sh '$(pipelab_mpi)' \
	  '$(MPIRUN)' '$(PYTHON3)'
