noinst_LIBRARIES += %D%/libcourse.a
src_course_libcourse_a_SOURCES = \
	%D%/course.c \
	%D%/course.h \
	%D%/grade.c \
	%D%/grade.h \
	%D%/labs.def \
	%D%/lab.c \
	%D%/lab.h \
	%D%/lab_1f1b.c \
	%D%/lab_1f1b_theory.c \
	%D%/lab_async.c \
	%D%/lab_bubble.c \
	%D%/lab_gpipe.c \
	%D%/lab_loop.c \
	%D%/lab_monolith.c \
	%D%/lab_naive.c \
	%D%/lab_partition.c \
	%D%/lab_ping_pong.c \
	%D%/lab_primitives.c \
	%D%/lab_shard.c \
	%D%/sheet.c \
	%D%/sheet.h
