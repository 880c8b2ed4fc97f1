"""Looks at marked pictures, while a batch changes desks: what people may be shown, and what they were (decision 0079).

Whoever shows anybody a picture comes by here: from their desk, by an answer's reply, taken back, renewed, or to judge.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

import asyncpg
import msgspec

from manyeyes.certainty.rules import Judgement
from manyeyes.reports.rules import Slot
from manyeyes.wellbeing import store as wellbeing
from manyeyes.wellbeing.rules import Wellbeing


class BeforeSomebody(Protocol):
    """What lies, or lay, before somebody: a task on a desk, a complaint's slot, a result to judge."""

    @property
    def task_id(self) -> int:
        """Return the number of the task, or the seat."""

    @property
    def queue_id(self) -> int:
        """Return its queue."""

    @property
    def marks(self) -> int:
        """Return its marks, its own and its queue's."""

    @property
    def looked_marks(self) -> int:
        """Return the marks of which the look at it is counted."""

    @property
    def lease_until(self) -> datetime | None:
        """Return until when it lies there."""

    @property
    def seen_by(self) -> int:
        """Return before whom it lies."""

    @property
    def seen_since(self) -> datetime | None:
        """Return since when it lies there."""


JudgedT = TypeVar("JudgedT", Slot, Judgement)


class MarkedLooks:
    """What is known of the people of a batch, locked, and what becomes of it. Of who never agreed nothing is known."""

    def __init__(self) -> None:
        self._people: dict[int, Wellbeing] = {}
        self._asked: set[int] = set()
        self._changed: set[int] = set()

    def missing(self, worker_ids: Iterable[int]) -> set[int]:
        """Return those of whom it was not asked yet what they said."""
        return set(worker_ids) - self._asked

    def know(self, asked: Iterable[int], found: Mapping[int, Wellbeing]) -> None:
        """Keep what is known of people."""
        self._asked.update(asked)
        self._people.update(found)

    def of(self, worker_id: int) -> Wellbeing | None:
        """Return what is known of somebody."""
        return self._people.get(worker_id)

    def begin(
        self, worker_id: int, queue_id: int, marks: int, until: datetime, now: datetime, *, is_new: bool
    ) -> datetime | None:
        """Count a look that would last ``until`` then; return until when it may, None when there is to be none."""
        if not marks:
            return until
        known = self.of(worker_id)
        ends = known.look_end(queue_id, marks, until, now, is_new=is_new) if known else None
        if known and ends:
            self._note(known.looks(marks, ends, now, is_new=is_new))
        return ends

    def may_look_again(self, seen: BeforeSomebody, until: datetime, now: datetime) -> bool:
        """Tell whether somebody may come back, until then at the longest, to what lay before them today."""
        known = self.of(seen.seen_by)
        return not seen.marks or (
            known is not None and known.look_end(seen.queue_id, seen.marks, until, now, is_new=False) is not None
        )

    def begin_all(self, taken: Iterable[JudgedT], now: datetime) -> tuple[list[JudgedT], list[JudgedT]]:
        """Count looks at what people were given; return what of it is marked, each with when its look ends.

        And what they may not be shown, since it was marked while it was given: that goes back.
        """
        counted, refused = [], []
        for each in sorted((one for one in taken if one.marks), key=lambda one: one.seen_by):
            wanted = each.lease_until or now
            until = self.begin(each.seen_by, each.queue_id, each.marks, wanted, now, is_new=True)
            if until is None:
                refused.append(each)
            else:
                counted.append(msgspec.structs.replace(each, lease_until=until, looked_marks=each.marks))
        return counted, refused

    def end(self, seen: Iterable[BeforeSomebody], now: datetime) -> None:
        """Give back what is left of the looks at what people had before them."""
        for each in seen:
            known = self.of(each.seen_by)
            if each.looked_marks and known and each.seen_since and each.lease_until:
                self._note(known.looked(each.looked_marks, each.seen_since, each.lease_until, now))

    def lengthen(self, seen: BeforeSomebody, wanted: datetime, now: datetime) -> datetime:
        """Count that a look at what lies before somebody goes on; return until when it may, ``wanted`` at the most.

        No longer than it may now: what they said no to meanwhile, or what has got marks since they were shown it.
        """
        known = self.of(seen.seen_by)
        if not seen.marks or seen.lease_until is None:
            return wanted
        if known is None or seen.marks & ~(seen.looked_marks & known.willing(seen.queue_id)):
            return seen.lease_until
        longer, until = known.longer(seen.looked_marks, seen.lease_until, wanted, now)
        self._note(longer)
        return until

    def clear(self, worker_id: int, queue_ids: Sequence[int], now: datetime) -> list[int]:
        """Return the marks that somebody may be shown in each of the queues now."""
        known = self.of(worker_id)
        return [known.clear(queue_id, now) if known else 0 for queue_id in queue_ids]

    def barred(self, waiting: Iterable[BeforeSomebody], people: Collection[int], now: datetime) -> set[tuple[int, int]]:
        """Return (task, person) of what somebody may not be shown now."""
        marked = [each for each in waiting if each.marks]
        return {
            (each.task_id, person)
            for each in marked
            for person in people
            if each.marks & ~self.clear(person, [each.queue_id], now)[0]
        }

    def taken_changes(self) -> list[Wellbeing]:
        """Return what is to be saved, in the order of its keys, once."""
        changed, self._changed = sorted(self._changed), set()
        return [self._people[worker_id] for worker_id in changed]

    def _note(self, known: Wellbeing) -> None:
        if known != self._people.get(known.worker_id):
            self._people[known.worker_id] = known
            self._changed.add(known.worker_id)


async def load_looks(tx: asyncpg.Connection, cell: int, looks: MarkedLooks, worker_ids: Iterable[int]) -> None:
    """Lock what is known of these people, who have something marked before them; of nobody where nobody has."""
    missing = looks.missing(worker_ids)
    if missing:
        looks.know(missing, await wellbeing.lock(tx, cell, missing))


async def end_looks(tx: asyncpg.Connection, now: datetime, cell: int, seen: Iterable[BeforeSomebody]) -> None:
    """Give back what is left of looks at what people judged or passed on.

    Before any money moves: workers who answer are locked before the balances that their answers charge.
    """
    marked = [each for each in seen if each.looked_marks]
    if marked:
        looks = MarkedLooks()
        await load_looks(tx, cell, looks, {each.seen_by for each in marked})
        looks.end(marked, now)
        await save_looks(tx, cell, looks)


async def save_looks(tx: asyncpg.Connection, cell: int, looks: MarkedLooks) -> None:
    """Write what people were shown."""
    await wellbeing.save_spent(tx, cell, looks.taken_changes())
