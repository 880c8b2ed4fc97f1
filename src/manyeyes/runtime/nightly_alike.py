"""Who answers as somebody else does, of all that a queue's people gave (docs/decisions/0066); a part of the night.

Answers come a task at a time and are only counted, by pairs of people: what is held grows with the people, of whom the
busiest are looked at, and not with the answers.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import asyncpg
import msgspec
import numpy as np
from numpy.typing import NDArray

from manyeyes.consensus.likeness import are_alike, likeness
from manyeyes.consensus.rules import Shape, ShapeKind
from manyeyes.panels.queue_answers import AnswerPace, GivenAtOnce, given_at_once, paces
from manyeyes.skills.alike import (
    MODEL_ALARM,
    QUICK_MS,
    QUICK_SHARE,
    AlikeKind,
    FoundAlike,
    alike_at_most,
    is_hasty,
    log_growth,
    pair_alarm,
    two_say,
)
from manyeyes.skills.findings.store import CheckedGiven, checked_of_queue
from manyeyes.tasks.options import picture_options
from manyeyes.tasks.questions import FIELDS, LABELS
from manyeyes.tasks.shapes import shape_of

MOST_PEOPLE = 1_000  # of a queue, who gave most: some 30 MB of counts
Piece = TypeVar("Piece", CheckedGiven, GivenAtOnce)
_FEWEST_CHOICES = 2  # parts of forms and lists of labels are right or wrong each, as of two labels


class GivenKey(msgspec.Struct, frozen=True):
    """What somebody gave to a task, as a key, and when."""

    worker_id: int
    key: str
    at: datetime


class PairTally:
    """Of each two people, and of each and the recogniser, what `skills.alike` asks for: a square of counts.

    The recogniser is the last column. ``worker_ids``: whom to look at; what others gave is passed over.
    """

    def __init__(self, worker_ids: Sequence[int]) -> None:
        self.worker_ids = sorted(worker_ids)
        self._place = {worker_id: n for n, worker_id in enumerate(self.worker_ids)}
        size = (len(self.worker_ids), len(self.worker_ids) + 1)
        self._tasks, self._alike = np.zeros(size, np.int32), np.zeros(size, np.int32)
        self._grown, self._expected = np.zeros(size), np.zeros(size)
        self._first = np.full(size, np.inf)  # seconds since 1970

    def known(self, truth: str, given: Sequence[GivenKey], options: int | None, model: str | None) -> None:
        """Count a task whose truth gold or a reviewer said."""
        here = [each for each in given if each.worker_id in self._place]
        places = np.array([self._place[each.worker_id] for each in here], int)
        keys = np.array([each.key for each in here], object)
        at = np.array([each.at.timestamp() for each in here])
        wrong = keys != truth
        same = keys[wrong][:, None] == keys[None, :]
        self._add(np.ix_(places[wrong], places), same, np.maximum(at[wrong][:, None], at[None, :]), options)
        unlike = np.zeros((int((~wrong).sum()), int(wrong.sum())), bool)
        self._add(np.ix_(places[~wrong], places[wrong]), unlike, np.zeros(unlike.shape), options)
        if model is not None:
            asked = wrong | (model != truth)
            column = np.ix_(places[asked], [len(self.worker_ids)])
            self._add(column, (keys[asked] == model)[:, None], at[asked][:, None], options)

    def disputed(self, given: Sequence[GivenKey], shape: Shape, options: int | None, model: str | None) -> None:
        """Count a task whose truth two others say, of each pair anew; never the word of either of them."""
        said = {each.worker_id: each.key for each in given}
        here = [each for each in given if each.worker_id in self._place]
        for n, one in enumerate(here):
            for other in here[:n]:
                truth = two_say({w: key for w, key in said.items() if w not in (one.worker_id, other.worker_id)})
                self._pair(one, other, truth, shape, options)
            truth = two_say({w: key for w, key in said.items() if w != one.worker_id})
            if model is not None and truth is not None and not one.key == truth == model:
                place = np.ix_([self._place[one.worker_id]], [len(self.worker_ids)])
                self._add(place, np.array([[one.key == model]]), np.array([[one.at.timestamp()]]), options)

    def found(self, people: int) -> list[FoundAlike]:
        """Return which pairs, and who with the recogniser, are alike; ``people``: of the queue, who could be."""
        models = len(self.worker_ids)
        alarms = np.full(self._grown.shape, np.log(pair_alarm(people)))
        alarms[:, models] = np.log(MODEL_ALARM)
        rows, columns = np.nonzero(self._grown >= alarms)
        return [self._finding(int(a), int(b)) for a, b in zip(rows, columns, strict=True) if a < b]

    def _pair(self, one: GivenKey, other: GivenKey, truth: str | None, shape: Shape, options: int | None) -> None:
        if truth is None:
            return
        keys = [truth if are_alike(shape, truth, each.key) else each.key for each in (one, other)]
        if keys == [truth, truth]:
            return
        a, b = self._place[one.worker_id], self._place[other.worker_id]
        at = max(one.at, other.at).timestamp()
        for place in ((a, b), (b, a)):
            self._add(np.ix_([place[0]], [place[1]]), np.array([[keys[0] == keys[1]]]), np.array([[at]]), options)

    def _add(self, where: Any, is_alike: NDArray[np.bool_], at: NDArray[np.float64], options: int | None) -> None:
        if not is_alike.size:
            return
        alike, unlike = log_growth(options)
        self._tasks[where] += 1
        self._alike[where] += is_alike
        self._grown[where] += np.where(is_alike, alike, unlike)
        self._expected[where] += alike_at_most(options)
        self._first[where] = np.minimum(self._first[where], np.where(is_alike, at, np.inf))

    def _finding(self, a: int, b: int) -> FoundAlike:
        is_model = b == len(self.worker_ids)
        return FoundAlike(
            worker_id=self.worker_ids[a],
            kind=AlikeKind.MODEL if is_model else AlikeKind.PAIR,
            other_id=0 if is_model else self.worker_ids[b],
            tasks=int(self._tasks[a, b]),
            alike=int(self._alike[a, b]),
            expected=round(float(self._expected[a, b]), 2),
            first_at=datetime.fromtimestamp(float(self._first[a, b]), UTC),
        )


async def alike_people(db: asyncpg.Connection, cell: int, queue_id: int, since: datetime) -> list[FoundAlike]:
    """Return who of a queue's people answers as somebody else does, as the recogniser does, or too soon."""
    async with db.transaction(readonly=True):
        quickness = await paces(db, cell, queue_id, since, QUICK_MS)
        tally = PairTally([each.worker_id for each in quickness[:MOST_PEOPLE]])
        async for checked in _by_task(checked_of_queue(db, cell, queue_id, since)):
            _count_known(tally, checked)
        async for given in _by_task(given_at_once(db, cell, queue_id, since)):
            _count_disputed(tally, given)
    return [*tally.found(len(quickness)), *map(_haste, filter(lambda one: is_hasty(one.quick, one.timed), quickness))]


