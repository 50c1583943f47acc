noinst_LIBRARIES += %D%/libnn.a
src_nn_libnn_a_SOURCES = \
	%D%/linear.c \
	%D%/linear.h \
	%D%/loss.c \
	%D%/loss.h \
	%D%/mlp.c \
	%D%/mlp.h \
	%D%/optimizer.c \
	%D%/optimizer.h \
	%D%/relu.c \
	%D%/relu.h \
	%D%/slice.c \
	%D%/slice.h
