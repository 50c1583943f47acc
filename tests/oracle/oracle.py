#!/usr/bin/env python3
"""oracle.py -- draws plans and machines, and holds what pipelab simulate says
of each to a simulator of its own.

    oracle.py PIPELAB COUNT [FIRST]

Case number n is the same on every machine; COUNT cases from number FIRST.
Status 1 with the command line of each case that differs."""
import json
import os
import random
import subprocess
import sys
import tempfile
from fractions import Fraction

from machine import (Plan, Simulation, auto_capacity, parts, period,
                     read_cell, settle)
from times import Close, Times

# Schedules by the stages that a rank owns.
ONE = ["naive", "gpipe", "1f1b", "eager-1f1b", "zb-h2"]
SEVERAL = ["interleaved-1f1b", "combined-1f1b", "looped-bfs", "zb1p"]
BOTH_WAYS = ["chimera", "dualpipe"]
IN_A_V = ["zbv", "v-half", "v-min", "hanayo", "dualpipev"]
# Their order follows from costs, so simulate gets it as a file.
BY_COSTS = ["greedy", "v-half", "v-min"]
DRAWS = 101


class Differs(Exception):
    pass


# ---- what is drawn ----

def number(rng, most, digits):
    return "%.*f" % (digits, rng.uniform(0.1, most))


def numbers(rng, count, most, digits):
    return ",".join(number(rng, most, digits) for _ in range(count))


def draw_shape(rng):
    # The last two once more: they run without slots too.
    schedule = rng.choice(ONE + SEVERAL + IN_A_V + BOTH_WAYS +
                          ["greedy", "gpipe", "looped-bfs"])
    ranks = rng.randint(1, 4)
    chunks = 1 if schedule in ONE + BOTH_WAYS else 2
    if schedule in SEVERAL + ["greedy"]:
        chunks = rng.randint(1, 3)
    mbs = rng.randint(1, 8)
    if schedule == "dualpipev":
        ranks, mbs = min(ranks, 3), 2 * ranks + rng.randint(0, 2)
    if schedule in BOTH_WAYS:
        ranks = rng.choice([2, 4])
        mbs = ranks * rng.randint(1, 3) * (1 + (schedule == "dualpipe"))
    return schedule, ranks, ranks * chunks, mbs


def draw_list(rng, unit):
    """Durations; sometimes whole, sometimes without some kinds."""
    digits = rng.choice([0, 0, 1, 2])

    def time():
        return (str(rng.randint(1, 9)) if digits == 0
                else number(rng, 9, digits)) + unit

    kinds = rng.choice(["F", "FB", "FBIW", "FIW", "FI", "FW", "FBIWO",
                        "FBIWSO", "FIWS"])
    names = {"S": "STEP", "O": "OVERLAP"}
    return ",".join("%s=%s" % (names.get(k, k), time()) for k in kinds)


def draw_link(rng, bandwidth):
    link = {"latency": "%dus" % rng.choice([0, 3, 40, 500])}
    if bandwidth and rng.random() < 0.8:
        link["bandwidth"] = "%dMB/s" % rng.randint(50, 3000)
    return link


def draw_cluster(rng, ranks, has_model):
    kind = rng.choice(["link", "link", "links", "node", "none"])
    cluster = {"flops": rng.randint(1, 50) * 1e12, "efficiency": 0.5}
    if kind == "link":
        cluster["link"] = draw_link(rng, has_model)
    elif kind == "links":
        cluster["ranks"] = ranks
        cluster["links"] = [draw_link(rng, has_model) for _ in range(ranks)]
    elif kind == "node":
        cluster["node"] = {"size": rng.randint(1, 3),
                           "inside": draw_link(rng, has_model),
                           "between": draw_link(rng, has_model)}
    if has_model and rng.random() < 0.6:
        cluster["replicas"] = rng.randint(1, 4)
        cluster["reduce"] = draw_link(rng, True)
    return cluster


def draw_layer(rng):
    layer = {"name": "layer", "forward": round(rng.uniform(0, 900), 1),
             "input": round(rng.uniform(0, 900), 1),
             "weight": round(rng.uniform(0, 900), 1),
             "parameter_bytes": "%dKiB" % rng.randint(0, 900),
             "output_bytes": "%dkB" % rng.randint(0, 300)}
    if rng.random() < 0.4:
        layer["repeat"] = rng.randint(1, 5)
    return layer


