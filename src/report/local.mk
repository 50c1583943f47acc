noinst_LIBRARIES += %D%/libreport.a
src_report_libreport_a_SOURCES = \
	%D%/json.c \
	%D%/json.h \
	%D%/summary.c \
	%D%/summary.h \
	%D%/timeline.c \
	%D%/timeline.h
