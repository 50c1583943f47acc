noinst_LIBRARIES += %D%/libsim.a
src_sim_libsim_a_SOURCES = \
	%D%/attempt.c \
	%D%/attempt.h \
	%D%/cores.c \
	%D%/forecast.c \
	%D%/forecast.h \
	%D%/turns.c
