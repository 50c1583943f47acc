"""machine.py -- plans in virtual time, by events in a heap.

Written from doc/plans.md alone, to hold pipelab to what that says. Each rank is
a coroutine that goes through its list; links, wires and all-reduces are
things that coroutines wait for; a heap keeps what happens at which tick. Times
are whole ticks."""
import heapq
import re
from collections import deque, namedtuple
from itertools import count

Action = namedtuple("Action", "kind stage mb pair")

SIMPLE = re.compile(r"(\d+)(SEND_F|RECV_F|SEND_B|RECV_B|SEND_G|RECV_G|F|B|I|W)(\d+)$")
OF_A_STAGE = re.compile(r"(\d+)(UNSHARD|RESHARD|REDUCE_GRAD)$")
OVERLAP = re.compile(r"\((.*);(.*)\)OVERLAP_F_B$")


def read_cell(cell):
    block = OVERLAP.match(cell)
    if block:
        first, second = map(read_cell, block.groups())
        return first._replace(kind="OVERLAP", pair=second)
    sharding = OF_A_STAGE.match(cell)
    if sharding:
        return Action(sharding[2], int(sharding[1]), None, None)
    stage, kind, mb = SIMPLE.match(cell).groups()
    return Action(kind, int(stage), int(mb), None)


def parts(action):
    if action.kind != "OVERLAP":
        return [action]
    return [action._replace(kind="F", pair=None), action.pair]


class Plan:
    """A lowered plan from CSV; STEPs are added, for files have none."""

    def __init__(self, text):
        rows = [row for row in text.split("\n") if row]
        self.copies = 2 if rows[0].startswith("#") else 1
        self.lists = [[read_cell(cell) for cell in row.split(",") if cell]
                      for row in rows[self.copies - 1:]]
        everything = [p for l in self.lists for a in l for p in parts(a)]
        self.mbs = 1 + max(p.mb for p in everything if p.mb is not None)
        self.find_copies()
        self.rank_of = {}  # by copy and stage
        for rank, actions in enumerate(self.lists):
            for part in (p for a in actions for p in parts(a)):
                if not part.kind.startswith(("SEND", "RECV")):
                    self.rank_of[self.place(part)] = rank
        self.stages = len(self.rank_of) // self.copies
        self.reduces = {p.stage for p in everything if p.kind == "REDUCE_GRAD"}
        self.trains = any(p.kind in ("B", "I") for p in everything)
        for place in sorted(self.rank_of) if self.trains else []:
            self.lists[self.rank_of[place]].append(
                Action("STEP", place[1], place[0], None))

    def find_copies(self):
        """Those that begin where microbatch 0 does go through copy 0."""
        begin = {p.mb: rank for rank, l in enumerate(self.lists) for a in l
                 for p in parts(a) if p.kind == "F" and p.stage == 0}
        self.copy_of = [int(self.copies == 2 and begin[mb] != begin[0])
                        for mb in range(self.mbs)]

    def place(self, part):
        """The copy that runs a simple action, and its stage."""
        if self.copies == 1:
            return 0, part.stage
        if part.kind in ("SEND_G", "STEP"):
            return part.mb, part.stage
        if part.kind == "RECV_G":  # of what that copy sends
            return 1 - part.mb, part.stage
        return self.copy_of[part.mb], part.stage

    def weights(self, copy):
        """Weight gradients of a stage before it may be reduced: also those of
        the other copy, as a whole."""
        return self.copy_of.count(copy) + (self.copies == 2)

    def link(self, action):
        """A transfer's link as (lower stage, direction, copy); the direction
        is None where a copy sends its weight gradients."""
        copy, stage = self.place(action)
        if action.kind.endswith("_G"):
            return stage, None, action.mb
        up = action.kind.endswith("F")
        sends = action.kind.startswith("SEND")
        return (stage if up == sends else stage - 1, up, copy)

    def ends(self, link):
        """From which rank to which a link leads."""
        stage, up, copy = link
        if up is None:
            return self.rank_of[copy, stage], self.rank_of[1 - copy, stage]
        lower, upper = self.rank_of[copy, stage], self.rank_of[copy, stage + 1]
        return (lower, upper) if up else (upper, lower)


def needs(part):
    """What a simple action waits for of another rank, if it comes from one."""
    if part.kind == "F":
        return "RECV_F", part.stage, part.mb
    if part.kind in ("B", "I"):
        return "RECV_B", part.stage, part.mb
    return None


