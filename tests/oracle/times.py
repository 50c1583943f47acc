"""times.py -- how long actions and messages take, in exact fractions, from the
options and files that pipelab is given. Written from doc/plans.md."""
import json
from fractions import Fraction
from itertools import chain

SECONDS = {"ns": Fraction(1, 10**9), "us": Fraction(1, 10**6),
           "ms": Fraction(1, 1000), "s": Fraction(1)}
SIZES = {"": 1, "B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12,
         "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


class Close(Exception):
    """A time so near the middle of two ticks that a double's last digit may
    decide; no plan to compare by."""


def rounded(ticks):
    if ticks != int(ticks) and abs(ticks % 1 - Fraction(1, 2)) < 1e-6:
        raise Close
    return int((ticks + Fraction(1, 2)) // 1)


def cut(text):
    """The number before a unit, and the unit."""
    end = len(text)
    while end and not (text[end - 1].isdigit() or text[end - 1] == "."):
        end -= 1
    return Fraction(text[:end]), text[end:]


def time_of(value, unit):
    if not isinstance(value, str):
        return Fraction(value)
    number, own = cut(value)
    return number * SECONDS[own] / SECONDS[unit] if own else number


def bytes_of(value):
    if not isinstance(value, str):
        return Fraction(value)
    number, unit = cut(value)
    return number * SIZES[unit]


def load(path):
    with open(path) as file:
        return json.load(file, parse_float=Fraction)


# ---- the random numbers of jitter ----

def philox(counter, key):
    for _ in range(10):
        a, b = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [b >> 32 ^ counter[1] ^ key[0], b & 0xFFFFFFFF,
                   a >> 32 ^ counter[3] ^ key[1], a & 0xFFFFFFFF]
        key = [key[0] + 0x9E3779B9 & 0xFFFFFFFF,
               key[1] + 0xBB67AE85 & 0xFFFFFFFF]
    return counter


JITTER = 7  # the use of the streams


def drawn(seed, draw, rank, position):
    n = rank << 32 | position
    block = philox([n >> 2 & 0xFFFFFFFF, n >> 34, draw, JITTER],
                   [seed & 0xFFFFFFFF, seed >> 32])
    return Fraction(block[n % 4], 2**31) - 1


# ---- layers ----

def transformer_layers(t):
    b, s, h, a = t.get("microbatch", 1), t["sequence"], t["hidden"], t["heads"]
    k, v = t.get("bytes", 2), t["vocabulary"]
    block = dict(forward=24 * b * s * h * h + 4 * b * s * s * h,
                 input=24 * b * s * h * h + 8 * b * s * s * h,
                 weight=24 * b * s * h * h,
                 parameter_bytes=k * (12 * h * h + 13 * h),
                 output_bytes=k * b * s * h)
    head = dict(forward=2 * b * s * h * v, input=2 * b * s * h * v,
                weight=2 * b * s * h * v, parameter_bytes=k * v * h,
                output_bytes=0)
    embedding = dict(forward=0, input=0, weight=0,
                     parameter_bytes=k * (v + s) * h, output_bytes=k * b * s * h)
    return [embedding] + [block] * t["blocks"] + [head]


def layers_of(model, cluster):
    if "transformer" not in model:
        return list(chain.from_iterable([layer] * layer.get("repeat", 1)
                                        for layer in model["layers"]))
    layers = transformer_layers(model["transformer"])
    per_us = cluster["flops"] * Fraction(cluster.get("efficiency", 1)) / 10**6
    kinds = ("forward", "input", "weight")
    return [dict(l, **{kind: l[kind] / per_us for kind in kinds})
            for l in layers]


def even(count, stages):
    return [count // stages + (s < count % stages) for s in range(stages)]


# ---- durations from a list ----

def read_list(text):
    """"F=1.5ms,B=3ms" and what follows where kinds are left out."""
    given = dict(item.split("=") for item in text.split(",")) if text else {}
    unit = next((cut(value)[1] for value in given.values()), "")
    times = {kind: time_of(value, unit) for kind, value in given.items()}
    whole = all(value.denominator == 1 for value in times.values())
    step, overlap = times.pop("STEP", 0), times.pop("OVERLAP", None)
    f = times.get("F", Fraction(1))
    i, w, b = times.get("I"), times.get("W"), times.get("B")
    if b is None and i is None and w is None:
        b = 2 * f
    if b is None:
        i, w = (f if i is None else i), (f if w is None else w)
        b = i + w
    if i is None and w is None:
        i = -(-b // 2) if whole else b / 2
    i = b - w if i is None else i
    w = b - i if w is None else w
    return unit, dict(F=f, B=b, I=i, W=w, STEP=Fraction(step), OVERLAP=overlap)


class Times:
    """Of one plan under options, a dictionary of texts by name; see Simulation
    in machine.py."""

    def __init__(self, options, plan):
        self.plan = plan
        self.jitter = None  # (x, seed, draw)
        self.barrier = "barrier" in options
        self.blocking = options.get("send") == "blocking"
        self.cluster = load(options["cluster"]) if "cluster" in options else {}
        self.model = load(options["model"]) if "model" in options else None
        if self.model:
            self.take_model(options)
        else:
            self.take_list(options)
        self.take_recompute(options.get("recompute", "none"))
        self.mb_factors = self.factors(options, "microbatch-cost", plan.mbs)
        self.rank_factors = self.factors(options, "rank-cost",
                                         len(plan.lists))
        self.latency = time_of(options.get("latency", "0"), self.unit)
        self.per_unit = 1
        fine = self.unit != "ns"
        times = [v for s in self.base for v in s.values() if v is not None]
        if fine and (any(t != int(t) for t in times + [self.latency]) or
                     {"model", "cluster", "jitter", "microbatch-cost",
                      "rank-cost"} & set(options)):
            self.per_unit = 1000
        self.known = {}

    @staticmethod
    def factors(options, name, count):
        if name not in options:
            return [Fraction(1)] * count
        return [Fraction(f) for f in options[name].split(",")]

    def take_list(self, options):
        self.unit, kinds = read_list(options.get("cost"))
        factors = self.factors(options, "stage-cost", self.plan.stages)
        self.base = [{k: None if v is None else v * f
                      for k, v in kinds.items()} for f in factors]
        self.outputs = self.parameters = [Fraction(0)] * self.plan.stages

    def take_model(self, options):
        layers = layers_of(self.model, self.cluster)
        self.unit = self.model.get("unit", "us")
        stages = self.plan.stages
        split = ([int(n) for n in options["split"].split(",")]
                 if "split" in options else even(len(layers), stages))
        self.base, self.outputs, self.parameters = [], [], []
        for s in range(stages):
            own = layers[sum(split[:s]):sum(split[:s + 1])]
            f, i, w = (sum(Fraction(l[kind]) for l in own)
                       for kind in ("forward", "input", "weight"))
            self.base.append(dict(F=f, I=i, W=w, B=i + w, STEP=Fraction(0),
                                  OVERLAP=None))
            self.outputs.append(bytes_of(own[-1].get("output_bytes", 0)))
            self.parameters.append(sum(bytes_of(l.get("parameter_bytes", 0))
                                       for l in own))

    def take_recompute(self, text):
        stages = range(self.plan.stages)
        again = {"none": [], "all": stages}.get(text)
        if again is None:
            again = [int(s) for s in text.split(",")]
        for s in set(again):
            self.base[s]["B"] += self.base[s]["F"]
            self.base[s]["I"] += self.base[s]["F"]
            if self.base[s]["OVERLAP"] is not None:
                self.base[s]["OVERLAP"] += self.base[s]["F"]

    # ---- for the simulation ----

    def exact(self, action):
        base = self.base[action.stage]
        if action.kind == "STEP":
            return base["STEP"]
        if action.kind in ("UNSHARD", "RESHARD", "REDUCE_GRAD"):
            return self.shard(action)
        if action.kind != "OVERLAP":
            return base[action.kind] * self.mb_factors[action.mb]
        if base["OVERLAP"] is not None:
            return base["OVERLAP"] * self.mb_factors[action.mb]
        return (base["F"] * self.mb_factors[action.mb] +
                self.exact(action.pair))

    def duration(self, rank, position, action):
        key = (rank, position)
        if key not in self.known:
            ticks = self.exact(action) * self.per_unit * self.rank_factors[rank]
            if self.jitter:
                x, seed, draw = self.jitter
                ticks *= 1 + x * drawn(seed, draw, rank, position)
            self.known[key] = rounded(ticks)
        return self.known[key]

    def draw(self, x, seed, draw):
        self.jitter = (x, seed, draw)
        self.known = {}

    def ticks(self, seconds):
        return rounded(seconds / SECONDS[self.unit] * self.per_unit)

    def named_link(self, low, high):
        cluster = self.cluster
        if "node" in cluster:
            node = cluster["node"]
            same = low // node["size"] == high // node["size"]
            return node["inside" if same else "between"]
        if "links" in cluster:
            ring = cluster["links"]
            return ring[low if (low + 1) % len(ring) == high else high]
        return cluster.get("link", {"latency": "0us"})

    def message(self, sender, receiver, link):
        if not self.cluster:
            return rounded(self.latency * self.per_unit), None
        named = self.named_link(sender, receiver)
        latency = self.ticks(time_of(named.get("latency", "0s"), "s"))
        if "bandwidth" not in named:
            return latency, None
        speed = bytes_of(named["bandwidth"][:-2])
        sizes = self.parameters if link[1] is None else self.outputs
        return latency, self.ticks(sizes[link[0]] / speed)

    def shard(self, action):
        """In units: half an all-reduce, or nothing."""
        if action.kind == "RESHARD":
            return Fraction(0)
        return self.all_reduce(action.stage) / 2 / SECONDS[self.unit]

    def reduce(self, stage):
        """None without all-reduce."""
        replicas = self.cluster.get("replicas", 1)
        if replicas == 1 or "reduce" not in self.cluster:
            return None
        if stage in self.plan.reduces:
            return 0
        return self.ticks(self.all_reduce(stage))

    def all_reduce(self, stage):
        """In seconds."""
        replicas = self.cluster.get("replicas", 1)
        if replicas == 1 or "reduce" not in self.cluster:
            return Fraction(0)
        named = self.cluster["reduce"]
        latency = time_of(named.get("latency", "0s"), "s")
        speed = (bytes_of(named["bandwidth"][:-2]) if "bandwidth" in named
                 else None)
        wire = self.parameters[stage] / speed if speed else 0
        return (2 * (replicas - 1) * latency +
                Fraction(2 * (replicas - 1), replicas) * wire)
