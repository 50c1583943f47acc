"""pipelab-gdb.py -- shows gdb's user the schedule behind the threads:

    pipelab ranks    pipelab links     pipelab next [RANK]
    pipelab grid     pipelab memory    pipelab until CELL

and prints actions, tensors and links as what they mean. Nothing here calls
into the program: all is read off its structures, whose names in the C source
these are. doc/gdb.md shows it at work.
"""

import array
import math
import os

import gdb
import gdb.printing

# Actions without a microbatch.
OF_A_STAGE = ("STEP", "UNSHARD", "RESHARD", "REDUCE_GRAD")


def tag_of(kind):
    """The struct that a type is or points to, and whether it points."""
    kind = kind.strip_typedefs()
    points = kind.code == gdb.TYPE_CODE_PTR
    if points:
        kind = kind.target().strip_typedefs()
    return kind.unqualified().tag, points


class Action:
    """A struct action: the parts it is made of, two for an overlap."""

    def __init__(self, value):
        self.address = int(value.address or 0)
        kind = self.kind_text(value["kind"])
        self.overlap = kind if kind.startswith("OVERLAP") else ""
        self.parts = [
            ("F" if self.overlap else kind, int(value["stage"]),
             int(value["mb"]))
        ]
        if self.overlap:
            self.parts.append((self.kind_text(value["pair_kind"]),
                               int(value["pair_stage"]),
                               int(value["pair_mb"])))
        self.kind, self.stage, self.mb = self.parts[0]

    @staticmethod
    def kind_text(kind):
        kinds = gdb.parse_and_eval("'action.c'::kinds")
        if kind > kinds.type.range()[1]:
            return "?"  # of a variable that has not been set yet
        return kinds[kind]["text"].string()

    def cells(self):
        """The cells of its parts."""
        return [f"{stage}{kind}{'' if kind in OF_A_STAGE else mb}"
                for kind, stage, mb in self.parts]

    def cell(self):
        """As plan/action.h writes it."""
        cells = ";".join(self.cells())
        return f"({cells}){self.overlap}" if self.overlap else cells

    def label(self, with_stage):
        """As the timelines write it."""
        if self.kind == "STEP":
            return "S"
        if with_stage and not self.overlap:
            return self.cell()
        return "".join(f"{kind}{mb}" for kind, _, mb in self.parts)

    def is_send(self):
        return self.kind.startswith("SEND")

    def is_transfer(self):
        return self.is_send() or self.kind.startswith("RECV")

    def place(self, plan):
        """plan_place() of its first part."""
        if int(plan["copies"]) == 1:
            return self.stage
        if self.kind == "RECV_G":
            copy = 1 - self.mb
        elif self.kind == "SEND_G" or self.kind in OF_A_STAGE:
            copy = self.mb
        else:
            copy = int(plan["copy_of_mb"][self.mb])
        return copy * int(plan["stages"]) + self.stage

    def link(self, plan):
        """plan_link() of a transfer."""
        if self.kind.endswith("_G"):
            return links_between(plan) + 2 * self.stage + self.mb
        place = self.place(plan)
        return {"SEND_F": 2 * place,
                "RECV_F": 2 * (place - 1),
                "SEND_B": 2 * (place - 1) + 1,
                "RECV_B": 2 * place + 1}[self.kind]


def places(plan):
    return int(plan["copies"]) * int(plan["stages"])


def links_between(plan):
    """The links for activations and their gradients."""
    return 2 * (places(plan) - 1)


