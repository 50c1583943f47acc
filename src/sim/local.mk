noinst_LIBRARIES += %D%/libsim.a
src_sim_libsim_a_SOURCES = \
	%D%/cores.c \
	%D%/sim.c \
	%D%/sim.h \
	%D%/turns.c
