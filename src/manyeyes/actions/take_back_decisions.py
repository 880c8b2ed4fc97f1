"""Give reviewers a result back that they have just decided, while nothing follows from it (docs/decisions/0081)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.judgement_effects import LOST, SEEN_ENOUGH, TOO_LATE, JudgementId
from manyeyes.actions.shared.marked_looks import MarkedLooks, load_looks, save_looks
from manyeyes.actions.shared.reviewers_room import make_room
from manyeyes.certainty import judgements
from manyeyes.certainty.rules import JUDGEMENT_SECONDS, Judgement, JudgementState
from manyeyes.values.refusals import Refusal


class TakeBackDecision(msgspec.Struct, frozen=True):
    cell: int
    reviewer_id: int
    judgement: JudgementId


async def take_back_decisions(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[TakeBackDecision]
) -> list[Judgement | Refusal]:
    """Return the results, each before its reviewer again under the same lease; else SLOT_LOST or TOO_LATE.

    A whole lease begins, within three from when it was first shown. What the reviewer looked at meanwhile lies behind
    it, and what lay behind that goes to others. Nothing marked lies behind: it goes to others, too, and a look at what
    is marked begins again within their day, or is refused with TOO_LATE (docs/decisions/0079).
    The same again gives the same.
    """
    # 1. Load: what was decided, and what lies before these reviewers, locked.
    cell = commands[0].cell
    task_ids = sorted({c.judgement.task_id for c in commands})
    people = sorted({c.reviewer_id for c in commands})
    desks = {j.key: j for j in await judgements.lock_with_desks(tx, cell, task_ids, people)}
    looks = MarkedLooks()
    await load_looks(tx, cell, looks, {j.reviewer_id for j in desks.values() if j.marks | j.looked_marks} & set(people))
    # 2. Decide: what can be taken back lies before what they look at.
    outcomes: list[Judgement | Refusal] = []
    touched: set[tuple[int, int]] = set()
    back: set[tuple[int, int]] = set()
    for command in commands:
        found = _taken_back(desks.values(), command, looks, now)
        if isinstance(found, Judgement) and desks[found.key].state is JudgementState.ASIDE:
            touched |= make_room(desks, JudgementState, command.reviewer_id, looks, now)
            until = looks.begin(found.reviewer_id, found.queue_id, found.marks, found.ends_at, now, is_new=False)
            assert until is not None, "it was asked before"
            found = desks[found.key] = msgspec.structs.replace(found, lease_until=until, looked_marks=found.marks)
            back.add(found.key)
        outcomes.append(found)
    # 3. Save.
    moved = [desks[key] for key in sorted(touched)]
    await judgements.take_back(tx, cell, [desks[key] for key in sorted(back)])
    behind = [j.key for j in moved if j.state is JudgementState.AHEAD]
    await judgements.put_behind(tx, cell, behind, now + timedelta(seconds=JUDGEMENT_SECONDS))
    await judgements.reopen(tx, cell, [j.key for j in moved if j.state is JudgementState.OPEN])
    await save_looks(tx, cell, looks)
    return outcomes


def _taken_back(
    found: Iterable[Judgement], command: TakeBackDecision, looks: MarkedLooks, now: datetime
) -> Judgement | Refusal:
    """Return the result as it lies before its reviewer again, or lies there already; else why it does not."""
    of = (command.judgement.task_id, command.judgement.number, command.reviewer_id)
    theirs = next((j for j in found if (j.task_id, j.lease, j.reviewer_id) == of), None)
    if theirs is None:
        return LOST
    if theirs.state is JudgementState.LEASED and theirs.ends_at > now:
        return theirs
    until = min(now + timedelta(seconds=JUDGEMENT_SECONDS), theirs.latest_end) if theirs.lease_until else now
    is_over = theirs.settles_at is None or theirs.settles_at <= now or until <= now
    if theirs.state is not JudgementState.ASIDE or is_over:
        return TOO_LATE
    if not looks.may_look_again(theirs, until, now):
        return SEEN_ENOUGH
    return msgspec.structs.replace(theirs, state=JudgementState.LEASED, value=None, settles_at=None, lease_until=until)
