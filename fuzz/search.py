"""Looks for inputs that break a rule, for a given time, and keeps the smallest of each kind."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import HypothesisException
from hypothesis.strategies import SearchStrategy

BATCH = 200  # inputs between two looks at the clock, at most


class Broken(Exception):
    """An input broke a rule; ``kind`` says which one."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Tally(msgspec.Struct):
    """What was tried of a target. ``broken``: the rule, and the smallest input that breaks it."""

    name: str
    inputs: int = 0
    slowest: float = 0.0
    seen: Counter[str] = msgspec.field(default_factory=Counter)
    broken: dict[str, bytes] = msgspec.field(default_factory=dict)

    def note(self, kind: str, file: bytes) -> bool:
        """Keep the input when it is the smallest that breaks this rule; tell whether the rule was not known broken."""
        is_new = kind not in self.broken
        if is_new or len(file) < len(self.broken[kind]):
            self.broken[kind] = file
        return is_new


def search(name: str, drawn: SearchStrategy[Any], attempt: Callable[[Any, Tally], None], until: float) -> Tally:
    """Draw inputs and attempt each until a moment of the monotonic clock; return what was seen.

    ``attempt`` raises `Broken` after it noted a broken rule that was new; the input is then made smaller.
    """
    tally = Tally(name)
    while time.monotonic() < until:

        @settings(
            max_examples=BATCH,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )
        @given(drawn)
        def one(sent: Any) -> None:
            if time.monotonic() < until:
                tally.inputs += 1
                attempt(sent, tally)

        try:
            one()
        except (Broken, HypothesisException):
            continue  # it is noted; what does not happen twice is a finding as well
    return tally


def keep(tallies: Iterable[Tally], folder: Path) -> list[Path]:
    """Write the inputs that broke something; return their files."""
    kept = []
    for tally in tallies:
        for number, (kind, file) in enumerate(sorted(tally.broken.items())):
            path = folder / f"{tally.name}-{number}-{''.join(c if c.isalnum() else '-' for c in kind)[:60]}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file)
            kept.append(path)
    return kept
