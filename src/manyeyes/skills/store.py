"""Named queries of what is known of people, by queue → frozen values."""

from collections.abc import Collection, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.consensus.difficulty import CheckedTogether
from manyeyes.consensus.rules import Method, Skill
from manyeyes.consensus.skills import HALF_LIFE_DAYS, decayed
from manyeyes.db.queries import Queries, one_row
from manyeyes.db.rows import read
from manyeyes.skills.rules import AppealSpan, days_counted

SQL = Queries(__package__)


class KnownSkill(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a worker in a queue, decayed to ``as_of``."""

    queue_id: int
    worker_id: int
    right_weight: float
    wrong_weight: float
    confusion: dict[str, dict[str, float]]
    as_of: datetime
    appealed_at: datetime | None
    appeal_decided_at: datetime | None

    def skill(self, now: datetime) -> Skill:
        """Return it as consensus weighs it ``now``; nothing faded while an appeal was open."""
        kept = Skill(right=self.right_weight, wrong=self.wrong_weight, confusion=self.confusion)
        spans = [AppealSpan(self.appealed_at, self.appeal_decided_at)] if self.appealed_at else []
        return decayed(kept, days_counted(self.as_of, now, spans))


class KnownPeople(msgspec.Struct, frozen=True):
    """What is known of a queue's people together: how many they are, the weights of their answers right and wrong."""

    people: int
    right_weight: float
    wrong_weight: float


class Weighing(msgspec.Struct, frozen=True):
    """How a queue's answers are weighed; ``audit_share``: of accepted results; ``vote_micros``: a reviewer's pay."""

    queue_id: int
    method: Method
    audit_share: float
    vote_micros: int


async def skills(
    db: asyncpg.Connection, cell: int, people: Collection[tuple[int, int]]
) -> dict[tuple[int, int], KnownSkill]:
    """Return what is known of people, by (queue, worker); of a new one nothing is."""
    rows = await db.fetch(SQL.skills, cell, *zip(*sorted(people), strict=True)) if people else []
    found = read(KnownSkill, rows, confusion=msgspec.json.decode)
    return {(known.queue_id, known.worker_id): known for known in found}


async def known_people(db: asyncpg.Connection, cell: int, queue_id: int) -> KnownPeople:
    """Return what is known of all who may answer in a queue, faded to now."""
    return read(KnownPeople, [await one_row(db, SQL.known_people, cell, queue_id, HALF_LIFE_DAYS)])[0]


async def checked_together(db: asyncpg.Connection, cell: int, queue_id: int) -> CheckedTogether:
    """Return how people answered a queue's gold that two of them at least had."""
    return read(CheckedTogether, [await one_row(db, SQL.checked_together, cell, queue_id)])[0]


async def lost_queues(db: asyncpg.Connection, cell: int, worker_id: int) -> set[int]:
    """Return the queues that a worker no longer gets, since they are below the floor there."""
    return {row["queue_id"] for row in await db.fetch(SQL.lost_queues, cell, worker_id)}


async def weighings(db: asyncpg.Connection, queue_ids: Collection[int]) -> dict[int, Weighing]:
    """Return how answers of the queues are weighed, by queue."""
    return {each.queue_id: each for each in read(Weighing, await db.fetch(SQL.methods, sorted(queue_ids)))}


async def forget_gold(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> None:
    """Forget the right answers of tasks that are forgotten: nobody is asked them any more."""
    if task_ids:
        await tx.execute(SQL.forget_gold, cell, task_ids)
        await tx.execute(SQL.forget_evidence, cell, task_ids)