class Link:
    """A struct channel between two stages."""

    def __init__(self, value, number=None, plan=None):
        self.value = value
        self.number = number
        self.plan = plan
        self.capacity = int(value["capacity"])
        self.sender = int(value["sender"])
        self.receiver = int(value["receiver"])
        self.sent = int(value["sent"])
        self.received = int(value["received"])

    def name(self):
        """Its letter and its stages, as in "F 0->1" or "B 1->0"."""
        exchange = self.number - links_between(self.plan)
        if exchange >= 0:
            return f"G {exchange // 2}"
        stage, gradients = divmod(self.number, 2)
        stage %= int(self.plan["stages"])
        if gradients:
            return f"B {stage + 1}->{stage}"
        return f"F {stage}->{stage + 1}"

    def holds(self):
        """The microbatches in it, the oldest first."""
        ring = self.value["ring"]
        return [int(ring[n % max(self.capacity, 1)]["mb"])
                for n in range(self.received, self.sent)]

    def blocks(self, action):
        """Whether the transfer would wait, and so does who is in it."""
        if not action.is_send():
            return self.sent == self.received
        if self.capacity == 0:
            return int(self.value["offered"]) <= self.sent
        return self.sent - self.received >= self.capacity

    def need(self, action):
        """What the other end must do to let a blocked transfer go on."""
        if not action.is_send():
            return "send it"
        return "make room on the link" if self.capacity else "receive it"


class Stage:
    """A struct mlp_stage, as far as its memory goes; see nn/slice.h."""

    def __init__(self, pointer):
        kind = gdb.lookup_type("struct mlp_stage").pointer()
        self.value = pointer.cast(kind).dereference()
        self.slice = self.value["slice"].dereference()
        self.layers = int(self.slice["count"])

    def rows(self, mb):
        """batch_share()'s: the first microbatches may have one row more."""
        task = self.value["task"]
        rows, more = divmod(int(task["rows"]), int(task["recipe"]["mbs"]))
        return rows + (mb < more)

    def bytes_a_row(self, slot, tensors):
        cols = [int(slot["x"][i]["cols"]) for i in range(tensors)]
        return 4 * (sum(cols) + int(slot["logits"]["cols"]))

    def stash(self, mb):
        return self.rows(mb) * self.bytes_a_row(self.slice["stash"][0],
                                                self.layers + 1)

    def kept(self, mb):
        """Between its I and its W."""
        return self.rows(mb) * self.bytes_a_row(self.slice["kept"][0],
                                                self.layers)

    def room(self):
        """For as many of both as there are slots."""
        room = int(self.slice["slots"]) * self.stash(0)
        if self.slice["split_slots"]:
            room += int(self.slice["split_slots"]) * self.kept(0)
        return room


class Rank:
    """A struct rank and its list of actions."""

    def __init__(self, run, number):
        self.run = run
        self.number = number
        self.value = run.value["ranks"][number]
        self.list = run.plan["lists"][number]
        self.count = int(self.list["count"])
        # Not rank->position, which moves before a rank's turn has come.
        self.done = int(run.value["virtual"]["lanes"][number]["count"])
        # The action it is in or stands before; None when all are done.
        self.at = (Action(self.list["at"][self.done])
                   if self.done < self.count else None)
        self.begun = (self.at is not None and
                      int(self.value["action"]) == self.at.address)

    def core(self):
        """The one it is bound to, or -1; ranks that share cores may move."""
        core = int(self.value["core"])
        share = self.value["core_share"]
        if core < 0 or not share:
            return core
        user = share["users"][self.number]
        return int(share["cores"][user["core"]]["number"])

    def wants_core(self):
        """Whether another rank has its core."""
        share = self.value["core_share"]
        if not share:
            return False
        waits = gdb.parse_and_eval("CORE_USER_WAITS")
        return int(share["users"][self.number]["state"]) == int(waits)

    def actions(self, end):
        return [Action(self.list["at"][i]) for i in range(end)]

    def at_cell(self):
        return self.at.cell() if self.at else "its end"

    def computes(self):
        """Whether it is in an action that is no transfer."""
        return self.begun and not self.at.is_transfer()

    def waits_on(self):
        """The link that keeps it from its action, or None."""
        if not self.at or not self.at.is_transfer():
            return None
        link = self.run.link(self.at.link(self.run.plan))
        return link if link.blocks(self.at) else None

    def waits_for(self):
        """The rank at the other end of that link, or None."""
        link = self.waits_on()
        if not link:
            return None
        return link.receiver if self.at.is_send() else link.sender

    def state(self):
        peer = self.waits_for()
        if peer is not None:
            need = self.waits_on().need(self.at)
            other = self.run.ranks[peer].at_cell()
            return f"waits for rank {peer} to {need}, which is at {other}"
        if not self.at:
            return "is done with its list"
        if not self.begun:
            return "waits for its turn" if self.run.lockstep else "can go on"
        if self.wants_core():
            return f"waits for core {self.core()}"
        return "runs"

    def live(self, begin, ends):
        """(stage, microbatch) of what has begun and not ended."""
        live = {}
        for i, action in enumerate(self.actions(self.done + self.begun)):
            for kind, stage, mb in action.parts:
                if kind == begin:
                    live[stage, mb] = True
                elif kind in ends and i < self.done:
                    del live[stage, mb]
        return list(live)

    def stages(self):
        """Its stages by number; none known if the model is not the mlp."""
        options = self.run.value["options"]
        if options["ops"] != gdb.parse_and_eval("&mlp_stage_ops"):
            return {}
        return {p % int(self.run.plan["stages"]):
                Stage(options["stages"][p]["self"])
                for p in range(places(self.run.plan))
                if self.run.plan["rank_of_stage"][p] == self.number}

    def thread(self):
        """Its thread in gdb, or None while it has none."""
        try:
            return gdb.selected_inferior().thread_from_handle(
                self.value["thread"])
        except gdb.error:
            return None


