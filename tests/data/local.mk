pure_tests += %D%/check_data
tests_data_check_data_SOURCES = \
	%D%/cases.h \
	%D%/check_data.c \
	%D%/safetensors.c \
	tests/suite.h
tests_data_check_data_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_data_check_data_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_data_check_data_LDADD = src/data/libdata.a src/tensor/libtensor.a \
	src/base/libbase.a $(OPENBLAS_LIBS) $(data_libs) $(CHECK_LIBS)
