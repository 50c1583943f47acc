# The same model in PyTorch, in the same run: what a Python peer takes.
bench-peer: pipelab
	@for shape in '16 128 32 8' '16 512 256 8'; do \
	  set -- $$shape; \
	  $(PYTHON3) $(top_srcdir)/%D%/bench.py $$shape || exit $$?; \
	  ./pipelab bench --layers $$1 --hidden $$2 --batch $$3 \
	    --microbatches $$4 --schedule 1f1b | sed "/^ .*condition/,\$$d"; \
	  echo; \
	done
# Our plans under torch.distributed.pipelining, held against a step of ours.
peer-torch: pipelab
	@$(SHELL) $(top_srcdir)/%D%/torch_plans.sh ./pipelab '$(PYTHON3)'
.PHONY: bench-peer peer-torch
EXTRA_DIST += %D%/bench.py %D%/step.py %D%/torch_plan.py %D%/torch_plans.sh