def draw_model(rng, stages):
    """A model of enough layers, and how many it has."""
    if rng.random() < 0.3:
        blocks = rng.randint(max(1, stages - 2), stages + 4)
        return {"transformer": {
            "blocks": blocks, "hidden": 64 * rng.randint(1, 8), "heads": 8,
            "sequence": 32 * rng.randint(1, 8),
            "vocabulary": rng.randint(100, 4000),
            "microbatch": rng.randint(1, 4), "bytes": 2}}, blocks + 2
    layers = [draw_layer(rng) for _ in range(stages + rng.randint(0, 3))]
    return {"unit": rng.choice(["us", "us", "ns", "ms"]),
            "layers": layers}, sum(l.get("repeat", 1) for l in layers)


def draw_split(rng, layers, stages):
    cuts = sorted(rng.sample(range(1, layers), stages - 1))
    ends = zip([0] + cuts, cuts + [layers])
    return ",".join(str(b - a) for a, b in ends)


def write(folder, name, value):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        json.dump(value, file)
    return path


def draw_options(rng, folder, ranks, stages, mbs):
    options = {}
    cluster = rng.random() < 0.6
    if rng.random() < 0.55:
        model, layers = draw_model(rng, stages)
        options["model"] = write(folder, "model.json", model)
        cluster = cluster or "transformer" in model
        if rng.random() < 0.4:
            options["split"] = draw_split(rng, layers, stages)
    else:
        unit = "us" if cluster else rng.choice(["", "", "ns", "us", "ms"])
        if cluster or rng.random() < 0.8:
            options["cost"] = draw_list(rng, unit)
        if rng.random() < 0.3:
            options["stage-cost"] = numbers(rng, stages, 3,
                                            rng.choice([0, 1]))
        if not cluster and rng.random() < 0.5:
            options["latency"] = rng.choice(["0", "1", "3", "0.5"])
    if rng.random() < 0.3:
        some = [str(s) for s in range(stages) if rng.random() < 0.5]
        options["recompute"] = rng.choice(
            ["none", "all", ",".join(some) or "0"])
    if cluster:
        options["cluster"] = write(folder, "cluster.json", draw_cluster(
            rng, ranks, "model" in options))
        if rng.random() < 0.5:
            options["send"] = rng.choice(["free"] + 4 * ["blocking"])
    if rng.random() < 0.3:
        options["microbatch-cost"] = numbers(rng, mbs, 3, 1)
    if rng.random() < 0.3:
        options["rank-cost"] = numbers(rng, ranks, 2, 1)
    if rng.random() < 0.3:
        options["barrier"] = None
    if rng.random() < 0.15:
        options["jitter"] = rng.choice(["0.05", "0.3", "1"])
        options["seed"] = str(rng.randint(0, 2**40))
    return options


# ---- what pipelab says ----

def words(options):
    return [word for name, value in options.items()
            for word in (["--" + name] if value is None
                         else ["--" + name, value])]


def call(*arguments):
    run = subprocess.run(arguments, capture_output=True, text=True,
                         stdin=subprocess.DEVNULL)
    return run.returncode, run.stdout, run.stderr


def make_plan(pipelab, folder, shape, forward_only):
    """The lowered plan, the words by which simulate gets the same, and its
    text."""
    schedule, ranks, stages, mbs = shape
    words = ["--schedule", schedule, "--ranks", str(ranks), "--stages",
             str(stages), "--microbatches", str(mbs)]
    if schedule in BY_COSTS:
        words += ["--cost", "F=2,B=5,I=3,W=2", "--latency", "1"]
    if forward_only:
        words.append("--forward-only")
    if schedule in BY_COSTS:
        path = os.path.join(folder, "plan.csv")
        if call(pipelab, "schedule", "--format", "csv", "--output", path,
                *words)[0] == 2:
            return None, None, None
        words = ["--load", path]
    status, text, said = call(pipelab, "schedule", "--lower", "--format",
                              "csv", *words)
    if status == 2:
        return None, None, None  # the schedule does not fit the shape
    if status != 0:
        raise Differs("schedule ends with %d: %s" % (status, said))
    return Plan(text), words, text


