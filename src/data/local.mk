noinst_LIBRARIES += %D%/libdata.a
src_data_libdata_a_SOURCES = \
	%D%/batches.c \
	%D%/batches.h \
	%D%/dataset.c \
	%D%/dataset.h \
	%D%/digits.c \
	%D%/idx.c \
	%D%/safetensors.c \
	%D%/safetensors.h

# What the room itself needs.
data_libs = $(ZLIB_LIBS) $(JANSSON_LIBS)
