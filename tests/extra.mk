# What takes longer or needs more tools than make check may.
helgrind: pipelab
	$(SHELL) $(top_srcdir)/%D%/helgrind.sh
.PHONY: helgrind
EXTRA_DIST += %D%/helgrind.sh
