# One convenience library per room. A program links the rooms it may use, so a
# call in the wrong direction does not link.
include src/base/local.mk
include src/tensor/local.mk
include src/nn/local.mk
include src/data/local.mk
include src/plan/local.mk
include src/policy/local.mk
include src/trace/local.mk
include src/cluster/local.mk
include src/sim/local.mk
include src/search/local.mk
include src/runtime/local.mk
include src/report/local.mk
include src/train/local.mk
include src/step/local.mk
include src/course/local.mk
include src/bench/local.mk
include src/request/local.mk
include src/api/local.mk
include src/page/local.mk
include src/cli/local.mk
include src/mpi/local.mk

# Where gdb looks for what belongs to an installed program.
gdbautodir = $(datadir)/gdb/auto-load$(bindir)
dist_gdbauto_DATA = %D%/pipelab-gdb.py
