noinst_LIBRARIES += %D%/libcluster.a
src_cluster_libcluster_a_SOURCES = \
	%D%/bytes.c \
	%D%/bytes.h \
	%D%/cluster.c \
	%D%/cluster.h \
	%D%/cluster_links.c \
	%D%/model.c \
	%D%/model.h \
	%D%/model_stages.c \
	%D%/needs.c \
	%D%/needs.h \
	%D%/reader.c \
	%D%/reader.h

# What the room itself needs.
cluster_libs = $(JANSSON_LIBS)
# In WebAssembly in place of Jansson.
small_json = %D%/small_json.c %D%/small_json.h
EXTRA_DIST += $(small_json)
