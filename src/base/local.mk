noinst_LIBRARIES += %D%/libbase.a
src_base_libbase_a_SOURCES = \
	%D%/called.c \
	%D%/called.h \
	%D%/clock.c \
	%D%/clock.h \
	%D%/columns.c \
	%D%/columns.h \
	%D%/control_group.c \
	%D%/control_group.h \
	%D%/error.c \
	%D%/error.h \
	%D%/hash.h \
	%D%/json.c \
	%D%/json.h \
	%D%/larger.h \
	%D%/list.c \
	%D%/list.h \
	%D%/machine.c \
	%D%/machine.h \
	%D%/memory.c \
	%D%/memory.h \
	%D%/near.c \
	%D%/near.h \
	%D%/output.c \
	%D%/output.h \
	%D%/plural.h \
	%D%/progress.h \
	%D%/quantile.c \
	%D%/quantile.h \
	%D%/rng.c \
	%D%/rng.h \
	%D%/text.c \
	%D%/text.h
