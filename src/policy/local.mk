noinst_LIBRARIES += %D%/libpolicy.a
src_policy_libpolicy_a_SOURCES = \
	%D%/dualpipe.c \
	%D%/dualpipe.h \
	%D%/looped.c \
	%D%/looped.h \
	%D%/policies.def \
	%D%/policy.c \
	%D%/policy.h \
	%D%/policy_1f1b.c \
	%D%/policy_chimera.c \
	%D%/policy_combined_1f1b.c \
	%D%/policy_dualpipe.c \
	%D%/policy_dualpipev.c \
	%D%/policy_eager_1f1b.c \
	%D%/policy_gpipe.c \
	%D%/policy_hanayo.c \
	%D%/policy_interleaved_1f1b.c \
	%D%/policy_looped_bfs.c \
	%D%/policy_naive.c \
	%D%/policy_v_half_min.c \
	%D%/policy_zb1p.c \
	%D%/policy_zb_h2.c \
	%D%/policy_zbv.c
