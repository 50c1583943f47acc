noinst_LIBRARIES += %D%/libapi.a
src_api_libapi_a_SOURCES = \
	%D%/pipelab.c \
	%D%/pipelab.h \
	%D%/refusal.c \
	%D%/refusal.h \
	%D%/waits.c \
	%D%/waits.h \
	%D%/words.c \
	%D%/words.h
EXTRA_DIST += %D%/pipelab.pc.in %D%/wasm.c src/page/engine.js

# What a library takes of the rooms: the linker leaves out the rest, which are
# those that train.
api_rooms = src/api/libapi.a src/request/librequest.a \
	src/cluster/libcluster.a src/train/libtrain.a \
	src/report/libreport.a src/search/libsearch.a src/sim/libsim.a \
	src/policy/libpolicy.a src/trace/libtrace.a src/plan/libplan.a \
	src/data/libdata.a src/nn/libnn.a src/base/libbase.a

# ---- the shared library ----

if HAVE_SHARED
# The first number is that of the interface: it grows when a program that was
# linked with the library no longer runs with it.
api_soname = libpipelab.so.0
api_library = libpipelab.so.$(PACKAGE_VERSION)

noinst_DATA += libpipelab.so
CLEANFILES += libpipelab.so
libpipelab.so: $(api_rooms)
	$(AM_V_CCLD)$(CC) $(CFLAGS) $(LDFLAGS) -shared \
	  -Wl,-soname,$(api_soname) -Wl,--no-undefined -Wl,-z,relro \
	  -Wl,--gc-sections -o $@ -Wl,--whole-archive src/api/libapi.a \
	  -Wl,--no-whole-archive $(api_rooms) $(cluster_libs) $(LIBS)

include_HEADERS = %D%/pipelab.h
apipythondir = $(pkgdatadir)/python
api_directories = '$(DESTDIR)$(apipythondir)'
dist_apipython_DATA = python/pipelab.py
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = pipelab.pc

install-exec-local: libpipelab.so
	$(MKDIR_P) '$(DESTDIR)$(libdir)'
	$(INSTALL_PROGRAM) libpipelab.so '$(DESTDIR)$(libdir)/$(api_library)'
	cd '$(DESTDIR)$(libdir)' && ln -sf $(api_library) $(api_soname) && \
	  ln -sf $(api_library) libpipelab.so

uninstall-local:
	cd '$(DESTDIR)$(libdir)' && \
	  rm -f libpipelab.so $(api_soname) $(api_library)
endif

# ---- the same in WebAssembly ----

# Of base, nn, train and data only what knows no machine, no file and no number
# of a model.
wasm_sources = $(src_api_libapi_a_SOURCES) $(src_request_librequest_a_SOURCES) \
	$(src_report_libreport_a_SOURCES) $(src_search_libsearch_a_SOURCES) \
	$(src_sim_libsim_a_SOURCES) $(src_policy_libpolicy_a_SOURCES) \
	$(src_trace_libtrace_a_SOURCES) $(src_plan_libplan_a_SOURCES) \
	%D%/wasm.c src/base/called.c src/base/clock.c src/base/columns.c src/base/error.c \
	src/base/json.c src/base/list.c src/base/memory.c src/base/near.c src/base/quantile.c \
	src/base/rng.c src/base/text.c \
	$(src_cluster_libcluster_a_SOURCES) $(small_json) \
	src/data/batches.c src/nn/mlp.c src/nn/optimizer.c src/train/rank_memory.c src/train/recipe.c
wasm_exports = -Wl,--export=pipelab_room -Wl,--export=pipelab_call_words \
	-Wl,--export=pipelab_free -Wl,--strip-all

# Object by object, so that a compiler cache helps. Small, but for the rooms in which
# the time of a large plan goes.
pipelab.wasm: $(wasm_sources) $(src_base_libbase_a_SOURCES) config.h
	@$(MKDIR_P) wasm
	@{ grep '^#define PACKAGE' config.h; \
	  echo '#define VECTOR_CLONES'; } >wasm/config.h
	$(AM_V_GEN)objects= && for file in $(wasm_sources); do \
	  case $$file in *.c) ;; *) continue ;; esac; \
	  case $$file in src/plan/*|src/sim/*) level=-O2 ;; *) level=-Oz ;; esac; \
	  object=wasm/`echo $$file | tr / -`.o; \
	  $(WASM_CC) --target=wasm32-wasi $$level -DNDEBUG -Iwasm \
	    -I$(top_srcdir)/src -c -o $$object $(top_srcdir)/$$file || exit 1; \
	  objects="$$objects $$object"; \
	done; \
	$(WASM_CC) --target=wasm32-wasi -mexec-model=reactor $(wasm_exports) \
	  -o $@ $$objects
CLEANFILES += pipelab.wasm wasm/config.h wasm/*.o