def settle(actions):
    """A rank's list in which RECVs are posted where they stand, and waited for
    where they are needed, on each link in order."""
    wanted = {needs(p) for a in actions for p in parts(a)}
    posted = {}
    settled = []
    for action in actions:
        key = action.kind, action.stage, action.mb
        if key in wanted:
            posted.setdefault(key[:2], deque()).append(action)
            continue
        for part in parts(action):
            key = needs(part)
            queue = posted.get(key[:2], ()) if key else ()
            while any(a.mb == key[2] for a in queue):
                settled.append(queue.popleft())
        settled.append(action)
    return settled


class Gate:
    """Opens once; coroutines wait for that."""

    def __init__(self):
        self.is_open = False
        self.waiting = []


class Heap:
    def __init__(self):
        self.now = 0
        self.events = []
        self.number = count()

    def at(self, time, call, *arguments):
        heapq.heappush(self.events,
                       (time, next(self.number), call, arguments))

    def open(self, gate):
        gate.is_open = True
        for coroutine in gate.waiting:
            self.at(self.now, self.go_on, coroutine)
        gate.waiting = []

    def go_on(self, coroutine):
        """A coroutine yields ticks to spend or a gate to wait for."""
        for wanted in coroutine:
            if isinstance(wanted, Gate):
                if not wanted.is_open:
                    wanted.waiting.append(coroutine)
                    return
            else:
                self.at(self.now + wanted, self.go_on, coroutine)
                return

    def run(self):
        while self.events:
            self.now, _, call, arguments = heapq.heappop(self.events)
            call(*arguments)


class Line:
    """Serves one after the other: a wire, or a rank's all-reduces."""

    def __init__(self, heap):
        self.heap = heap
        self.busy = False
        self.queue = deque()

    def put(self, ticks, gate):
        """Opens the gate when what takes so many ticks is done."""
        self.queue.append((ticks, gate))
        if not self.busy:
            self.serve()

    def serve(self):
        self.busy = bool(self.queue)
        if self.queue:
            ticks, gate = self.queue.popleft()
            self.heap.at(self.heap.now + ticks, self.end, gate)

    def end(self, gate):
        self.heap.open(gate)
        self.serve()


class Link:
    def __init__(self, times, wire, capacity):
        self.latency, self.hold = times
        self.wire = wire
        self.room = capacity  # slots that are free; None: unbounded
        self.arrived = 0
        self.wants_room = self.wants_message = None
        self.sender_here = self.receiver_here = None  # capacity 0


