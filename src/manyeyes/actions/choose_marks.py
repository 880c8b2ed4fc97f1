"""Workers say yes or no to marked pictures of a queue, and which marks they are never shown (docs/decisions/0079)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.marked_looks import BeforeSomebody, MarkedLooks, save_looks
from manyeyes.actions.shared.worker_desks import load_desks, put_down_unwilling
from manyeyes.certainty import judgements
from manyeyes.reports import slots
from manyeyes.reports.voting import store as voting
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.marks import mark_names
from manyeyes.wellbeing import store as wellbeing
from manyeyes.wellbeing.rules import Wellbeing


class ChooseMarks(msgspec.Struct, frozen=True, kw_only=True):
    """``agreed``: the marks of the queue ``queue_id`` to which they say yes from now on, 0: to none; None: unchanged.

    ``avoided``: what they are never shown, whatever they agree to; None: unchanged.
    """

    cell: int
    worker_id: int
    queue_id: int = 0
    agreed: int | None = None
    avoided: int | None = None
    actor: Actor = BY_ITSELF


class MarksChosen(msgspec.Struct, frozen=True):
    """What is so now, and the queues of what went back."""

    wellbeing: Wellbeing
    queue_ids: tuple[int, ...]


async def choose_marks(tx: asyncpg.Connection, now: datetime, commands: Sequence[ChooseMarks]) -> list[MarksChosen]:
    """Return what each person's choices are then; of several of one person each changes what those before it left.

    What lies before them, or behind that, to answer or to judge, and is not for them any more goes back at once, and
    fails nobody.
    """
    # 1. Load: the desks, then what they said until now, locked.
    cell, people = commands[0].cell, sorted({c.worker_id for c in commands})
    desks = await load_desks(tx, cell, people)
    known = await wellbeing.lock(tx, cell, people)
    if len(known) < len(people):
        await wellbeing.open_rows(tx, cell, people)
        known = await wellbeing.lock(tx, cell, people)
    desks.looks.know(people, known)
    # 2. Decide.
    chosen: list[Wellbeing] = []
    entries: list[TrailEntry | None] = []
    for c in commands:
        before, after = known[c.worker_id], _chosen(known[c.worker_id], c)
        known[c.worker_id] = after
        chosen.append(after)
        entries.append(change_of(c.actor, Deed.WORKER_MARKS, f"worker:{c.worker_id}", _said(before), _said(after)))
    # 3. Save: the choices, what went back, the trail.
    await wellbeing.save_choices(tx, cell, [known[worker_id] for worker_id in people])
    back = await put_down_unwilling(tx, now, cell, desks, known)
    await _give_back(tx, now, cell, desks.looks, known)
    await trail.record(tx, now, cell, entries)
    return [
        MarksChosen(each, tuple(sorted({work.queue_id for work in back if work.worker_id == each.worker_id})))
        for each in chosen
    ]


async def _give_back(
    tx: asyncpg.Connection, now: datetime, cell: int, looks: MarkedLooks, known: Mapping[int, Wellbeing]
) -> None:
    """Open for others what these people judge, and what lies behind it, with marks to which they do not agree.

    Whoever takes something to judge locks it before what is known of them: here nobody is waited for.
    """
    people = sorted(known)
    votes = [s for s in await voting.lock_held(tx, cell, people) if _is_unwilling(known, s)]
    decisions = [j for j in await judgements.lock_held(tx, cell, people) if _is_unwilling(known, j)]
    looks.end([*votes, *decisions], now)
    await save_looks(tx, cell, looks)
    await slots.reopen(tx, cell, [(slot.task_id, slot.n) for slot in votes])
    await judgements.reopen(tx, cell, [judgement.key for judgement in decisions])


def _is_unwilling(known: Mapping[int, Wellbeing], lying: BeforeSomebody) -> bool:
    return bool(lying.marks & ~known[lying.seen_by].willing(lying.queue_id))


def _chosen(known: Wellbeing, command: ChooseMarks) -> Wellbeing:
    agreed: Mapping[int, int] = known.agreed
    if command.agreed is not None:
        others = {queue_id: marks for queue_id, marks in agreed.items() if queue_id != command.queue_id}
        agreed = {**others, command.queue_id: command.agreed} if command.agreed else others
    avoided = known.avoided if command.avoided is None else command.avoided
    return msgspec.structs.replace(known, agreed=agreed, avoided=avoided)


def _said(known: Wellbeing) -> dict[str, object]:
    agreed = {str(queue_id): mark_names(marks) for queue_id, marks in sorted(known.agreed.items())}
    return {"agreed": agreed, "avoided": mark_names(known.avoided)}