class Run:
    """A struct run: who is where, and what lies between them."""

    def __init__(self, value):
        self.value = value
        self.plan = value["options"]["plan"].dereference()
        self.lockstep = bool(value["options"]["timing"]["turns"])
        self.ranks = [Rank(self, r) for r in range(int(self.plan["ranks"]))]
        # Cells need their stage only where ranks own several.
        self.with_stage = places(self.plan) > len(self.ranks)

    def link(self, number):
        return Link(self.value["channels"][number], number, self.plan)

    def links(self):
        exchanges = 2 * int(self.plan["stages"]) * (int(self.plan["copies"]) - 1)
        links = map(self.link, range(links_between(self.plan) + exchanges))
        return [link for link in links if link.capacity >= 0]

    def find(self, cell):
        """Addresses of the actions that are, or overlap, this cell."""
        return [action.address
                for rank in self.ranks for action in rank.actions(rank.count)
                if cell in action.cells() + [action.cell()]]

    def circle(self):
        """Ranks that wait each for the next, from the first that waits."""
        chain = []
        rank = next((r.number for r in self.ranks
                     if r.waits_for() is not None), None)
        while rank is not None and rank not in chain:
            chain.append(rank)
            rank = self.ranks[rank].waits_for()
        if rank is not None:
            chain = chain[chain.index(rank):] + [rank]
        return [self.ranks[r] for r in chain]

    @classmethod
    def current(cls):
        """The run of the selected thread or, failing that, of any."""
        for value in pointers(("run", "rank", "trainer")):
            try:
                run = value if tag_of(value.type)[0] == "run" else value["run"]
                # A variable may not have been set yet.
                if run["ranks"][0]["run"] == run:
                    return cls(run.dereference())
            except gdb.error:
                continue
        raise gdb.GdbError("no run is going on: tbreak rank_action_begin, "
                           "then run train --lockstep")


def pointers(tags):
    """Variables that point to such structs, on all stacks, those of the
    selected thread first."""
    selected = gdb.selected_thread()
    if not selected:
        return
    frame = gdb.selected_frame()
    others = [thread for thread in gdb.selected_inferior().threads()
              if thread.num != selected.num]
    try:
        for thread in [selected] + others:
            thread.switch()
            yield from pointers_of_thread(tags)
    finally:
        selected.switch()
        frame.select()


