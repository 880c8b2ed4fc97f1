"""Named queries of evidence: answers that were checked, each with what was right → frozen values."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.consensus.rules import Method
from manyeyes.db.queries import one_row
from manyeyes.db.rows import columns, read
from manyeyes.skills.counting import CheckedAnswer, SkillRow
from manyeyes.skills.floor import PEERS_RIGHT, FloorRule
from manyeyes.skills.rules import EvidenceSource
from manyeyes.skills.store import SQL

ANY_NEW, ANY_TO_REPLACE = SQL.any_evidence, SQL.any_to_replace  # whether there is anything to do in a cell ($1)

MOST_LOOKED_AT = 1_000  # of one person in one queue, the newest ones
_ROW = (
    *("queue_id", "worker_id", "right_weight", "wrong_weight", "confusion", "as_of", "answered", "gold_asked"),
    *("gold_wrong", "suspicion", "since", "barred_at", "barred_why", "is_to_replace", "appealed_at", "appeal_words"),
    *("appeal_decided_at", "appeal_accepted", "appeal_answer"),
)
Person = tuple[int, int]  # queue, worker


class NewEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that proved right or wrong; ``truth`` and ``given`` are keys. ``labels``: how many there are to choose.

    ``is_unanimous``: of peers, all of them said so.
    """

    queue_id: int
    worker_id: int
    task_id: int
    source: EvidenceSource
    truth: str
    given: str
    is_unanimous: bool = False
    labels: int = 0


class QueueFloor(msgspec.Struct, frozen=True):
    """What a queue asks of its people; ``peers_right``: how often what others say there is right, None: not known."""

    queue_id: int
    floor: float
    peers_right: float | None

    @property
    def rule(self) -> FloorRule:
        """Return what is asked; among how many labels one chooses is each person's own evidence."""
        return FloorRule(floor=self.floor, peers_right=PEERS_RIGHT if self.peers_right is None else self.peers_right)


async def insert_evidence(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[NewEvidence]) -> None:
    """Keep what proved right or wrong; what is known from the same source stays as it is."""
    if rows:
        found = columns(rows, "queue_id", "worker_id", "task_id", "source", "truth", "given", "is_unanimous", "labels")
        await tx.execute(SQL.insert_evidence, cell, now, *found)


async def lock_new(tx: asyncpg.Connection, cell: int, limit: int) -> list[CheckedAnswer]:
    """Return evidence that is not counted yet, the oldest first, locked; who comes second waits."""
    return read(CheckedAnswer, await tx.fetch(SQL.lock_new_evidence, cell, limit))


async def set_counted(tx: asyncpg.Connection, cell: int, pieces: Sequence[CheckedAnswer]) -> None:
    """Remember that locked evidence is counted."""
    await tx.execute(SQL.set_counted, cell, *columns(pieces, "queue_id", "worker_id", "task_id", "source"))


async def evidence_of(
    db: asyncpg.Connection, cell: int, people: Sequence[Person]
) -> Mapping[Person, list[CheckedAnswer]]:
    """Return what is known of people and counts, the newest of each, in the order in which it came."""
    found: defaultdict[Person, list[CheckedAnswer]] = defaultdict(list)
    if people:
        rows = await db.fetch(SQL.evidence_of, cell, *zip(*people, strict=True), MOST_LOOKED_AT)
        for piece in read(CheckedAnswer, rows):
            found[piece.queue_id, piece.worker_id].append(piece)
    return found


async def gold_evidence(
    tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]
) -> Mapping[int, list[CheckedAnswer]]:
    """Return what people gave to gold, by its task."""
    found: defaultdict[int, list[CheckedAnswer]] = defaultdict(list)
    for piece in read(CheckedAnswer, await tx.fetch(SQL.gold_evidence, cell, task_ids)) if task_ids else []:
        found[piece.task_id].append(piece)
    return found


async def count_gold(tx: asyncpg.Connection, cell: int, outcomes: Mapping[int, Sequence[bool]]) -> None:
    """Count how often gold was answered, and how: by its task whether each was right."""
    rows = [(task_id, len(each), list(each).count(False)) for task_id, each in sorted(outcomes.items())]
    if rows:
        await tx.execute(SQL.count_gold, cell, *zip(*rows, strict=True))