def insert_sharding(rng, text):
    """Cells before the first computation of a stage, after its last, and
    sometimes between."""
    rows = []
    for row in text.strip("\n").split("\n"):
        cells, seen, left = [], set(), {}
        actions = [read_cell(cell) for cell in row.split(",")]
        for a in actions:
            for p in parts(a):
                if p.kind in ("F", "B", "I", "W"):
                    left[p.stage] = left.get(p.stage, 0) + 1
        for cell, action in zip(row.split(","), actions):
            done = [p.stage for p in parts(action)
                    if p.kind in ("F", "B", "I", "W")]
            for stage in done:
                if stage not in seen:
                    seen.add(stage)
                    cells.append("%dUNSHARD" % stage)
                elif rng.random() < 0.2:
                    cells += ["%dRESHARD" % stage, "%dUNSHARD" % stage]
            cells.append(cell)
            for stage in done:
                left[stage] -= 1
                if left[stage] == 0:
                    cells += rng.sample(["%dREDUCE_GRAD" % stage,
                                         "%dRESHARD" % stage], 2)
        rows.append(",".join(cells))
    return "\n".join(rows) + "\n"


def load(folder, text, recv):
    """The plan of a text, and the words to load it."""
    path = os.path.join(folder, "changed.csv")
    with open(path, "w") as file:
        file.write(text)
    return Plan(text), ["--load", path, "--recv", recv]


def shard(rng, folder, text):
    """The plan with sharding, as it stands."""
    return load(folder, insert_sharding(rng, text), "inline")


def post_early(rng, text):
    """The plan with its RECVs anywhere before where they are needed, on each
    link in order."""
    rows = []
    for row in text.strip("\n").split("\n"):
        cells = []
        for cell in row.split(","):
            action = read_cell(cell)
            first = 0
            if action.kind not in ("RECV_F", "RECV_B") or rng.random() < 0.3:
                first = len(cells)
            for n, other in enumerate(map(read_cell, cells[first:]), first):
                if (other.kind, other.stage) == (action.kind, action.stage):
                    first = n + 1
            cells.insert(rng.randint(first, len(cells)), cell)
        rows.append(",".join(cells))
    return "\n".join(rows) + "\n"


def post(rng, folder, text):
    """The plan as its RECVs are waited for."""
    plan, words = load(folder, post_early(rng, text), "posted")
    plan.lists = [settle(actions) for actions in plan.lists]
    return plan, words


def expect(what, has, wants):
    if has != wants:
        raise Differs("%s is %s, and should be %s" % (what, has, wants))


def compare_spans(says, simulation, steps):
    spans = [(s["rank"], says.ticks(s["start"]), says.ticks(s["end"]),
              s["kind"]) for s in says.all["spans"]]
    ours = [(rank, start, end, action.kind)
            for rank, (actions, times) in enumerate(
                zip(simulation.plan.lists, simulation.spans))
            for action, (start, end) in zip(actions * steps, times)]
    expect("the number of spans", len(spans), len(ours))
    for n, (has, wants) in enumerate(zip(spans, ours)):
        wants = wants[:3] + (wants[3].replace("OVERLAP", "OVERLAP_F_B"),)
        expect("span %d" % n, has, wants)


class Says:
    def __init__(self, text, per_unit):
        self.all = json.loads(text, parse_float=Fraction)
        self.per_unit = per_unit

    def ticks(self, value):
        """Printed in units, of which doubles keep more than thousandths."""
        ticks = Fraction(value) * self.per_unit
        if abs(ticks - round(ticks)) > 1e-3:
            raise Differs("%s is no whole number of ticks" % value)
        return round(ticks)


