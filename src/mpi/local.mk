# Only where MPI was found: nothing else needs it.
if HAVE_MPI
noinst_LIBRARIES += %D%/libmpi.a
src_mpi_libmpi_a_SOURCES = \
	%D%/launcher.c \
	%D%/launcher.h \
	%D%/mpi_bench.c \
	%D%/mpi_bench.h \
	%D%/mpi_scaling.c \
	%D%/mpi_scaling.h \
	%D%/mpi_wire.c \
	%D%/mpi_wire.h
src_mpi_libmpi_a_CPPFLAGS = $(AM_CPPFLAGS) $(MPI_CFLAGS)

bin_PROGRAMS += pipelab-mpi
pipelab_mpi_SOURCES = %D%/main.c
pipelab_mpi_LDADD = %D%/libmpi.a $(all_rooms) $(MPI_LIBS)
endif
