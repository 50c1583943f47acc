noinst_LIBRARIES += %D%/libsim.a
src_sim_libsim_a_SOURCES = \
	%D%/attempt.c \
	%D%/attempt.h \
	%D%/cores.c \
	%D%/draws.c \
	%D%/draws.h \
	%D%/forecast.c \
	%D%/forecast.h \
	%D%/held.c \
	%D%/held.h \
	%D%/period.c \
	%D%/period.h \
	%D%/turns.c \
	%D%/turns.h
