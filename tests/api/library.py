"""library.py -- python/pipelab.py and the library under it: figures, pictures,
refusals, the laws of `why`, calls in several threads, and no leak.

Usage: library.py PIPELAB, the program to compare with."""
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
import threading

import pipelab

program = sys.argv[1]
SHAPES = [(2, 2, 4), (4, 4, 8), (2, 4, 4), (3, 6, 6)]


def told(*words):
    done = subprocess.run([program, *words], capture_output=True, text=True)
    text = done.stderr.replace(program, "pipelab")
    return done.stdout, text.replace("pipelab: ", "", 1).strip()


def refused(*arguments, **options):
    try:
        pipelab.simulate(*arguments, **options)
    except ValueError as error:
        return error
    raise AssertionError("not refused: %s %s" % (arguments, options))


def figures():
    run = pipelab.simulate("1f1b", ranks=4, microbatches=8)
    said = json.loads(told("simulate", "--ranks=4", "--format=json",
                           "--spans")[0])
    assert run.as_dict() == said
    assert run.period == said["period"] and run.spans == said["spans"]
    assert set(run.spans[0]) == {"rank", "kind", "stage", "microbatch",
                                 "start", "end"}
    assert run._repr_svg_().startswith("<svg") or "<svg" in run.svg
    assert "1f1b on 4 ranks" in repr(run)
    assert run.as_dict() == pipelab.simulate(
        "1f1b", ranks=4, microbatches=8, stage_cost=[1, 1, 1, 1],
        cost={"F": 1, "B": 2}).as_dict()


def read_rows(answer):
    """The spans of an answer to --rows as spans are without it."""
    cells = iter(answer["overlaps"])
    for rank, row in enumerate(answer["rows"]):
        for kind, stage, mb, start, end in zip(*[iter(row)] * 5):
            span = {"rank": rank, "kind": answer["kinds"][kind],
                    "stage": stage, "microbatch": mb}
            if span["kind"] == "OVERLAP_F_B":
                span["cell"] = next(cells)
            yield dict(span, start=start / answer["per_unit"],
                       end=end / answer["per_unit"])


def rows():
    """Rows of numbers are the same spans, in a fraction of the room."""
    for options in dict(), dict(schedule="dualpipe"), \
            dict(stage_cost=[1, 1.5, 1, 1], latency=0.25, steps=2), \
            dict(csv="0F0,0B0,0F1,0B1\n1F0,1B0,1F1,1B1\n"):
        run = pipelab.simulate(rows=True, **options)
        assert list(read_rows(run.as_dict())) == \
            pipelab.simulate(**options).spans, options
        assert "<svg" in run.svg and not hasattr(run, "spans")


def cells_until(run, moment):
    """The table of what has ended by then, and its spans."""
    table = [[] for _ in range(run.ranks)]
    kept = [s for s in run.spans if s["end"] <= moment and s["kind"] != "STEP"
            and s["kind"][:4] not in ("SEND", "RECV")]
    for span in kept:
        table[span["rank"]].append(span.get(
            "cell", "%(stage)d%(kind)s%(microbatch)d" % span))
    return "\n".join(",".join(row) for row in table) + "\n", kept


def parts():
    """A table that is being filled is timed as a whole one is."""
    model = json.dumps({"unit": "ms", "layers": [
        {"forward": 0.5, "input": 0.25, "weight": 0.25},
        {"repeat": 7, "forward": 1, "input": 1, "weight": 0.75}]})
    cluster = json.dumps({"link": {"latency": "20us"}})
    tried = 0
    for ranks, stages, mbs in SHAPES:
        shape = dict(ranks=ranks, stages=stages, microbatches=mbs)
        for machine in dict(cost="F=3,B=5,I=2,W=3", latency=2), \
                dict(model=model, cluster=cluster), \
                dict(stage_cost=[1 + s % 3 for s in range(stages)]):
            for one in pipelab.schedules(**shape):
                run = one["fits"] and pipelab.simulate(one["name"], **shape,
                                                       **machine)
                if not run or one["name"] in ("chimera", "dualpipe"):
                    continue
                for share in 0, 0.1, 0.5, 0.9:
                    csv, kept = cells_until(run, share * run.makespan)
                    error = refused(csv=csv, part=True, **shape, **machine)
                    found = error.details
                    assert (found["ranks"], found["stages"],
                            found["microbatches"]) == (ranks, stages, mbs)
                    assert found["spans"] == kept, (one["name"], shape,
                                                    machine, csv)
                    assert found["stops"] == []
                    tried += 1
    assert tried > 200, tried
    assert pipelab.simulate(csv="0F0,0B0\n", part=True, ranks=1, stages=1,
                            microbatches=1).makespan == 3


