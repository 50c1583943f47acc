noinst_LIBRARIES += %D%/libruntime.a
src_runtime_libruntime_a_SOURCES = \
	%D%/board.c \
	%D%/board.h \
	%D%/channel.c \
	%D%/channel.h \
	%D%/cores.c \
	%D%/cores.h \
	%D%/crew.c \
	%D%/crew.h \
	%D%/rank.c \
	%D%/rank.h \
	%D%/round_trip.c \
	%D%/round_trip.h \
	%D%/run.c \
	%D%/run.h \
	%D%/seats.c \
	%D%/seats.h \
	%D%/stage_ops.h \
	%D%/turnstile.c \
	%D%/turnstile.h
