# Not in make check: mpirun starts these.
EXTRA_DIST += %D%/check-mpi.sh %D%/claims.sh
if HAVE_MPI
mpi_programs = pipelab-mpi %D%/mpi_runs
EXTRA_PROGRAMS += %D%/mpi_runs
tests_mpi_mpi_runs_SOURCES = %D%/mpi_runs.c \
	tests/runtime/toy.c tests/runtime/toy.h \
	tests/plan/plans.c tests/plan/plans.h tests/suite.h
tests_mpi_mpi_runs_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) \
	-I$(top_srcdir)/tests -I$(top_srcdir)/tests/plan
tests_mpi_mpi_runs_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_mpi_mpi_runs_LDADD = src/mpi/libmpi.a $(all_rooms) $(MPI_LIBS) \
	$(CHECK_LIBS)
CLEANFILES += %D%/mpi_runs$(EXEEXT)
endif
