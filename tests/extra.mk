# What takes longer or needs more tools than make check may.
EXTRA_DIST += %D%/helgrind.sh %D%/crash.sh
.PHONY: crash
crash: pipelab
	$(AM_V_at)$(SHELL) $(top_srcdir)/%D%/crash.sh
.PHONY: helgrind memcheck
if SANITIZED
helgrind memcheck:
	@echo "SKIP: valgrind cannot run a sanitized program; configure" \
	  "without --enable-sanitizer"; exit 77
else
helgrind memcheck: pipelab
	$(AM_V_at)$(SHELL) $(top_srcdir)/%D%/helgrind.sh $@
endif