def pointers_of_thread(tags):
    frame = gdb.newest_frame()
    while frame:
        try:
            block = frame.block()
        except RuntimeError:
            block = None  # a library's function without debug information
        while block and not block.is_global and not block.is_static:
            for symbol in block:
                tag, points = tag_of(symbol.type)
                if points and tag in tags:
                    yield from value_of(symbol, frame)
            block = block.superblock
        try:
            frame = frame.older()
        except gdb.error:
            return  # a thread that has only just been made


def value_of(symbol, frame):
    try:
        yield symbol.value(frame)
    except gdb.error:
        pass  # optimised out


def print_table(head, rows):
    """Columns lean left or, where their head begins with ">", right."""
    columns = []
    for name, *cells in zip(head, *rows):
        cells = [name.lstrip(">")] + [str(cell) for cell in cells]
        width = max(map(len, cells))
        right = name.startswith(">")
        columns.append([cell.rjust(width) if right else cell.ljust(width)
                        for cell in cells])
    for line in zip(*columns):
        print("  ".join(line).rstrip())


def paint(text, code):
    """In colour on a terminal, as far as the user lets it."""
    if (text and os.isatty(1) and not os.environ.get("NO_COLOR") and
            gdb.parameter("style enabled")):
        return f"\033[{code}m{text}\033[m"
    return text


class Pipelab(gdb.Command):
    """The schedule behind the threads."""

    def __init__(self):
        super().__init__("pipelab", gdb.COMMAND_DATA, prefix=True)

    def invoke(self, argument, from_tty):
        if argument:
            raise gdb.GdbError(f"pipelab {argument} is no command; "
                               "see help pipelab")
        gdb.execute("help pipelab")


class Command(gdb.Command):
    """One of pipelab's, called as its class is."""

    kind = gdb.COMMAND_STATUS

    def __init__(self):
        super().__init__(f"pipelab {type(self).__name__.lower()}", self.kind)


class Ranks(Command):
    """Each rank: thread, core, virtual clock, action, what it waits for."""

    def invoke(self, argument, from_tty):
        run = Run.current()
        print_table(("", "rank", ">thread", ">core", ">step", ">clock",
                     ">done", "at", ""),
                    [self.row(rank) for rank in run.ranks])
        if run.value["board"]["deadlock"]:
            print("deadlock: " + " waits for ".join(
                f"rank {rank.number} at {rank.at_cell()}"
                for rank in run.circle()))

    @staticmethod
    def row(rank):
        thread = rank.thread()
        number = thread.num if thread else "-"
        core = rank.core()
        return ("*" if number == gdb.selected_thread().num else "",
                rank.number, number, core if core >= 0 else "-",
                int(rank.value["step"]), int(rank.value["clock"]),
                f"{rank.done} of {rank.count}", rank.at_cell(), rank.state())


class Grid(Command):
    """The plan, a line a rank: actions DONE, [running], and to come.

    Those to come are written small, and | stands between where none is
    running. Transfers are left out; what a rank is at stands in front.
    """

    def invoke(self, argument, from_tty):
        run = Run.current()
        lines = [self.line(rank) for rank in run.ranks]
        heads = [f"rank {rank.number} at {rank.at_cell()}"
                 for rank in run.ranks]
        margin = max(map(len, heads))
        wide = max(len(label) for labels, _, _ in lines for label in labels)
        longest = max(len(labels) for labels, _, _ in lines)
        # What a narrow terminal cannot hold: first the distant past.
        room = ((gdb.parameter("width") or 10000) - margin - 2) // (wide + 1)
        past = min(done for _, done, _ in lines) - 2
        first = max(0, min(past, longest - room))
        for head, line in zip(heads, lines):
            print(head.ljust(margin), self.draw(*line, wide, first,
                                                first + room))

    @staticmethod
    def line(rank):
        """Labels, how many of them are done, whether the next is running."""
        computes = [(i, action) for i, action
                    in enumerate(rank.actions(rank.count))
                    if not action.is_transfer()]
        labels = [action.label(rank.run.with_stage) for _, action in computes]
        done = sum(i < rank.done for i, _ in computes)
        return labels, done, rank.computes()

    @staticmethod
    def draw(labels, done, running, wide, first, end):
        past = "".join(f" {label:{wide}}"
                       for label in labels[first:min(done, end)])
        now = "|" if done < len(labels) else ""
        if running:
            now = f"[{labels[done]}]".ljust(wide + 2)
        rest = " ".join(f"{label.lower():{wide}}"
                        for label in labels[done + running:end])
        return paint(past, "1") + paint(now, "7") + paint(rest.rstrip(), "2")