def plans():
    plan = pipelab.make("gpipe", stages=2, microbatches=2)
    assert plan.plan[1] == ["1F0", "1F1", "1B0", "1B1"]
    again = pipelab.make(csv=plan.csv)
    assert again.plan == plan.plan and again.csv == plan.csv
    assert pipelab.lower(csv=plan.csv).plan[0][1] == "0SEND_F0"
    assert pipelab.check("gpipe").messages == 48
    assert pipelab.search(stages=2, microbatches=4).lower_bound > 0
    assert pipelab.compare(stages=4)[0]["period"] > 0
    named = {one["name"]: one for one in pipelab.schedules(stages=4)}
    assert named["gpipe"]["fits"] and not named["zbv"]["fits"]
    assert named["zbv"]["text"] == told("schedule", "--schedule=zbv")[1]


def refusals():
    bad = "0F0,0B0\n1B0,1F0\n"
    error = refused(csv=bad)
    assert "rank 1, position 0, 1B0" in str(error)
    assert (error.details["rank"], error.details["position"],
            error.details["cell"]) == (1, 0, "1B0")
    assert error.details["stops"][0]["cell"] == "0B0"
    circle = refused(csv="0F0,0B0,0F1,0B1\n1F0,1F1,1B0,1B1\n").details["circle"]
    assert [(c["rank"], c["cell"], c["peer"]) for c in circle] == [
        (0, "0B0", 1), (1, "1F1", 0)]
    assert refused(csv="0F0,0X0\n").details["cell"] == "0X0"
    assert refused("zbv", ranks=2, stages=4,
                   capacity=0).details["status"] == 4
    for words in ["--schedule=x"], ["--ranks=9"], ["--cost=F=x"], ["--frob=1"], \
            ["--latency"], ["--stages=0"], ["--schedule=zbv"], ["word"], \
            ["--barrier=1"], ["--max-memory=1GiB"], ["--capacity=-1"], ["--rnaks=2"], \
            ["--stage=2"], ["stages"]:
        try:
            pipelab._call(["simulate", *words])
            raise AssertionError("not refused: %s" % words)
        except ValueError as error:
            assert str(error) == told("simulate", *words)[1], words
    for options in {"stages": 65535, "microbatches": 1 << 20}, \
            {"microbatches": 1 << 18, "steps": 1024}, {"cost": "measured"}, \
            {"model": "/nonexistent"}, {"load": "/etc/passwd"}:
        refused(**options)
    refused(csv="")
    refused(csv="999F999999,0F0\n")


class Number:
    """As one of numpy is."""

    def __init__(self, value):
        self.value = value

    def tolist(self):
        return self.value


