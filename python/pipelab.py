"""pipelab in Python: schedules of pipeline-parallel training, made, checked and
simulated by the C library libpipelab.so. It needs nothing but the library.

    import pipelab
    run = pipelab.simulate("1f1b", ranks=4, microbatches=8)
    run.period, run.bubble_fraction     # every figure of the program's JSON
    run.spans                           # a list of dicts, as pandas takes it
    run                                 # in a notebook: the timeline

Options are those of the program: cost="F=1,B=2", stage_cost=[1, 1, 2, 1],
latency=3, capacity=1, barrier=True; see pipelab(1). In place of a schedule's
name, csv="..." is a plan as text (doc/plans.md), csv=Path("...") one in a
file. model and cluster are files, too, or dicts as such a file has. What the
program refuses is a ValueError with its words; the error's `details` also has
the place.
"""
import ctypes
import ctypes.util
import glob
import json
import os

__all__ = ["schedules", "make", "lower", "check", "search", "simulate",
           "compare", "why", "version", "Plan", "Simulation"]


def _open():
    here = os.path.dirname(os.path.abspath(__file__))
    # share/pipelab/python of where it is installed is beside lib.
    installed = os.path.join(os.path.dirname(os.path.dirname(
        os.path.dirname(here))), "lib")
    names = [os.environ.get("PIPELAB_LIBRARY"),
             os.path.join(here, "..", "build", "libpipelab.so"),
             *sorted(glob.glob(os.path.join(installed, "libpipelab.so.0")) +
                     glob.glob(os.path.join(installed, "*",
                                            "libpipelab.so.0"))),
             "libpipelab.so.0", ctypes.util.find_library("pipelab")]
    wrong = "no such file"
    for name in names:
        if name and (os.sep not in name or os.path.exists(name)):
            try:
                return ctypes.CDLL(name)
            except OSError as error:
                wrong = error
    raise ImportError("libpipelab.so is not there; make install puts it into "
                      "the library path, or PIPELAB_LIBRARY names it: %s"
                      % wrong)


_library = _open()
_library.pipelab_call.restype = ctypes.c_void_p
_library.pipelab_call.argtypes = [ctypes.c_int,
                                  ctypes.POINTER(ctypes.c_char_p),
                                  ctypes.c_char_p]
_library.pipelab_free.argtypes = [ctypes.c_void_p]
_library.pipelab_free.restype = None
_library.pipelab_version.restype = ctypes.c_char_p


class Refused(ValueError):
    """What the program refuses: its words, and in details the object of
    src/api/pipelab.h: status, rank, position, cell, stops, circle."""

    def __init__(self, details):
        super().__init__(details["text"])
        self.details = details


def _scalar(name, value):
    """A number or a text as the command line has it; numpy's too."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, (bytes, bytearray)):
        return os.fsdecode(bytes(value))
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)
    raise TypeError("%s has a value of type %s; give a number or a str"
                    % (name, type(value).__name__))


def _value(name, value):
    if isinstance(value, dict) and name in ("model", "cluster"):
        return json.dumps(value)
    if isinstance(value, dict):
        return ",".join("%s=%s" % (_scalar(name, key), _scalar(name, part))
                        for key, part in value.items())
    if isinstance(value, (list, tuple, range)):
        return ",".join(_scalar(name, part) for part in value)
    return _scalar(name, value)


def _words(what, schedule, options):
    words = [what]
    if schedule is not None:
        options = dict(options, schedule=schedule)
    for name, value in options.items():
        if hasattr(value, "tolist"):
            value = value.tolist()  # of numpy
        word = "--" + name.replace("_", "-")
        if value is True:
            words.append(word)
        elif value is not None and value is not False:
            words.append(word + "=" + _value(name, value))
    return words


def _table(csv):
    """The bytes of a plan, which is text, or the Path of a file."""
    if isinstance(csv, os.PathLike):
        with open(csv, "rb") as file:
            return file.read()
    if isinstance(csv, str):
        return csv.encode("utf-8", "surrogateescape")
    if isinstance(csv, (bytes, bytearray)):
        return bytes(csv)
    if csv is None:
        return None
    raise TypeError("csv is of type %s; give the plan as str or bytes, or "
                    "its file as a pathlib.Path" % type(csv).__name__)


def _call(words, csv=None):
    table = _table(csv)
    texts = [word.encode("utf-8", "surrogateescape") for word in words]
    # C would take what is before it.
    if any(b"\0" in text for text in texts + [table or b""]):
        raise ValueError("a NUL character in a plan or an option; is it UTF-8?")
    array = (ctypes.c_char_p * len(texts))(*texts)
    found = _library.pipelab_call(len(texts), array, table)
    try:
        answer = json.loads(ctypes.string_at(found))
    finally:
        _library.pipelab_free(found)
    if isinstance(answer, dict) and "error" in answer:
        raise Refused(answer["error"])
    return answer


class _Answer:
    """An object of JSON, its members as attributes."""

    def __init__(self, members, words, csv):
        self.__dict__.update(members)
        self._members = members
        self._asked = words, csv

    def as_dict(self):
        return dict(self._members)

    def _drawn(self):
        words, csv = self._asked
        return _call(["draw"] + words[1:], csv)["svg"]


class Plan(_Answer):
    """The verdict on a plan; its cells in plan (a list a rank) and as csv."""

    def __repr__(self):
        return "<plan %s: %d ranks, %d stages, %d microbatches>" % (
            self.schedule, self.ranks, self.stages, self.microbatches)


class Simulation(_Answer):
    """The figures of a plan in virtual time, and its spans."""

    def __repr__(self):
        return ("<%s on %d ranks: makespan %g %s, period %g, bubble %.1f %%>"
                % (self.schedule, self.ranks, self.makespan, self.unit,
                   self.period, 100 * self.bubble_fraction))

    def _repr_svg_(self):
        return self._drawn()

    svg = property(_Answer._drawn, doc="the timeline as an SVG picture")


def _asks(kind, what):
    def ask(schedule=None, csv=None, **options):
        words = _words(what, schedule, options)
        return kind(_call(words, csv), words, csv)
    return ask


simulate = _asks(Simulation, "simulate")
make = _asks(Plan, "make")
lower = _asks(Plan, "lower")
check = _asks(Plan, "check")


def search(**options):
    """The shortest plan that is found for costs and max_activations."""
    words = _words("search", None, options)
    return Plan(_call(words), words, None)


def schedules(**shape):
    """All schedules, a dict each, and whether they fit the shape."""
    return _call(_words("schedules", None, shape))


def compare(csv=None, **options):
    """A dict for each schedule that fits, the best first."""
    return _call(_words("compare", None, options), csv)[0]["schedules"]


def why(schedule=None, csv=None, **options):
    """What each rank waits for at a moment (at=4), and the path of spans that
    decided when the waiting of a rank (rank=0) ends."""
    return _call(_words("why", schedule, options), csv)


def version():
    return _library.pipelab_version().decode()
