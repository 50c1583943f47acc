noinst_LIBRARIES += %D%/libtrace.a
src_trace_libtrace_a_SOURCES = \
	%D%/metrics.c \
	%D%/metrics.h \
	%D%/trace.c \
	%D%/trace.h
