# Only where MPI was found: nothing else needs it.
if HAVE_MPI
noinst_LIBRARIES += %D%/libmpi.a
src_mpi_libmpi_a_SOURCES = \
	%D%/mpi_wire.c \
	%D%/mpi_wire.h
src_mpi_libmpi_a_CPPFLAGS = $(AM_CPPFLAGS) $(MPI_CFLAGS)
endif
