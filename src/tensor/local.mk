noinst_LIBRARIES += %D%/libtensor.a
src_tensor_libtensor_a_SOURCES = \
	%D%/gemm.c \
	%D%/gemm.h \
	%D%/tensor.c \
	%D%/tensor.h