def compare_draws(says, plan, times, capacity, options):
    x, seed = Fraction(options["jitter"]), int(options["seed"])
    makespans, periods = [], []
    small = sum(map(len, plan.lists)) <= 40
    for draw in range(DRAWS):
        times.draw(x, seed, draw)
        makespans.append(Simulation(plan, times, capacity, 1).makespan())
        periods.append(period(plan, times, capacity) if small else None)
    drawn = [("makespan_drawn", makespans)]
    if None not in periods:
        drawn.append(("period_drawn",
                      [int(Fraction(*p) + Fraction(1, 2)) for p in periods]))
    for name, values in drawn:
        band = dict(zip(("low", "median", "high"),
                        (sorted(values)[n] for n in (2, 50, 98))))
        for part, value in band.items():
            expect("%s of %s" % (part, name),
                   says.ticks(says.all[name][part]), value)


def compare_period(says, plan, times, capacity, busy):
    found = period(plan, times, capacity)
    if not found:
        return False
    ticks, steps = found
    exact = Fraction(ticks, steps)
    has = Fraction(says.all["period"]) * says.per_unit
    if abs(has - exact) > Fraction(1, 10**6):
        raise Differs("period is %s, and should be %s" % (has, exact))
    if exact:
        bubble = 1 - busy / (len(plan.lists) * exact)
        if abs(Fraction(says.all["steady_bubble"]) - bubble) > 1e-9:
            raise Differs("steady_bubble is not %f" % bubble)
    return True


def compare(status, text, plan, options, capacity, steps):
    times = Times(options, plan)
    if capacity == "auto":
        capacity = auto_capacity(plan, times)
    capacity = int(capacity)
    simulation = Simulation(plan, times, capacity, steps)
    expect("the status", status, 0 if simulation.complete else 4)
    if not simulation.complete:
        return "deadlock"
    says = Says(text, times.per_unit)
    expect("capacity", says.all["capacity"], capacity)
    expect("unit", says.all["unit"], times.unit or "tick")
    expect("makespan", says.ticks(says.all["makespan"]), simulation.makespan())
    compare_spans(says, simulation, steps)
    busy = Fraction(simulation.busy(), steps)
    done = compare_period(says, plan, times, capacity, busy)
    if "jitter" in options:
        compare_draws(says, plan, times, capacity, options)
    return "period" if done else "no repeat"


# ---- cases ----

def run_case(pipelab, number, folder):
    """None where there is nothing to compare, or what was compared."""
    rng = random.Random(number)
    shape = draw_shape(rng)
    forward_only = rng.random() < 0.08
    plan, plan_words, text = make_plan(pipelab, folder, shape, forward_only)
    if not plan:
        return None
    options = draw_options(rng, folder, *shape[1:])
    if forward_only:
        options.pop("barrier", None)
        options.pop("recompute", None)
    apart = random.Random(-1 - number)
    if ("cluster" in options and not forward_only and plan.copies == 1 and
            apart.random() < 0.5):
        plan, plan_words = shard(apart, folder, text)
    elif plan.copies == 1 and apart.random() < 0.3:
        plan, plan_words = post(apart, folder, text)
    capacity = rng.choice(["0", "1", "2", "5", "auto", "auto", "auto"])
    if "send" in options and rng.random() < 0.3:
        capacity = "0"
    steps = rng.choice([1, 1, 2, 3, 5])
    command = [pipelab, "simulate", *plan_words, *words(options),
               "--capacity", capacity, "--steps", str(steps), "--format",
               "json", "--spans"]
    status, text, said = call(*command)
    try:
        if status not in (0, 4):
            raise Differs("status %d: %s" % (status, said))
        return compare(status, text, plan, options, capacity, steps)
    except Close:
        return None
    except Differs as difference:
        files = [open(options[f]).read() for f in ("model", "cluster")
                 if f in options]
        print("case %d: %s\n  %s" % (number, difference, " ".join(command)))
        for file in files:
            print("  " + file)
        return "differs"


def main():
    pipelab, count = sys.argv[1], int(sys.argv[2])
    number = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    tally = {}
    with tempfile.TemporaryDirectory() as folder:
        while sum(tally.values()) < count:
            kind = run_case(pipelab, number, folder)
            if kind:
                tally[kind] = tally.get(kind, 0) + 1
            number += 1
    print("oracle: %d plans, to the tick; %s" % (count, ", ".join(
        "%d %s" % (n, kind) for kind, n in sorted(tally.items()))))
    return 1 if tally.get("differs") else 0


if __name__ == "__main__":
    sys.exit(main())
