unit_tests += %D%/check_lab
tests_course_check_lab_SOURCES = %D%/check_lab.c tests/suite.h
tests_course_check_lab_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_course_check_lab_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_course_check_lab_LDADD = src/course/libcourse.a $(train_rooms) $(CHECK_LIBS)
