"""Where a serving process's time goes at 1, 8 and 64 customers: the ten widest bars of its flame graph.

Sampled from outside by py-spy (https://github.com/benfred/py-spy), which must be on the PATH: it is no dependency. The
raw stacks are kept in `results` beside this file for whoever wants to draw them. A bar that is as good as all of it one
other bar's is left out: what it calls says more.
"""

import asyncio
import shutil
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import psutil

from bench.lives import load
from bench.people import invite
from bench.product import serving
from bench.row import Row

LEVELS, SMALL_LEVELS = (1, 8, 64), (1,)
SECONDS, SMALL_SECONDS, WARM_SECONDS = 20, 5, 3.0
SAMPLES_A_SECOND = 250
BARS = 10
SAME = 0.97  # of a bar's samples are one callee's: the bar only passes on
SHARE_OF_ALL = 0.97  # the frames at the bottom, which are under everything
RESULTS = Path(__file__).parent / "results"

Stack = tuple[str, ...]


def measure(small: bool = False) -> list[Row]:
    """Return a row per number of customers: percent of the serving process's samples by bar, callees included.

    Raises RuntimeError without py-spy.
    """
    spy = shutil.which("py-spy")
    if spy is None:
        raise RuntimeError("py-spy is not on the PATH; install it beside the project, as with `pipx install py-spy`")
    seconds = SMALL_SECONDS if small else SECONDS
    return [_profiled(spy, level, seconds) for level in (SMALL_LEVELS if small else LEVELS)]


def _profiled(spy: str, level: int, seconds: int) -> Row:
    RESULTS.mkdir(exist_ok=True)
    raw = RESULTS / f"profile_{level}.raw"
    with serving() as product:
        people = asyncio.run(invite(product.dsn, level, level))
        load(product, people, level, 0.0, WARM_SECONDS)
        command = [spy, "record", "--duration", str(seconds), "--rate", str(SAMPLES_A_SECOND), "--format", "raw"]
        command += ["--output", str(raw), "--pid", str(_serving_pid(product.pid))]
        watch = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        report = load(product, people, level, 1.0, seconds)
        _, said = watch.communicate()
    if watch.returncode:
        raise RuntimeError(f"py-spy failed: {said.decode()[-300:]}")
    stacks = Counter(dict(_stacks(raw.read_text())))
    bars = {f"{name} %": 100 * share for name, share in widest(stacks)}
    details = {"lives/s while watched": report.lives / report.seconds, **bars}
    return Row(f"profile, {level} customers, samples", float(stacks.total()), "", "", details)


def _serving_pid(above: int) -> int:
    children = psutil.Process(above).children(recursive=True)
    found: int = next(child.pid for child in children if "manyeyes.server.serving_process" in child.cmdline())
    return found


def _stacks(text: str) -> Iterator[tuple[Stack, int]]:
    """Yield each stack, without line numbers, and how often it was seen: py-spy writes ``a (file:1);b (file:2) 7``."""
    seen: Counter[Stack] = Counter()
    for line in text.splitlines():
        frames, _, times = line.rpartition(" ")
        seen[tuple(frame.rsplit(":", 1)[0].replace(" (", ", ").rstrip(")") for frame in frames.split(";"))] += int(
            times
        )
    yield from seen.items()


def widest(stacks: Counter[Stack]) -> list[tuple[str, float]]:
    """Return the widest bars and their share of all samples, callees included, the widest first."""
    width: Counter[str] = Counter()
    below: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for frames, times in stacks.items():
        for name in set(frames):
            width[name] += times
        for above, callee in set(pairwise(frames)):
            below[above][callee] += times
    total = stacks.total()
    passes_on = {name for name, of in below.items() if max(of.values()) >= SAME * width[name]}
    bars = [(n, w / total) for n, w in width.most_common() if w < SHARE_OF_ALL * total and n not in passes_on]
    return bars[:BARS]
