pure_tests += %D%/check_cluster
tests_cluster_check_cluster_SOURCES = \
	%D%/cases.h \
	%D%/check_cluster.c \
	%D%/files.c \
	%D%/needs.c \
	tests/suite.h
tests_cluster_check_cluster_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_cluster_check_cluster_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_cluster_check_cluster_LDADD = src/cluster/libcluster.a \
	src/plan/libplan.a src/base/libbase.a $(cluster_libs) $(CHECK_LIBS)