class Simulation:
    """Steps in a row. `times` answers duration(rank, position, action),
    message(from, to, link) as (latency, hold or None) and reduce(stage), and
    has `barrier` and `blocking`."""

    def __init__(self, plan, times, capacity, steps):
        self.plan, self.times, self.capacity = plan, times, capacity
        self.steps = steps
        self.heap = Heap()
        self.spans = [[] for _ in plan.lists]
        self.sent, self.received = {}, {}  # of each link: when
        self.links, self.wires = {}, {}
        self.reducers = [Line(self.heap) for _ in plan.lists]
        self.reduced = {}
        self.left = {}
        self.met = {}
        for rank in range(len(plan.lists)):
            self.heap.at(0, self.heap.go_on, self.rank(rank))
        self.heap.run()
        self.complete = all(len(s) == len(l) * steps
                            for s, l in zip(self.spans, plan.lists))

    # ---- links ----

    def link(self, action):
        name = self.plan.link(action)
        if name not in self.links:
            pair = self.plan.ends(name)
            times = self.times.message(*pair, name)
            wire = None
            if times[1] is not None:
                wire = self.wires.setdefault(pair, Line(self.heap))
            self.links[name] = Link(times, wire, self.capacity)
            self.sent[name], self.received[name] = [], []
        return self.links[name], name

    def carry(self, link):
        """Puts a message on its way; the gate opens when the wire is done."""
        gone = Gate()
        self.heap.at(self.heap.now, self.heap.go_on, self.message(link, gone))
        if link.wire:
            link.wire.put(link.hold, gone)
        else:
            self.heap.open(gone)
        return gone

    def message(self, link, gone):
        yield gone
        if link.latency:
            yield link.latency
        link.arrived += 1
        if link.wants_message:
            self.heap.open(link.wants_message)

    def send(self, action):
        link, name = self.link(action)
        if self.capacity == 0:
            if link.receiver_here:
                self.heap.open(link.receiver_here)
                link.receiver_here = None
            else:
                link.sender_here = Gate()
                yield link.sender_here
        while link.room == 0 and self.capacity:
            link.wants_room = Gate()
            yield link.wants_room
        if link.room:
            link.room -= 1
        self.sent[name].append(self.heap.now)
        gone = self.carry(link)
        if self.times.blocking:
            yield gone

    def receive(self, action):
        link, name = self.link(action)
        if self.capacity == 0:
            if link.sender_here:
                self.heap.open(link.sender_here)
                link.sender_here = None
            else:
                link.receiver_here = Gate()
                yield link.receiver_here
        while link.arrived == 0:
            link.wants_message = Gate()
            yield link.wants_message
        link.arrived -= 1
        self.received[name].append(self.heap.now)
        if self.capacity:
            link.room += 1
            if link.wants_room:
                self.heap.open(link.wants_room)

    # ---- ranks ----

    def before_step(self, rank, step, action):
        if self.times.barrier:
            gate, missing = self.met.setdefault(
                step, (Gate(), set(range(len(self.plan.lists)))))
            missing.discard(rank)
            if not missing and not gate.is_open:
                self.heap.open(gate)
            yield gate
        if self.times.reduce(action.stage) is not None:
            yield self.reduced.setdefault((self.plan.place(action), step),
                                          Gate())

    def note_weights(self, rank, step, action):
        for part in parts(action):
            ticks = self.times.reduce(part.stage)
            if part.kind not in ("B", "W", "RECV_G") or ticks is None:
                continue
            place = self.plan.place(part)
            key = (place, step)
            self.left[key] = self.left.get(key,
                                           self.plan.weights(place[0])) - 1
            if self.left[key] == 0:
                gate = self.reduced.setdefault(key, Gate())
                self.reducers[rank].put(ticks, gate)

    def rank(self, rank):
        for step in range(self.steps):
            for position, action in enumerate(self.plan.lists[rank]):
                start = self.heap.now
                if action.kind.startswith("SEND"):
                    yield from self.send(action)
                elif action.kind.startswith("RECV"):
                    yield from self.receive(action)
                    self.note_weights(rank, step, action)
                else:
                    if action.kind == "STEP":
                        yield from self.before_step(rank, step, action)
                    start = self.heap.now
                    ticks = self.times.duration(rank, position, action)
                    if ticks:
                        yield ticks
                    if action.kind != "STEP":
                        self.note_weights(rank, step, action)
                self.spans[rank].append((start, self.heap.now))

    # ---- figures ----

    def slots(self):
        """The most slots that a link used: a message is beside those before
        it that are not received when it is sent."""
        most = 0
        for name, sent in self.sent.items():
            received = self.received[name]
            for n, time in enumerate(sent):
                most = max(most,
                           1 + sum(r > time for r in received[:n]))
        return most

    def makespan(self):
        return max([end for actions, spans in zip(self.plan.lists, self.spans)
                    for action, (start, end) in zip(actions * self.steps,
                                                    spans)
                    if action.kind == "RECV_G" or
                    action.kind[:4] not in ("SEND", "RECV") and end > start],
                   default=0)

    def busy(self):
        return sum(end - start
                   for actions, spans in zip(self.plan.lists, self.spans)
                   for action, (start, end) in zip(actions * self.steps, spans)
                   if action.kind[:4] not in ("SEND", "RECV"))

    def step_ends(self, step):
        return [end for actions, spans in zip(self.plan.lists, self.spans)
                for _, end in spans[step * len(actions):
                                    (step + 1) * len(actions)]]


def auto_capacity(plan, times):
    return max(2, Simulation(plan, times, None, 1).slots())


def period(plan, times, capacity, most=1024):
    """(ticks, steps), or None if nothing repeats in so many steps. As soon as
    all that the next steps can depend on is as it was, but for a shift in time,
    E grows by the same again and again."""
    window = capacity // plan.mbs + 2
    steps = 16
    while steps <= most:
        simulation = Simulation(plan, times, capacity, steps)
        ends = [simulation.step_ends(k) for k in range(steps)]
        last = [max(e) for e in ends]
        seen = {}
        for k in range(window - 1, steps):
            state = tuple(end - last[k] for e in ends[k - window + 1:k + 1]
                          for end in e)
            if state in seen:
                return last[k] - last[seen[state]], k - seen[state]
            seen[state] = k
        steps *= 4
    return None
