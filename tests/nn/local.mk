unit_tests += %D%/check_nn
tests_nn_check_nn_SOURCES = %D%/cases.h %D%/check_nn.c %D%/gradient.c \
	%D%/optimizer.c %D%/slice.c %D%/split.c tests/suite.h
tests_nn_check_nn_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_nn_check_nn_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_nn_check_nn_LDADD = src/nn/libnn.a src/tensor/libtensor.a \
	src/base/libbase.a $(OPENBLAS_LIBS) $(CHECK_LIBS)