def types():
    """What Python has for a number, a text or a file is taken, or refused
    with the argument's name and what to give."""
    text = "0F0,0B0\n1F0,1B0\n"
    wanted = pipelab.check(csv=text).as_dict()
    with tempfile.TemporaryDirectory() as place:
        path = pathlib.Path(place, "plan.csv")
        path.write_text(text)
        for csv in text.encode(), bytearray(text.encode()), path:
            for ask in pipelab.check, pipelab.make, pipelab.lower, \
                    pipelab.simulate, pipelab.why, pipelab.compare:
                ask(csv=csv)
            assert pipelab.check(csv=csv).as_dict() == wanted
        model = {"unit": "ms", "layers": [
            {"repeat": 4, "forward": 1, "input": 1, "weight": 1}]}
        path.write_text(json.dumps(model))
        assert pipelab.simulate(model=model).as_dict() == pipelab.simulate(
            model=path).as_dict() == pipelab.simulate(
            model=json.dumps(model)).as_dict()
    run = pipelab.simulate("gpipe", stages=2, microbatches=4, barrier=True,
                           stage_cost=[1, 2]).as_dict()
    for two, yes, costs in (Number(2), Number(True), Number([1, 2])), \
            ("2", True, (1, 2)), (b"2", True, range(1, 3)), \
            (2, True, [Number(1), b"2"]):
        assert pipelab.simulate(b"gpipe", stages=two, microbatches=4,
                                barrier=yes, stage_cost=costs,
                                ranks=None).as_dict() == run
    plan = pipelab.make("gpipe")
    for kind, part, ask, given in [
            (TypeError, "csv is of type int", pipelab.check, dict(csv=3)),
            (TypeError, "csv is of type list", pipelab.compare,
             dict(csv=[["0F0"]])),
            (TypeError, "csv is of type Plan", pipelab.why, dict(csv=plan)),
            (TypeError, "schedule has a value of type Plan",
             pipelab.simulate, dict(schedule=plan)),
            (TypeError, "stages has a value of type set", pipelab.search,
             dict(stages={2})),
            (TypeError, "ranks has a value of type object",
             pipelab.schedules, dict(ranks=object())),
            (TypeError, "stage_cost has a value of type NoneType",
             pipelab.make, dict(stage_cost=[1, None])),
            (TypeError, "cost has a value of type bool", pipelab.lower,
             dict(cost={"F": True})),
            (ValueError, "NUL", pipelab.check, dict(csv="0F0,0B0\n\0")),
            (ValueError, "NUL", pipelab.simulate, dict(schedule="1f1b\0")),
            (FileNotFoundError, "no.csv", pipelab.check,
             dict(csv=pathlib.Path("no.csv")))]:
        try:
            ask(**given)
            raise AssertionError("not refused: %s" % given)
        except kind as error:
            assert part in str(error), (part, error)


def waits():
    """The path of a step is as long as the step, hop for hop."""
    for (ranks, stages, mbs), latency, steps in itertools.product(
            SHAPES, (0, 3), (1, 3)):
        shape = dict(ranks=ranks, stages=stages, microbatches=mbs)
        for one in pipelab.schedules(**shape):
            if not one["fits"]:
                continue
            options = dict(shape, schedule=one["name"], latency=latency,
                           steps=steps)
            run = pipelab.simulate(**options)
            path = pipelab.why(**options)["path"]
            work = sum(c["end"] - c["start"] for c in path
                       if "SEND" not in c["cell"] and "RECV" not in c["cell"])
            sends = sum("SEND" in c["cell"] and before["cell"] ==
                        c["cell"].replace("SEND", "RECV").replace(
                            c["cell"].split("S")[0],
                            before["cell"].split("R")[0], 1)
                        for before, c in zip(path, path[1:])
                        if before["rank"] != c["rank"])
            assert work + latency * sends == run.makespan, (options, path)
    asked = pipelab.why("gpipe", stages=2, microbatches=2, at=3, rank=0)
    wait = asked["waits"][0]
    assert wait["kind"] == "input" and wait["until"] == "1SEND_B0"
    assert wait["text"].startswith("rank 0 waits to receive the gradient of "
                                   "microbatch 0 from rank 1")
    assert asked["path"][0]["cell"] == "0RECV_B0"
    assert asked["path"][1]["cell"] == "1SEND_B0"
    late = pipelab.why("gpipe", stages=2, microbatches=2, latency=2, at=2)
    assert late["waits"][1]["kind"] == "way"


def threads():
    wanted = pipelab.compare(stages=4)
    found = []
    workers = [threading.Thread(target=lambda: found.append(
        all(pipelab.compare(stages=4) == wanted for _ in range(5))))
        for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [True] * 4


def resident():
    with open("/proc/self/status") as status:
        return int(next(line for line in status
                        if line.startswith("VmRSS")).split()[1])


def leaks():
    calls = [(["simulate", "--stages=2", "--microbatches=2"], None),
             (["check"], "0F0,0B0\n1B0,1F0\n"), (["make", "--stages=2"], None),
             (["why", "--stages=2", "--at=2", "--rank=0"], None),
             (["check"], "0F0,0B0,0F1,0B1\n1F0,1F1,1B0,1B1\n")]
    before = None
    for i in range(10000):
        words, csv = calls[i % len(calls)]
        try:
            pipelab._call(words, csv)
        except ValueError:
            pass
        if i == 1000:
            before = resident()
    assert resident() - before < 1024, "KiB more: %d" % (resident() - before)


assert pipelab.version()
for test in figures, rows, parts, plans, refusals, types, waits, threads, leaks:
    test()
    print(test.__name__)
