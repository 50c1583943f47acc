noinst_LIBRARIES += %D%/libstep.a
src_step_libstep_a_SOURCES = \
	%D%/conversation.c \
	%D%/conversation.h \
	%D%/facts.c \
	%D%/facts.h \
	%D%/inspect.c \
	%D%/inspect.h \
	%D%/stepper.c \
	%D%/stepper.h
