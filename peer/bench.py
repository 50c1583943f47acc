"""Times the bench's model in PyTorch: the same layers, batch, microbatches and
optimizer, on the same cores, in milliseconds a step.

    bench.py LAYERS HIDDEN BATCH MICROBATCHES

One process first, then, where this PyTorch has torch.distributed.pipelining,
its own GPipe and 1F1B over gloo, a process a stage.
"""
import os
import statistics
import sys
import time

try:
    import torch
    from torch import nn
except ImportError:
    print("SKIP: PyTorch is not installed (Debian: python3-torch)")
    sys.exit(77)

torch.set_flush_denormal(True)  # as pipelab's threads do
LAYERS, HIDDEN, BATCH, MBS = (int(a) for a in sys.argv[1:5])
REPEAT = 7


def layers(first, count):
    made = []
    for _ in range(count):
        made += [nn.Linear(HIDDEN, HIDDEN), nn.ReLU()]
    if first + count == LAYERS:
        made.append(nn.Linear(HIDDEN, 2))
    return nn.Sequential(*made)


def data():
    torch.manual_seed(42)
    return torch.randn(BATCH, HIDDEN), torch.randint(2, (BATCH,))


def median_ms(step):
    """The median over REPEAT measurements of a fifth of a second each."""
    step()
    start = time.perf_counter()
    step()
    steps = max(1, int(0.2 / (time.perf_counter() - start)))
    times = []
    for _ in range(REPEAT):
        start = time.perf_counter()
        for _ in range(steps):
            step()
        times.append((time.perf_counter() - start) / steps * 1e3)
    return statistics.median(times)


def one_process(threads):
    torch.set_num_threads(threads)
    model = layers(0, LAYERS)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    x, y = data()
    parts = list(zip(x.tensor_split(MBS), y.tensor_split(MBS)))

    def step():
        optimizer.zero_grad()
        for inputs, labels in parts:
            loss = nn.functional.cross_entropy(
                model(inputs), labels, reduction="sum"
            )
            (loss / BATCH).backward()
        optimizer.step()

    return median_ms(step)


def rank_main(rank, ranks, name, port, results):
    import torch.distributed as dist
    from torch.distributed import pipelining

    os.environ["MASTER_ADDR"] = "127.0.0.1"
    os.environ["MASTER_PORT"] = str(port)
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=rank, world_size=ranks)
    count = LAYERS // ranks
    module = layers(rank * count, count)
    optimizer = torch.optim.Adam(module.parameters(), lr=1e-3)
    stage = pipelining.PipelineStage(module, rank, ranks, torch.device("cpu"))
    schedule = getattr(pipelining, name)(
        stage, MBS, loss_fn=nn.functional.cross_entropy
    )
    x, y = data()

    def step():
        optimizer.zero_grad()
        if rank == 0:
            schedule.step(x)
        elif rank == ranks - 1:
            schedule.step(target=y)
        else:
            schedule.step()
        optimizer.step()

    # The same number of steps on every rank, or they would wait for ever.
    times = []
    for i in range(REPEAT + 1):
        start = time.perf_counter()
        for _ in range(5):
            step()
        times.append((time.perf_counter() - start) / 5 * 1e3)
    if rank == 0:
        results.put(statistics.median(times[1:]))
    dist.destroy_process_group()


def pipeline(ranks, name, port):
    import torch.multiprocessing as mp

    results = mp.get_context("spawn").SimpleQueue()
    mp.spawn(rank_main, (ranks, name, port, results), nprocs=ranks)
    return results.get()


def main():
    print(
        f"PyTorch {torch.__version__}: {LAYERS} layers of {HIDDEN}, batch "
        f"{BATCH} in {MBS} microbatches, Adam; median ms a step"
    )
    for threads in (1, os.cpu_count()):
        print(f"one process, {threads} threads {one_process(threads):14.3f}")
    try:
        from torch.distributed import pipelining  # noqa: F401
    except ImportError:
        print("its pipeline schedules: not in this version (2.5 has them)")
        return
    for ranks in (2, 4):
        for i, name in enumerate(("ScheduleGPipe", "Schedule1F1B")):
            took = pipeline(ranks, name, 29500 + 10 * ranks + i)
            print(f"{name}, {ranks} processes {took:14.3f}")


if __name__ == "__main__":
    main()
