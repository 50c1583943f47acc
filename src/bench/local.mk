noinst_LIBRARIES += %D%/libbench.a
src_bench_libbench_a_SOURCES = \
	%D%/bench_floor.c \
	%D%/bench_floor.h \
	%D%/bench_neighbour.c \
	%D%/bench_neighbour.h \
	%D%/bench_round_trips.c \
	%D%/bench_round_trips.h \
	%D%/bench_scale.c \
	%D%/bench_scale.h \
	%D%/bench_shape.c \
	%D%/bench_shape.h \
	%D%/bench_subject.c \
	%D%/bench_subject.h \
	%D%/neighbour.c \
	%D%/neighbour.h
