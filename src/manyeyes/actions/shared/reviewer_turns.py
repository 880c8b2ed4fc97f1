"""What is alike where reviewers ask for something to judge: what they have, what lay behind it, something fresh."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import asyncpg
import msgspec

from manyeyes.actions.shared.reviewer_breaks import note_work, told, who_rests
from manyeyes.values.refusals import Refusal
from manyeyes.workers.breaks.store import ReviewerRest

LaidT = TypeVar("LaidT")


class TurnWanted(msgspec.Struct, frozen=True):
    """A reviewer asks. ``queue_ids``: what they may judge (workers/rules.py, `may_judge`).

    ``is_deciding``: they decided something just now, and go on.
    """

    cell: int
    reviewer_id: int
    queue_ids: tuple[int, ...]
    is_deciding: bool = False


class TurnsOf(msgspec.Struct, Generic[LaidT], frozen=True, kw_only=True):
    """What one kind of thing is looked up and given by, each in a transaction and a cell.

    ``desks``: what reviewers have before them and behind that; ``is_open``: whether any is open; ``show_ahead``: shows
    what lay behind; ``give``: locks, chooses and gives fresh ones to these reviewers, each with the queues of theirs.
    """

    desks: Callable[
        [asyncpg.Connection, datetime, int, Sequence[int]], Awaitable[tuple[dict[int, LaidT], dict[int, LaidT]]]
    ]
    is_open: Callable[[asyncpg.Connection, int], Awaitable[bool]]
    show_ahead: Callable[[asyncpg.Connection, datetime, int, Sequence[int]], Awaitable[dict[int, LaidT]]]
    give: Callable[[asyncpg.Connection, datetime, int, Mapping[int, frozenset[int]]], Awaitable[dict[int, LaidT]]]


async def take_turns(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[TurnWanted], of: TurnsOf[LaidT]
) -> list[LaidT | Refusal | None]:
    """Return what each reviewer has before them; refused is whose break is due, None: nothing is for them.

    While nothing is open this costs two look-ups and no lock.
    """
    cell = commands[0].cell
    asking = {c.reviewer_id: frozenset(c.queue_ids) for c in commands}
    deciding = {c.reviewer_id for c in commands if c.is_deciding}
    held, ahead = await of.desks(tx, now, cell, sorted(asking))
    empty = [r for r in asking if r not in held]
    is_open = bool(empty) and await of.is_open(tx, cell)
    resting: dict[int, ReviewerRest] = {}
    if is_open or ahead.keys() - held.keys():
        resting = await who_rests(tx, now, cell, empty, deciding)
    found: dict[int, LaidT] = {}
    if coming := sorted(ahead.keys() - held.keys() - resting.keys()):  # what lay behind comes next
        found |= await of.show_ahead(tx, now, cell, coming)
    free = {r: asking[r] for r in empty if r not in found and r not in resting}
    if is_open and free:
        found |= await of.give(tx, now, cell, free)
    await note_work(tx, now, cell, resting, found, deciding)
    found |= held
    return [found.get(c.reviewer_id) or told(resting.get(c.reviewer_id)) for c in commands]
