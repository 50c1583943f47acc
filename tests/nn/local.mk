pure_tests += %D%/check_nn
tests_nn_check_nn_SOURCES = \
	%D%/cases.h \
	%D%/chain.c \
	%D%/check_nn.c \
	%D%/finite.c \
	%D%/gradient.c \
	%D%/loss.c \
	%D%/mlp.c \
	%D%/models.c \
	%D%/models.h \
	%D%/optimizer.c \
	%D%/slice.c \
	tests/suite.h
tests_nn_check_nn_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
tests_nn_check_nn_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_nn_check_nn_LDADD = src/nn/libnn.a src/tensor/libtensor.a \
	src/base/libbase.a $(OPENBLAS_LIBS) $(CHECK_LIBS)
