"""``python -m fuzz [targets] [--seconds N]``: look for inputs that break a served installation; exit 1 when one does.

Only loopback and temporary directories. What broke something lies in `fuzz/found/`, which git ignores: mend it, then
give the input a name in `tests/corpus/`.
"""

import argparse
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from fuzz import targets
from fuzz.beats import Beats
from fuzz.installation import Installation, installed
from fuzz.search import Tally, keep

FOUND = Path(__file__).parent / "found"
USUAL_SECONDS = 300.0


def main() -> int:
    """Run what was asked for, print what was seen, and keep what broke something."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    names = asked.targets or targets.NAMES
    tallies = []
    with installed() as installation:
        with Beats(installation) as beats:
            for name in names:
                tallies.append(targets.run(name, installation, asked.seconds / len(names)))
                print(_line(tallies[-1]), flush=True)
        faults = [*beats.faults, *_left(installation)]
    print(f"{beats.count} times somebody else's balance beside it, {beats.slowest:.2f} s at the most")
    kept = keep(tallies, FOUND)
    for fault in [*faults, *(f"{path}: see what it does, mend it" for path in kept)]:
        print(fault)
    inputs, broken = sum(tally.inputs for tally in tallies), len(kept) + len(faults)
    failed, stalled = _count(tallies, "status"), _count(tallies, "stall")
    print(f"{inputs} inputs; {failed} kinds of 5xx, {stalled} of stalls; {broken} findings")
    return int(broken > 0)


def _arguments() -> argparse.Namespace:
    usual = float(os.environ.get("FUZZ_SECONDS") or USUAL_SECONDS)
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument(
        "targets", nargs="*", metavar="target", help=f"{', '.join(targets.NAMES)}; all when none is named"
    )
    parser.add_argument("--seconds", type=float, default=usual, help=f"for all together ({usual:g})")
    asked = parser.parse_args()
    unknown = set(asked.targets) - set(targets.NAMES)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return asked


def _left(installation: Installation) -> list[str]:
    """Return what the run has left that no answer told of: tracebacks in the log, books that are not in order."""
    traces = set(re.findall(r"^(?:\w+\.)*\w*(?:Error|Exception)\b.*$", installation.log(), re.MULTILINE))
    books = installation.books()
    return [*(f"in the log: {line[:300]}" for line in sorted(traces)), *([f"the books: {books}"] if books else [])]


def _line(tally: Tally) -> str:
    seen = ", ".join(f"{count} × {what}" for what, count in tally.seen.most_common())
    broken = f"; broken: {', '.join(sorted(tally.broken))}" if tally.broken else ""
    return f"{tally.name}: {tally.inputs} inputs, slowest {tally.slowest:.2f} s ({seen}){broken}"


def _count(tallies: Sequence[Tally], kind: str) -> int:
    return sum(found.startswith(kind) for tally in tallies for found in tally.broken)


if __name__ == "__main__":
    sys.exit(main())
