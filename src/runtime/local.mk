noinst_LIBRARIES += %D%/libruntime.a
src_runtime_libruntime_a_SOURCES = \
	%D%/barrier.h \
	%D%/board.c \
	%D%/board.h \
	%D%/channel.c \
	%D%/channel.h \
	%D%/compute.c \
	%D%/compute.h \
	%D%/core_share.c \
	%D%/core_share.h \
	%D%/cores.c \
	%D%/cores.h \
	%D%/far.c \
	%D%/far.h \
	%D%/far_meet.c \
	%D%/far_meet.h \
	%D%/gather.c \
	%D%/gather.h \
	%D%/kept.c \
	%D%/kept.h \
	%D%/link.h \
	%D%/lockstep.c \
	%D%/lockstep.h \
	%D%/meeting.c \
	%D%/meeting.h \
	%D%/pinned_threads.c \
	%D%/pinned_threads.h \
	%D%/rank.c \
	%D%/rank.h \
	%D%/round_trip.c \
	%D%/round_trip.h \
	%D%/run.c \
	%D%/run.h \
	%D%/stage_ops.h \
	%D%/wire.h \
	%D%/world.c \
	%D%/world.h