async def _by_task(pieces: AsyncIterator[Piece]) -> AsyncIterator[list[Piece]]:
    """Yield the pieces of each task together; they come in the order of their tasks."""
    group: list[Piece] = []
    async for piece in pieces:
        if group and group[0].task_id != piece.task_id:
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _count_known(tally: PairTally, pieces: Sequence[CheckedGiven]) -> None:
    """Count a task by its surest truth: gold comes before reviewers."""
    truth = pieces[0].truth
    by_worker = {p.worker_id: GivenKey(p.worker_id, p.given, p.at) for p in reversed(pieces) if p.truth == truth}
    model = None if pieces[0].model is None else str(pieces[0].model)
    tally.known(truth, list(by_worker.values()), _options(pieces[0].kind, pieces[0].labels), model)


def _count_disputed(tally: PairTally, given: Sequence[GivenAtOnce]) -> None:
    shape = _shape(given[0].kind, given[0].options)
    try:
        keys = [GivenKey(each.worker_id, likeness(shape, each.text), each.answered_at) for each in given]
    except ValueError:  # a text that is no answer of fields
        return
    labels = len(shape.labels) if shape.kind is ShapeKind.LABEL else 0
    model = None if given[0].model is None else str(given[0].model)
    tally.disputed(keys, shape, _options(given[0].kind, labels), model)


def _options(kind: str, labels: int) -> int | None:
    """Return among how many one chose, as `skills.alike` asks; None where the answer is typed."""
    return _FEWEST_CHOICES if kind in (LABELS, FIELDS) else labels or None


def _haste(pace: AnswerPace) -> FoundAlike:
    return FoundAlike(
        worker_id=pace.worker_id,
        kind=AlikeKind.HASTE,
        tasks=pace.timed,
        alike=pace.quick,
        expected=QUICK_SHARE * pace.timed,
    )


@cache
def _shape(kind: str, options: str) -> Shape:
    return shape_of(picture_options(kind, options))
