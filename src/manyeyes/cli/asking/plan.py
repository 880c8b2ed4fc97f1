"""What is to be asked: every item of the source, looked at once, and which of them go to people.

Its key follows from what is asked about what: the same command finds the job that it made, on whatever machine and
after whatever happened, and nothing is made or paid twice (docs/decisions/0052).
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from manyeyes.cli.asking.shrinking import shrunk
from manyeyes_client import Item, Source, WrongSource

MARK_DIGITS = 16  # hex digits that tell two questions of one customer's apart


class PlannedItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item of the source: how it is called in the answers, its picture's SHA-256 (empty: an address), its line's.

    ``unfit``: why it is not sent; ``is_shrunk``: it is sent smaller than it is; ``is_taken``: its answer is there.
    """

    file: str
    external_id: str
    where: str
    picture: str = ""
    line: str = ""
    unfit: str = ""
    is_shrunk: bool = False
    is_taken: bool = False

    @property
    def is_asked(self) -> bool:
        """Tell whether people are asked about it."""
        return not (self.unfit or self.is_taken)


class AskPlan:
    """The items of a source and the question; what of it is uploaded.

    ``on_sent`` is called with the number of items that were sent, again and again.
    """

    def __init__(self, path: Path, question: Mapping[str, Any], *, run: str, shrink: bool) -> None:
        self.passed_over: list[tuple[str, str]] = []
        self.question, self._run, self._shrink = question, run, shrink
        self._source = Source(path, lambda name, why: self.passed_over.append((name, why)))
        self.items = [self._planned(item) for item in self._source]
        self._source = Source(path)
        self.mark = hashlib.sha256(_canonical(question)).hexdigest()[:MARK_DIGITS]
        self.on_sent: Callable[[int], None] = lambda count: None

    def take(self, is_answered: Callable[[PlannedItem], bool]) -> None:
        """Leave out what is answered already."""
        self.items = [
            replace(item, is_taken=True) if item.is_asked and is_answered(item) else item for item in self.items
        ]

    @property
    def asked(self) -> Sequence[PlannedItem]:
        """Return the items that people are asked about, in their order."""
        return [item for item in self.items if item.is_asked]

    def key(self) -> str:
        """Return the name of the job and of its upload: the same for the same items, question and run."""
        digest = hashlib.sha256(_canonical(["manyeyes ask 1", self.question, self._run]))
        for item in self.asked:
            digest.update(f"{item.line}\n".encode())
        return f"ask-{digest.hexdigest()}"

    def fit(self) -> Iterator[Item]:
        """Yield what is uploaded. Raises `WrongSource` when the source is no more what it was."""
        sent, planned = 0, iter(self.items)
        for item in self._source:
            plan = next(planned, None)
            if plan is None or (plan.external_id, plan.where) != (item.external_id, item.where):
                raise WrongSource(f"{item.where}: it was not there, or not in this place, a moment ago; start again")
            if plan.is_asked:
                yield self._as_planned(item, plan)
                sent += 1
                self.on_sent(sent)

    def _as_planned(self, item: Item, plan: PlannedItem) -> Item:
        data = item.load() if item.load else b""
        if item.load and hashlib.sha256(data).hexdigest() != plan.picture:
            raise WrongSource(f"{item.where}: it has changed since a moment ago; start again")
        sent = shrunk(data) if plan.is_shrunk else data
        if sent is None:
            raise WrongSource(f"{item.where}: it cannot be made smaller any more")
        return replace(item, load=lambda: sent, unfit="") if item.load else item

    def _planned(self, item: Item) -> PlannedItem:
        file = item.external_id or item.picture_url or item.where
        named = PlannedItem(file=file, external_id=item.external_id, where=item.where)
        may_shrink = self._shrink and item.load is not None
        if item.unfit and not may_shrink:
            return replace(named, unfit=item.unfit)
        line, picture = item.line_and_digest()
        if item.unfit and (item.load is None or shrunk(item.load()) is None):
            return replace(named, unfit=f"{item.unfit}; and it cannot be read here")
        digest = hashlib.sha256(line).hexdigest()
        return replace(named, picture=picture, line=digest, is_shrunk=bool(item.unfit))


def _canonical(said: Any) -> bytes:
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
