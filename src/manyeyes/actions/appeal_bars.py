"""Workers who are below a queue's floor ask the operator to look: once for each time they were stopped."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.skills import evidence
from manyeyes.skills.counting import SkillRow
from manyeyes.values.refusals import Reason, Refusal


class AppealBar(msgspec.Struct, frozen=True):
    """``words``: what the worker has to say, already cut to `LONGEST_APPEAL`."""

    cell: int
    worker_id: int
    queue_id: int
    words: str


async def appeal_bars(tx: asyncpg.Connection, now: datetime, commands: Sequence[AppealBar]) -> list[datetime | Refusal]:
    """Return since when each appeal waits, or why there can be none: they get the queue, or have appealed.

    While it waits nothing that is known of them fades (docs/decisions/0057). The same appeal again is answered again.
    """
    # 1. Load: what is known of those who were ever checked there, locked.
    cell = commands[0].cell
    known = await evidence.lock_known(tx, cell, sorted({(c.queue_id, c.worker_id) for c in commands}))
    # 2. Decide.
    outcomes = [_appeal(command, known, now) for command in commands]
    # 3. Save.
    await evidence.save_skills(tx, cell, list(known.values()))
    return outcomes


def _appeal(command: AppealBar, known: dict[evidence.Person, SkillRow], now: datetime) -> datetime | Refusal:
    row = known.get((command.queue_id, command.worker_id))
    if row is None or row.barred_at is None:
        return Refusal(Reason.NOT_REFUSED, "you are not stopped from getting this queue")
    if row.appealed_at is not None and row.appealed_at >= row.barred_at:
        is_same = row.appeal_words == command.words
        return row.appealed_at if is_same else Refusal(Reason.ALREADY_APPEALED, "you have appealed against this before")
    known[row.key] = msgspec.structs.replace(
        row.with_skill(row.skill(now), now),
        appealed_at=now,
        appeal_words=command.words,
        appeal_decided_at=None,
        appeal_accepted=None,
        appeal_answer="",
    )
    return now
