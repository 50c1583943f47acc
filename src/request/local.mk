noinst_LIBRARIES += %D%/librequest.a
src_request_librequest_a_SOURCES = \
	%D%/comparison.c \
	%D%/comparison.h \
	%D%/effect.c \
	%D%/effect.h \
	%D%/figures.c \
	%D%/figures.h \
	%D%/means.c \
	%D%/means.h \
	%D%/option_value.c \
	%D%/option_value.h \
	%D%/options.c \
	%D%/options.h \
	%D%/plan_request.c \
	%D%/plan_request.h \
	%D%/searching.c \
	%D%/searching.h \
	%D%/setup.c \
	%D%/setup.h \
	%D%/setup_costs.c \
	%D%/setup_cut.c \
	%D%/setup_load.c \
	%D%/setup_machine.c \
	%D%/simulation.c \
	%D%/simulation.h \
	%D%/sizes.c \
	%D%/sizes.h \
	%D%/status.c \
	%D%/status.h \
	%D%/tick.c \
	%D%/tick.h \
	%D%/verdict.c \
	%D%/verdict.h