class Links(Command):
    """Each link: the slots taken, the microbatches in them, and who waits."""

    def invoke(self, argument, from_tty):
        run = Run.current()
        print_table(("link", "ranks", "slots", "microbatches", ""),
                    [self.row(run, link) for link in run.links()])

    @staticmethod
    def row(run, link):
        waits = [f"rank {rank.number} waits at {rank.at_cell()}"
                 for rank in run.ranks
                 if rank.waits_on() and rank.waits_on().number == link.number]
        held = link.holds()
        return (link.name(),
                f"{link.sender} -> {link.receiver}",
                f"{len(held)} of {link.capacity}" if link.capacity
                else "rendezvous",
                " ".join(map(str, held)) or "-",
                ", ".join(waits))


class Memory(Command):
    """Each rank's activations in flight: from their F to their B or W.

    The bytes are those that the mlp keeps of them; the room is all that the schedule
    ever needs.
    """

    def invoke(self, argument, from_tty):
        run = Run.current()
        print_table((">rank", ">in flight", ">bytes", ">room", "microbatches"),
                    [self.row(rank) for rank in run.ranks])

    @staticmethod
    def row(rank):
        live = rank.live("F", "BW")
        cells = [f"{stage}F{mb}" if rank.run.with_stage else f"F{mb}"
                 for stage, mb in live]
        stages = rank.stages()
        kilobytes = ("-", "-")
        if stages:
            used = sum(stages[s].stash(mb) for s, mb in live)
            used += sum(stages[s].kept(mb) for s, mb in rank.live("I", "W"))
            room = sum(stage.room() for stage in stages.values())
            kilobytes = (f"{used / 1024:.1f} K", f"{room / 1024:.1f} K")
        return (rank.number, len(live), *kilobytes, " ".join(cells) or "-")


class Stop(gdb.Breakpoint):
    """A breakpoint for the length of one command, with its own report."""

    def __init__(self, function):
        super().__init__(function, internal=True)
        self.silent = True
        self.news = None


class Arrival(Stop):
    """Where a rank begins an action that is wanted."""

    def __init__(self, wanted):
        super().__init__("rank_action_begin")
        self.wanted = wanted

    def stop(self):
        frame = gdb.newest_frame()
        rank, action = frame.read_var("rank"), frame.read_var("action")
        if not self.wanted(rank, action):
            return False
        cell = Action(action.dereference()).cell()
        self.news = (f"rank {int(rank['number'])} begins {cell}, "
                     f"clock {int(rank['clock'])}")
        return True


class Failure(Stop):
    """Where a run fails for the first time."""

    def __init__(self):
        super().__init__("run_fail")

    def stop(self):
        frame = gdb.newest_frame()
        if int(frame.read_var("run")["status"]):
            return False
        cause = frame.read_var("cause")
        self.news = "the run fails: " + (
            cause["text"].string() if cause else
            "deadlock; see pipelab ranks")
        return True


def go_on(wanted):
    """Lets the program run until an action that is wanted, or a failure."""
    stops = [Arrival(wanted), Failure()]
    # What was said before comes before what the program says, in a pipe, too.
    gdb.flush()
    try:
        said = gdb.execute("continue", to_string=True)
        news = [stop.news for stop in stops if stop.news]
    except gdb.error as error:
        raise gdb.GdbError(str(error))  # of a core dump, say
    finally:
        for stop in stops:
            stop.delete()
    print(news[0] if news else said.replace("Continuing.", "").strip())


