# The page is one file, made of the parts here and the engine; the program
# carries its bytes.
noinst_LIBRARIES += %D%/libpage.a
src_page_libpage_a_SOURCES = %D%/page.c %D%/page.h %D%/page_bytes.h
page_parts = %D%/page.html %D%/page.css %D%/engine.js %D%/page_canvas.js \
	%D%/page_edit.js %D%/page_engine.js %D%/page_figures.js \
	%D%/page_levels.js %D%/page_machine.js %D%/page_main.js \
	%D%/page_pair.js %D%/page_plan.js \
	%D%/page_point.js %D%/page_run.js %D%/page_save.js %D%/page_start.js \
	%D%/page_state.js %D%/page_time.js %D%/page_timeline.js \
	%D%/page_trace.js %D%/page_why.js
EXTRA_DIST += %D%/inline.sh $(page_parts)

# One HTML file, which opens from file://. A release has it built.
if HAVE_PAGE
nodist_src_page_libpage_a_SOURCES = %D%/page_bytes.c
page: pipelab.html
pkgdata_DATA += pipelab.html
if HAVE_WASM
pipelab.html: %D%/inline.sh $(page_parts) pipelab.wasm
	$(AM_V_GEN)$(SHELL) $(srcdir)/%D%/inline.sh $(srcdir)/%D% \
	  pipelab.wasm >$@.part && mv $@.part $@
else
pipelab.html: $(srcdir)/%D%/pipelab.html
	$(AM_V_GEN)cp $(srcdir)/%D%/pipelab.html $@
endif
# A release has the page built.
dist-hook: pipelab.html
	cp pipelab.html $(distdir)/%D%/pipelab.html
%D%/page_bytes.c: pipelab.html
	$(AM_V_GEN){ echo '#include "page/page_bytes.h"'; \
	  echo 'const unsigned char page_bytes[] = {'; \
	  od -An -v -tx1 pipelab.html | sed 's/ \(..\)/0x\1,/g'; \
	  echo '0};'; } >$@.part && mv $@.part $@
CLEANFILES += pipelab.html pipelab.html.part %D%/page_bytes.c
else
src_page_libpage_a_SOURCES += %D%/page_none.c
page:
	@echo "there is no page without clang, lld and wasi-libc; run" \
	  "./bootstrap page, which installs them" >&2; exit 1
endif
.PHONY: page