async def put_aside(tx: asyncpg.Connection, now: datetime, cell: int, denied: Mapping[int, str]) -> None:
    """Put gold aside, and all that it said of people; ``denied``: what good workers say instead, by its task."""
    if denied:
        await tx.execute(SQL.put_gold_aside, cell, list(denied), now, list(denied.values()))
        await tx.execute(SQL.put_evidence_aside, cell, list(denied))


async def lock_skills(
    tx: asyncpg.Connection, now: datetime, cell: int, people: Sequence[Person]
) -> dict[Person, SkillRow]:
    """Return the rows of people in queues, made where there is none, locked in the order of the key."""
    if not people:
        return {}
    await tx.execute(SQL.open_skills, cell, *zip(*sorted(people), strict=True), now)
    return await lock_known(tx, cell, people)


async def lock_known(tx: asyncpg.Connection, cell: int, people: Sequence[Person]) -> dict[Person, SkillRow]:
    """Return the rows that there are of people in queues, locked in the order of the key."""
    rows = await tx.fetch(SQL.lock_skills, cell, *zip(*sorted(people), strict=True))
    return {row.key: row for row in read(SkillRow, rows, confusion=msgspec.json.decode)}


async def save_skills(tx: asyncpg.Connection, cell: int, rows: Sequence[SkillRow]) -> None:
    """Write what is known of people; their rows are locked."""
    if rows:
        found = columns(rows, *_ROW, confusion=lambda row: msgspec.json.encode(row.confusion).decode())
        await tx.execute(SQL.save_skills, cell, *found)


async def skills_of_queue(db: asyncpg.Connection, cell: int, queue_id: int) -> list[SkillRow]:
    """Return what is known of all people in a queue: who is barred or doubted before the others."""
    return read(SkillRow, await db.fetch(SQL.skills_of_queue, cell, queue_id), confusion=msgspec.json.decode)


async def skills_of_worker(db: asyncpg.Connection, cell: int, worker_id: int) -> list[SkillRow]:
    """Return what is known of a worker in their queues."""
    return read(SkillRow, await db.fetch(SQL.skills_of_worker, cell, worker_id), confusion=msgspec.json.decode)


async def open_bar_appeals(db: asyncpg.Connection, cell: int, limit: int) -> list[SkillRow]:
    """Return what is known of those who appeal against a floor and wait, the longest first."""
    return read(SkillRow, await db.fetch(SQL.open_bar_appeals, cell, limit), confusion=msgspec.json.decode)


async def to_replace(db: asyncpg.Connection, cell: int, limit: int) -> list[Person]:
    """Return people below a floor whose undecided answers are to be asked of others."""
    return [(row["queue_id"], row["worker_id"]) for row in await db.fetch(SQL.to_replace, cell, limit)]


async def set_replaced(tx: asyncpg.Connection, cell: int, people: Sequence[Person]) -> None:
    """Remember that nothing of theirs is left to be asked of others, but for whom something lies on their desk."""
    await tx.execute(SQL.set_replaced, cell, *zip(*people, strict=True))


async def queues_to_learn(db: asyncpg.Connection, now: datetime, cell: int) -> list[int]:
    """Return the queues whose skills are due to be worked out from all answers."""
    return [row["queue_id"] for row in await db.fetch(SQL.queues_to_learn, cell, now)]


async def set_learned(
    tx: asyncpg.Connection, now: datetime, queue_id: int, method: Method, peers_right: float | None
) -> None:
    """Weigh a queue's answers by this method from now on; ``peers_right``: how often what others say is right."""
    await tx.execute(SQL.set_learned, queue_id, method, now, peers_right)


async def peers_checked(db: asyncpg.Connection, cell: int, queue_id: int, since: datetime) -> tuple[int, int]:
    """Return how often what others said was right, and of how often that is known, in a queue since an instant."""
    row = await one_row(db, SQL.peers_checked, cell, queue_id, since)
    return row["agreeing"], row["checked"]


async def truths(db: asyncpg.Connection, cell: int, queue_id: int) -> dict[int, str]:
    """Return what gold and reviewers said is right, by task, as keys."""
    return {row["task_id"]: row["truth"] for row in await db.fetch(SQL.truths, cell, queue_id)}


async def floors(db: asyncpg.Connection, queue_ids: Sequence[int]) -> dict[int, QueueFloor]:
    """Return the floors of those of the queues that have one."""
    return {each.queue_id: each for each in read(QueueFloor, await db.fetch(SQL.floors, queue_ids))}
