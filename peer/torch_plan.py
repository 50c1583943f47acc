"""Runs plans under torch.distributed.pipelining, a process a rank, and holds
loss and gradients against a step that pipelab took.

    torch_plan.py CHECKPOINT METRICS PLAN.csv...

CHECKPOINT and METRICS are those of step.py. A plan is what `pipelab schedule
--format csv` prints, also with --lower=pytorch. It may have any ranks, stages
and microbatches that its schedule, the layers and the batch allow, since none
of them changes a gradient by more than rounding.

Needs PyTorch 2.6 or newer with gloo. Status 0 if all plans that it takes end
with an equal loss and equal gradients, 1 if one does not, 3 if it takes none,
77 without such a PyTorch.
"""
import csv
import datetime
import inspect
import os
import re
import sys
import tempfile

import step as pipelab

OVERLAP = re.compile(r"\(([^;]*);([^)]*)\)OVERLAP_F_B")


class Plan:
    """A file; why_not says why PyTorch cannot take it, if that is so."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.path = path
        self.lowered = "SEND_" in self.text
        self.rank_of = {}  # of a stage
        self.forwards = {}  # of a stage, in their order
        lines = [line for line in self.text.splitlines() if line[:1] != "#"]
        rows = list(csv.reader(lines))
        for rank, row in enumerate(rows):
            for stage, mb in re.findall(r"(\d+)F(\d+)", ",".join(row)):
                self.rank_of[int(stage)] = rank
                self.forwards.setdefault(int(stage), []).append(int(mb))
        self.ranks = len(rows)
        self.stages = len(self.rank_of)
        self.mbs = max((len(mbs) for mbs in self.forwards.values()), default=0)

    def why_not(self, step):
        if self.text.startswith("#"):
            return "PyTorch has one copy of a stage"
        if not re.search(r"\d[BI]\d", self.text):
            return "no backward, so no gradient"
        # PyTorch takes the n-th output and loss of a stage for microbatch n's.
        if any(mbs != sorted(mbs) for mbs in self.forwards.values()):
            return "forwards of a stage out of order"
        if self.stages > len(step.layers):
            return f"{self.stages} stages for {len(step.layers)} layers"
        if len(step.labels) % self.mbs:
            return f"{self.mbs} microbatches of unequal size"
        return None

    def name(self):
        return f"{os.path.basename(self.path):32}"


def stage_layers(step, plan, stage):
    """The layers of a stage: as many in each, the first ones one more."""
    each, more = divmod(len(step.layers), plan.stages)
    first = stage * each + min(stage, more)
    return range(first, first + each + (stage < more))


def make_stage(step, plan, stage):
    layers = stage_layers(step, plan, stage)
    modules = []
    for number in layers:
        weight, bias = step.layers[number]
        linear = nn.Linear(weight.shape[1], weight.shape[0])
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(weight.values).view(weight.shape))
            linear.bias.copy_(torch.tensor(bias.values))
        modules.append(linear)
        if number < len(step.layers) - 1:
            modules.append(nn.ReLU())
    rows = len(step.labels) // plan.mbs
    # Given, not inferred: PyTorch 2.6 infers only where stages are dealt out in
    # turns.
    return pipelining.PipelineStage(
        nn.Sequential(*modules),
        stage,
        plan.stages,
        torch.device("cpu"),
        input_args=torch.empty(
            rows, step.layers[layers[0]][0].shape[1], requires_grad=stage > 0
        ),
        output_args=torch.empty(
            rows, step.layers[layers[-1]][0].shape[0], requires_grad=True
        ),
    )


def make_schedule(stages, plan, batch):
    def loss(logits, labels):
        return nn.functional.cross_entropy(logits, labels, reduction="sum") / batch

    options = {"scale_grads": False, "stage_index_to_group_rank": plan.rank_of}
    known = inspect.signature(schedules.PipelineScheduleMulti).parameters
    schedule = schedules._PipelineScheduleRuntime(
        stages,
        plan.mbs,
        loss_fn=loss,
        **{name: options[name] for name in options if name in known},
    )
    text = plan.text
    if not hasattr(schedules, "OVERLAP_F_B"):
        # What a newer PyTorch does of its own: one after the other.
        text = OVERLAP.sub(r"\1,\2", text)
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(text)
        file.flush()
        schedule._load_csv(
            file.name, "compute_comms" if plan.lowered else "compute_only"
        )
    return schedule


def run_plan(step, plan, rank):
    """How far this rank's gradients and, with the last stage, the loss are off."""
    mine = [s for s in range(plan.stages) if plan.rank_of[s] == rank]
    stages = [make_stage(step, plan, stage) for stage in mine]
    schedule = make_schedule(stages, plan, len(step.labels))
    losses = []
    schedule.step(
        *([torch.tensor(step.inputs)] if 0 in mine else []),
        target=torch.tensor(step.labels) if plan.stages - 1 in mine else None,
        losses=losses,
    )
    gradients = 0.0
    for stage in stages:
        expected = [
            tensor.values
            for number in stage_layers(step, plan, stage.stage_index)
            for tensor in step.gradients[number]
        ]
        for parameter, values in zip(stage.submod.parameters(), expected):
            made = parameter.grad.flatten().tolist()
            gradients = max(gradients, pipelab.off(made, values))
    loss = pipelab.off([sum(l.item() for l in losses)], [step.loss]) if losses else 0.0
    return loss, gradients


