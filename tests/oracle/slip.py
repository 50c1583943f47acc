#!/usr/bin/env python3
"""slip.py -- where the bubbles of 1F1B-I in the zero-bubble paper's table 5
come from: gradients that do not wait for their message.

    slip.py PIPELAB zb-table.csv [ROWS]

Simulates the plan of interleaved-1f1b in each row as the oracle does, but with
messages that arrive at once, if they are gradients of another microbatch than
the first of a round of P. Status 1 if a bubble is not the published one."""
import csv
import subprocess
import sys

from machine import Plan, Simulation


class RowTimes:
    """Of a row, in thousandths of a millisecond."""
    barrier = blocking = False

    def __init__(self, row):
        f, i, w, latency = (float(row[key]) * 1000
                            for key in ("F_ms", "I_ms", "W_ms", "latency_ms"))
        chunks = int(row["interleaved_chunks"])
        self.kinds = {"F": round(f / chunks), "B": round((i + w) / chunks),
                      "STEP": 0}
        self.latency = round(latency)

    def duration(self, rank, position, action):
        return self.kinds[action.kind]

    def message(self, sender, receiver, link):
        return self.latency, None

    def reduce(self, stage):
        return None


class Slipping(Simulation):
    def send(self, action):
        link, _ = self.link(action)
        slips = action.kind == "SEND_B" and action.mb % len(self.plan.lists)
        self.heap.at(self.heap.now, self.heap.go_on,
                     self.arrive(link, 0 if slips else link.latency))
        return
        yield  # a coroutine that never waits

    def arrive(self, link, latency):
        if latency:
            yield latency
        link.arrived += 1
        if link.wants_message:
            self.heap.open(link.wants_message)


def bubble(pipelab, row):
    ranks = int(row["ranks"])
    text = subprocess.run(
        [pipelab, "schedule", "--lower", "--format", "csv", "--schedule",
         "interleaved-1f1b", "--ranks", str(ranks), "--stages",
         str(ranks * int(row["interleaved_chunks"])), "--microbatches",
         row["microbatches"]], capture_output=True, text=True,
        check=True).stdout
    plan = Plan(text)
    simulation = Slipping(plan, RowTimes(row), None, 2)
    first, second = (max(simulation.step_ends(k)) for k in (0, 1))
    return 1 - simulation.busy() / 2 / (ranks * (second - first))


def main():
    with open(sys.argv[2]) as file:
        rows = list(csv.DictReader(file))
    right = 0
    rows = rows[:int(sys.argv[3])] if len(sys.argv) > 3 else rows
    for row in rows:
        published = row["bubble_1f1b_interleaved"]
        ours = "%.4f" % bubble(sys.argv[1], row)
        print("%s, %s microbatches: %s, published %s" %
              (row["model"], row["microbatches"], ours, published))
        right += ours == published
    print("slip: %d of %d rows as published" % (right, len(rows)))
    return 0 if right == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
