"""Holds real trainings against their predicted periods: the table of
doc/validation.md.

    real.py PIPELAB [ROUNDS]

Each training measures its own costs just before it runs (--cost measured), so
the machine is in the same state for both. All trainings take turns, ROUNDS
times (5), and the medians count: other load of the machine then meets all of
them alike. Ranks are no more than cores. Exits 1 if a row is off by more than a
tenth."""

import json
import statistics
import subprocess
import sys

SHAPE = "--ranks 2 --stages 2 --layers 8 --hidden 256 --batch 512".split()
STEPS = 40

# schedule, layers of each stage, microbatches, stages that recompute
CASES = [
    ("1f1b", "4,4", 4, "none"),
    ("1f1b", "4,4", 8, "none"),
    ("1f1b", "4,4", 16, "none"),
    ("1f1b", "2,6", 8, "none"),
    ("1f1b", "6,2", 8, "none"),
    ("1f1b", "4,4", 8, "all"),
    ("1f1b", "3,5", 8, "0"),
    ("gpipe", "4,4", 8, "none"),
    ("gpipe", "4,4", 8, "all"),
    ("zb1p", "4,4", 8, "none"),
    ("zb1p", "4,4", 8, "all"),
    ("zb-h2", "5,3", 16, "none"),
]


def train(pipelab, case):
    """Predicted and measured time of a step, in ms."""
    schedule, split, mbs, recompute = case
    words = [pipelab, "train", *SHAPE, "--schedule", schedule,
             "--split", split, "--microbatches", str(mbs),
             "--recompute", recompute, "--cost", "measured",
             "--steps", str(STEPS), "--format", "json"]
    said = json.loads(subprocess.run(words, check=True,
                                     stdout=subprocess.PIPE).stdout)
    return said["period"] * 1e-6, said["seconds"] / STEPS * 1e3


def main():
    pipelab = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    times = {case: [] for case in CASES}
    for _ in range(rounds):
        for case in CASES:
            times[case].append(train(pipelab, case))
    print("| schedule | layers | M | recompute | predicted (ms) | measured (ms)"
          " | off by |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    worst = 0.0
    for case in CASES:
        predicted = statistics.median(p for p, _ in times[case])
        measured = statistics.median(m for _, m in times[case])
        off = statistics.median(m / p - 1 for p, m in times[case])
        worst = max(worst, abs(off))
        print("| %s | %s | %d | %s | %.2f | %.2f | %+.1f %% |"
              % (*case, predicted, measured, 100 * off))
    return worst > 0.1


if __name__ == "__main__":
    sys.exit(main())