def rank_main(rank, ranks, plans, step, meeting, equal, done):
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # as pipelab's threads do
    distributed.init_process_group(
        "gloo",
        init_method=f"file://{meeting}",
        rank=rank,
        world_size=ranks,
        timeout=datetime.timedelta(minutes=5),
    )
    well = True
    for plan in plans:
        found = [None] * ranks
        distributed.all_gather_object(found, run_plan(step, plan, rank))
        loss, gradients = (max(column) for column in zip(*found))
        same = max(loss, gradients) <= pipelab.ROUNDING
        well = well and same
        if rank == 0:
            print(
                f"{plan.name()} {ranks:5} {plan.stages:6} {plan.mbs:3}  {loss:8.1e}"
                f" {gradients:9.1e}  {'equal' if same else 'DIFFERENT'}",
                flush=True,
            )
    if rank == 0:
        equal.put(well)
    # At the end of a process PyTorch 2.6 now and then waits for ever for a
    # thread of its own; so none ends that way, nor before all are done.
    done.wait()
    os._exit(0)


def run_plans(step, plans):
    """Whether all of them, which have the same number of ranks, end equal."""
    ranks = plans[0].ranks
    context = multiprocessing.get_context("spawn")
    equal = context.SimpleQueue()
    done = context.Barrier(ranks)
    with tempfile.TemporaryDirectory() as folder:
        meeting = os.path.join(folder, "meeting")
        multiprocessing.spawn(
            rank_main, (ranks, plans, step, meeting, equal, done), nprocs=ranks
        )
    return equal.get()


def main():
    if len(sys.argv) < 4:
        print(__doc__.split("\n\n")[1].strip(), file=sys.stderr)
        sys.exit(2)
    step = pipelab.read_step(*sys.argv[1:3])
    plans = [Plan(path) for path in sys.argv[3:]]
    print(
        f"PyTorch {torch.__version__}, {len(step.layers)} layers, batch "
        f"{len(step.labels)}; a difference is up to {pipelab.ROUNDING:.0e} equal"
    )
    print(f"{'plan':32} ranks stages mbs  loss off gradients off")
    taken = {}
    for plan in plans:
        why = plan.why_not(step)
        if why:
            print(f"{plan.name()} left out: {why}")
        else:
            taken.setdefault(plan.ranks, []).append(plan)
    if not taken:
        sys.exit(3)
    sys.exit(not all([run_plans(step, group) for group in taken.values()]))


try:
    import torch
    from torch import distributed, multiprocessing, nn
    from torch.distributed import pipelining
    from torch.distributed.pipelining import schedules

    version = tuple(int(n) for n in re.findall(r"\d+", torch.__version__)[:2])
    missing = None if version >= (2, 6) else f"PyTorch is {torch.__version__}"
except ImportError:
    missing = "PyTorch with torch.distributed.pipelining is not installed"

if __name__ == "__main__":
    if missing:
        print(f"SKIP: {missing}; 2.6 or newer is needed (Debian 13: python3-torch)")
        sys.exit(77)
    main()