class Next(Command):
    """Run to the next action of any rank, or of one: pipelab next 2."""

    kind = gdb.COMMAND_RUNNING

    def invoke(self, argument, from_tty):
        ranks = len(Run.current().ranks)
        if not argument:
            go_on(lambda rank, action: True)
        elif argument.isdigit() and int(argument) < ranks:
            go_on(lambda rank, action: rank["number"] == int(argument))
        else:
            raise gdb.GdbError(f"{argument} is no rank; use 0 to {ranks - 1}")


class Until(Command):
    """Run to where an action begins: pipelab until 2F3."""

    kind = gdb.COMMAND_RUNNING

    def invoke(self, argument, from_tty):
        wanted = Run.current().find(argument)
        if not wanted:
            raise gdb.GdbError(f"'{argument}' is no cell of the plan; use "
                               "stage, kind and microbatch, as in 2F3 or "
                               "1SEND_B0")
        go_on(lambda rank, action: int(action) in wanted)


class ActionPrinter:
    """2F3, behind a pointer to it after its address."""

    def __init__(self, value, points):
        self.value = value
        self.points = points

    def to_string(self):
        if not self.points:
            return Action(self.value).cell()
        text = f"{int(self.value):#x}"
        try:
            return f"{text} {Action(self.value.dereference()).cell()}"
        except gdb.MemoryError:
            return text


class TensorPrinter:
    """Shape, norm, range and first values, as tensor_print() has them."""

    most = 1 << 22  # floats that are read, which takes a second
    first = 4

    def __init__(self, value):
        self.rows = int(value["rows"])
        self.cols = int(value["cols"])
        self.data = int(value["data"])

    def to_string(self):
        shape = f"{self.rows} x {self.cols}"
        count = self.rows * self.cols
        if count <= 0:
            return shape
        try:
            floats = self.read(min(count, self.most))
        except gdb.MemoryError:
            return f"{shape}, no floats at {self.data:#x}"
        text = " ".join(f"{x:.4g}" for x in floats[:self.first])
        if count > self.first:
            text += " ..."
        if count > self.most:
            return f"{shape}: {text}"
        norm = math.sqrt(sum(x * x for x in floats))
        numbers = [x for x in floats if x == x] or floats
        return (f"{shape}, norm {norm:.4g}, from {min(numbers):.4g} "
                f"to {max(numbers):.4g}: {text}")

    def read(self, count):
        memory = gdb.selected_inferior().read_memory(self.data, 4 * count)
        return array.array("f", bytes(memory))


class LinkPrinter:
    """What a link holds, as channel_print() has it."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        link = Link(self.value)
        if link.capacity < 0:
            return "no link"
        held = link.holds()
        text = (f"link rank {link.sender} -> rank {link.receiver}: "
                f"{len(held)} of {link.capacity} slots used")
        text += "".join(f", microbatch {mb}" for mb in held)
        for flag in ("sender_asleep", "receiver_asleep", "closed"):
            if self.value[flag]:
                text += ", " + flag.replace("_asleep", " waits")
        return text


class Printers(gdb.printing.PrettyPrinter):
    """Of the structs that a reader meets most."""

    def __init__(self):
        super().__init__("pipelab")

    def __call__(self, value):
        tag, points = tag_of(value.type)
        if tag == "action":
            return ActionPrinter(value, points)
        if tag == "tensor" and not points:
            return TensorPrinter(value)
        if tag == "channel" and not points:
            return LinkPrinter(value)
        return None


def spare_restart():
    """The program would set this and start itself again, see cli/main.c: a
    detour under gdb, which loses the threads' first numbers."""
    shown = gdb.execute("show environment OPENBLAS_NUM_THREADS",
                        to_string=True)
    if "not defined" in shown:
        gdb.execute("set environment OPENBLAS_NUM_THREADS 1")


def register():
    for command in (Pipelab, Ranks, Grid, Links, Memory, Next, Until):
        command()
    gdb.printing.register_pretty_printer(gdb.current_objfile(), Printers(),
                                         replace=True)
    spare_restart()


register()
