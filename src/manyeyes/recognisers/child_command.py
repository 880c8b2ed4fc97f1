"""How a child is started: its command line, and an environment with nothing of the server's in it."""

import os
import sys

import msgspec

UNFOLDING = ""  # in place of a recogniser's name: the child that decodes pictures (frame_decoder.py)
THREADS = "1"  # of a library that would otherwise take every processor for one picture


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """``recogniser``: a name of the catalogue or UNFOLDING. ``megabytes``: of memory. ``parent_pid``: to die with.

    ``seconds``: for one picture; the server sees to it, the child only plans with it.
    """

    recogniser: str
    model: str
    megabytes: int
    seconds: float
    parent_pid: int


def command(recogniser: str, model: str, megabytes: int, seconds: float) -> list[str]:
    """Return the command line of a child of this process."""
    order = Order(recogniser=recogniser, model=model, megabytes=megabytes, seconds=seconds, parent_pid=os.getpid())
    return [sys.executable, "-P", "-m", "manyeyes.recognisers.child_process", msgspec.json.encode(order).decode()]


def environment() -> dict[str, str]:
    """Return a child's environment: where Python's modules are, and no key, proxy or database of the server's."""
    modules = os.pathsep.join(os.path.abspath(part) for part in sys.path if part)
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), THREADS)
    plain = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1"}
    return {**plain, **threads, "PYTHONPATH": modules}
