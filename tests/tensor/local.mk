pure_tests += %D%/check_tensor
tests_tensor_check_tensor_SOURCES = %D%/check_tensor.c tests/suite.h
tests_tensor_check_tensor_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_tensor_check_tensor_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_tensor_check_tensor_LDADD = src/tensor/libtensor.a src/base/libbase.a \
	$(OPENBLAS_LIBS) $(CHECK_LIBS)
