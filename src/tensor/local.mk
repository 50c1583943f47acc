noinst_LIBRARIES += %D%/libtensor.a
src_tensor_libtensor_a_SOURCES = \
	%D%/gemm.c \
	%D%/gemm.h \
	%D%/packed.c \
	%D%/packed.h \
	%D%/packed_tile.h \
	%D%/tensor.c \
	%D%/tensor.h
