# The program with every call that can fail in our hands.
check_PROGRAMS += %D%/pipelab-faulty
tests_faults_pipelab_faulty_SOURCES = src/cli/main.c %D%/faults.c
tests_faults_pipelab_faulty_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc \
	-Wl,--wrap=aligned_alloc -Wl,--wrap=pthread_create \
	-Wl,--wrap=pthread_setaffinity_np -Wl,--wrap=sched_getaffinity \
	-Wl,--wrap=fopen -Wl,--wrap=fdopen -Wl,--wrap=fileno \
	-Wl,--wrap=open -Wl,--wrap=read -Wl,--wrap=write -Wl,--wrap=close \
	-Wl,--wrap=fsync -Wl,--wrap=rename -Wl,--wrap=readlink \
	-Wl,--wrap=execv -Wl,--wrap=gzdopen -Wl,--wrap=gzread \
	-Wl,--wrap=gzerror -Wl,--wrap=realpath -Wl,--wrap=unlink \
	-Wl,--wrap=fchmod -Wl,--wrap=fchown -Wl,--wrap=getentropy \
	-Wl,--wrap=dup -Wl,--wrap=dup2 -Wl,--wrap=open_memstream \
	-Wl,--wrap=fmemopen
tests_faults_pipelab_faulty_LDADD = $(all_rooms)
pure_cli_tests += %D%/faults.test %D%/calls.test
EXTRA_DIST += %D%/calls.def
