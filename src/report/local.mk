noinst_LIBRARIES += %D%/libreport.a
src_report_libreport_a_SOURCES = \
	%D%/block.c \
	%D%/block.h \
	%D%/chrome.c \
	%D%/chrome.h \
	%D%/clocks.c \
	%D%/clocks.h \
	%D%/curve.c \
	%D%/curve.h \
	%D%/lanes.c \
	%D%/lanes.h \
	%D%/memory_chart.h \
	%D%/panels.c \
	%D%/panels.h \
	%D%/summary.c \
	%D%/summary.h \
	%D%/svg.c \
	%D%/svg.h \
	%D%/svg_layout.c \
	%D%/svg_layout.h \
	%D%/svg_memory.c \
	%D%/svg_memory.h \
	%D%/timeline.c \
	%D%/timeline.h
