"""Named queries of what is known of people, by queue → frozen values."""

from collections.abc import Collection
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.consensus.rules import Method, Skill
from manyeyes.consensus.skills import HALF_LIFE_DAYS
from manyeyes.db.queries import Queries, one_row
from manyeyes.db.rows import read

SQL = Queries(__package__)


class KnownSkill(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a worker in a queue, decayed to ``as_of``."""

    queue_id: int
    worker_id: int
    right_weight: float
    wrong_weight: float
    confusion: dict[str, dict[str, float]]
    as_of: datetime

    def skill(self) -> Skill:
        """Return it as consensus weighs it."""
        return Skill(right=self.right_weight, wrong=self.wrong_weight, confusion=self.confusion)


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


async def weighings(db: asyncpg.Connection, queue_ids: Collection[int]) -> dict[int, Weighing]:
    """Return how answers of the queues are weighed, by queue."""
    return {each.queue_id: each for each in read(Weighing, await db.fetch(SQL.methods, sorted(queue_ids)))}
