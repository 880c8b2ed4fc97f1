"""Named queries of workers, their credentials and their presence → frozen values."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from manyeyes.db.queries import Queries, one_row
from manyeyes.db.rows import read, read_one, values
from manyeyes.values.integers import whole_number
from manyeyes.workers.rules import WorkerState

SQL = Queries(__package__)


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    worker_id: int
    name: str
    languages: tuple[str, ...]
    queues: tuple[int, ...]
    reviewer: bool
    disabled: bool = False


class Subject(msgspec.Struct, frozen=True):
    """Who is signed in: ``role`` worker, customer or operator; ``subject_id`` their worker or account id.

    ``person_id``: who of an account's people, 0: its first owner (accounts/roles.py).
    """

    role: str
    subject_id: int
    cell: int
    person_id: int = 0

    @property
    def label(self) -> str:
        """Return by what the audit trail names them: ``worker:7``, ``account:12``."""
        return f"{'account' if self.role == 'customer' else self.role}:{self.subject_id}"


def roles_of(subjects: Iterable[Subject]) -> tuple[list[str], list[int]]:
    """Return the roles and the numbers of some people, each once; all the people of an account are one."""
    some = sorted({(each.role, each.subject_id) for each in subjects})
    return [role for role, _ in some], [subject_id for _, subject_id in some]


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A worker's presence; earned and answered since they went online. ``lost``: queues whose floor they are below."""

    worker_id: int
    present: bool
    queues: tuple[int, ...]
    languages: tuple[str, ...]
    held: int
    earned_micros: int
    answered: int
    online_since: datetime
    practice_queue: int
    lost: tuple[int, ...]


class SessionChange(msgspec.Struct, frozen=True):
    """What to add to a worker's presence: leases held, answers given, micros earned; ``is_awake``: they acted.

    ``took_ms``: from showing to answering, the last time (0: no news).
    """

    held: int = 0
    answered: int = 0
    earned_micros: int = 0
    is_awake: bool = False
    took_ms: int = 0


def state_of(session: Session | None) -> WorkerState:
    """Return what a worker with this presence does; who never came, or has no queue any more, is offline."""
    if session is None or not (session.queues or session.practice_queue):
        return WorkerState.OFFLINE
    if not session.present:
        return WorkerState.AWAY
    return WorkerState.BUSY if session.held else WorkerState.IDLE


async def count_enabled(db: asyncpg.Connection, queue_id: int) -> int:
    """Return how many workers may take a queue's tasks, whether they are there now or not."""
    return int(await db.fetchval(SQL.count_enabled, queue_id))


async def insert_worker(db: asyncpg.Connection, worker: Worker) -> None:
    """Store a new worker."""
    await db.execute(SQL.insert_worker, *values(worker, "worker_id", "name", "languages", "queues", "reviewer"))


async def worker(db: asyncpg.Connection, worker_id: int) -> Worker | None:
    """Return a worker by their number; None when there is none."""
    return read_one(Worker, await db.fetchrow(SQL.worker, worker_id))


async def workers_named(db: asyncpg.Connection, name_or_id: str) -> list[Worker]:
    """Return the workers that ``name_or_id`` may mean, disabled ones too: one by id, several by name."""
    number = whole_number(name_or_id, 18) or 0
    return read(Worker, await db.fetch(SQL.workers_named, number, name_or_id))


async def every_worker(db: asyncpg.Connection) -> list[Worker]:
    """Return all workers, disabled ones too."""
    return read(Worker, await db.fetch(SQL.every_worker))


async def set_worker(
    db: asyncpg.Connection,
    worker_id: int,
    languages: Sequence[str] | None,
    queues: Sequence[int] | None,
    reviewer: bool | None,
) -> None:
    """Change what a worker may do; None leaves a part as it is."""
    await db.execute(SQL.set_worker, worker_id, languages, queues, reviewer)


async def disable_worker(db: asyncpg.Connection, worker_id: int) -> bool:
    """Disable a worker; return whether they were enabled until now."""
    return await db.fetchval(SQL.disable_worker, worker_id) is not None


async def enable_worker(db: asyncpg.Connection, worker_id: int) -> bool:
    """Enable a worker again; return whether they were disabled until now."""
    return await db.fetchval(SQL.enable_worker, worker_id) is not None


async def insert_credential(
    db: asyncpg.Connection,
    secret_hash: bytes,
    kind: str,
    subject: Subject,
    seconds: float | None,
    through: bytes | None = None,
    address: str = "",
    begun_by: str = "",
    factors: int = 1,
) -> None:
    """Remember a token, link or session that lasts ``seconds`` (None: until the worker is disabled).

    ``through``: hash of the client key, token or passkey that began a session, which ends with it; ``address``: from
    where; ``begun_by``, ``factors``: as `BrowserSession` has them.
    """
    whom = values(subject, "role", "subject_id", "cell", "person_id")
    begun = (through, address, begun_by, factors)
    await db.execute(SQL.insert_credential, secret_hash, kind, *whom, seconds, *begun)


async def credential(db: asyncpg.Connection, secret_hash: bytes, kinds: Sequence[str]) -> Subject | None:
    """Return whom a token or a session signs in; None for an unknown or expired one."""
    return read_one(Subject, await db.fetchrow(SQL.credential, secret_hash, kinds))


async def use_link(db: asyncpg.Connection, secret_hash: bytes) -> Subject | None:
    """Spend a one-time link and return whom it signs in; None when it is unknown, spent or expired."""
    return read_one(Subject, await db.fetchrow(SQL.use_link, secret_hash))


async def has_operator(db: asyncpg.Connection) -> bool:
    """Tell whether a link for an operator was ever made."""
    return bool(await db.fetchval(SQL.has_operator))


async def online(tx: asyncpg.Connection, cell: int, worker_ids: Sequence[int], node_id: int) -> dict[int, bool]:
    """Return those of the workers who are online, each with whether they are known to ask through this node already."""
    return dict(await tx.fetch(SQL.online, cell, worker_ids, node_id))


async def attach(tx: asyncpg.Connection, now: datetime, cell: int, worker_ids: Sequence[int], node_id: int) -> set[int]:
    """Make online workers present, and asking, through this node; return those who practise."""
    rows = await tx.fetch(SQL.attach, cell, worker_ids, node_id, now) if worker_ids else []
    return {row["worker_id"] for row in rows} - {None}


async def hush(tx: asyncpg.Connection, cell: int, worker_ids: Sequence[int], node_id: int) -> set[int]:
    """Note that workers of this node no longer ask, and return who did until now; they stay present."""
    return {row["worker_id"] for row in await tx.fetch(SQL.hush, cell, worker_ids, node_id)}


async def leave(tx: asyncpg.Connection, now: datetime, cell: int, worker_ids: Sequence[int], *, offline: bool) -> None:
    """Take workers out of the match: away, or ``offline``, which ends their presence in their queues too."""
    if worker_ids:
        await tx.execute(SQL.leave, cell, worker_ids, offline, now)


async def session(db: asyncpg.Connection, cell: int, worker_id: int) -> Session | None:
    """Return a worker's presence in a cell; None when they never were online there."""
    return read_one(Session, await db.fetchrow(SQL.session, cell, worker_id))


async def all_sessions(db: asyncpg.Connection, cell: int) -> list[Session]:
    """Return the presence of every worker who ever was online in the cell."""
    return read(Session, await db.fetch(SQL.all_sessions, cell))


async def rooms(tx: asyncpg.Connection, cell: int, queue_id: int, limit: int) -> list[tuple[Any, ...]]:
    """Return (worker_id, idle_since, held, silent, took_ms) of present workers with room, idle ones first, locked.

    Of the idle ones, and of the others, those who ask come first.
    """
    return [tuple(row) for row in await tx.fetch(SQL.rooms, cell, queue_id, limit)]


async def idle_among(
    db: asyncpg.Connection, cell: int, queue_id: int, worker_ids: Iterable[int]
) -> list[tuple[Any, ...]]:
    """Return (worker_id, idle_since, held, silent) of those of the workers who are idle in the queue, not locked."""
    return [tuple(row) for row in await db.fetch(SQL.idle_among, cell, queue_id, list(worker_ids))]


async def idle_in(db: asyncpg.Connection, cell: int, queue_id: int) -> list[int]:
    """Return everybody who is present and idle in the queue, not locked."""
    return [row["worker_id"] for row in await db.fetch(SQL.idle_in, cell, queue_id)]


async def seen_lately(
    db: asyncpg.Connection, cell: int, queue_id: int, since: datetime, limit: int
) -> list[tuple[int, datetime | None]]:
    """Return (worker, left_at) of at most ``limit`` who are present in the queue (None) or left it after ``since``."""
    return [tuple(row) for row in await db.fetch(SQL.seen_lately, cell, queue_id, since, limit)]


async def lock_idle(
    tx: asyncpg.Connection, cell: int, queue_id: int, worker_ids: Iterable[int]
) -> list[tuple[Any, ...]]:
    """Lock those of the workers who are still idle in the queue and whom nobody else has locked, and return them."""
    return [tuple(row) for row in await tx.fetch(SQL.lock_idle, cell, queue_id, list(worker_ids))]


async def lock_sessions(tx: asyncpg.Connection, cell: int, worker_ids: Iterable[int]) -> None:
    """Lock presences; whoever changes a desk does this first."""
    await tx.execute(SQL.lock_sessions, cell, sorted(set(worker_ids)))


async def lock_free(tx: asyncpg.Connection, cell: int, worker_ids: Iterable[int]) -> set[int]:
    """Lock those of the sessions that nobody else has locked, and return them."""
    return {row["worker_id"] for row in await tx.fetch(SQL.lock_free, cell, list(worker_ids))}


async def change_desks(tx: asyncpg.Connection, now: datetime, cell: int, desks: Mapping[int, SessionChange]) -> None:
    """Add to what workers hold, have answered and have earned; their presences are locked."""
    if desks:
        *columns, took_ms = zip(*[(w, *msgspec.structs.astuple(d)) for w, d in desks.items()], strict=True)
        await tx.execute(SQL.change_desks, cell, *columns, now, took_ms)


async def drop_queues(tx: asyncpg.Connection, cell: int, lost: Sequence[tuple[int, int]]) -> None:
    """Take queues from workers' presences, by (queue, worker); these are locked."""
    await tx.execute(SQL.drop_queues, cell, *zip(*lost, strict=True))


async def count_lapses(tx: asyncpg.Connection, cell: int, worker_ids: Sequence[int]) -> dict[int, int]:
    """Note one more lease that ran out before each of these workers; return how many did in a row."""
    return dict(await tx.fetch(SQL.count_lapses, cell, worker_ids)) if worker_ids else {}


async def beat(db: asyncpg.Connection, cell: int, node_id: int) -> None:
    """Note that this node lives."""
    await db.execute(SQL.beat, cell, node_id)


async def through_node(tx: asyncpg.Connection, cell: int, worker_ids: Sequence[int], node_id: int) -> set[int]:
    """Return those of the workers who are present through this node."""
    return {row["worker_id"] for row in await tx.fetch(SQL.through_node, cell, worker_ids, node_id)}


async def live_nodes(db: asyncpg.Connection, cell: int, silent_seconds: float) -> list[int]:
    """Return the nodes that were heard of within ``silent_seconds``."""
    return [row["node_id"] for row in await db.fetch(SQL.live_nodes, cell, silent_seconds)]


async def forget_nodes(db: asyncpg.Connection, cell: int, silent_seconds: float) -> None:
    """Forget the nodes that have been silent for ``silent_seconds``."""
    await db.execute(SQL.forget_nodes, cell, silent_seconds)


async def lock_orphans(tx: asyncpg.Connection, cell: int, live: Sequence[int], limit: int) -> list[int]:
    """Return workers whose node is gone, locked."""
    return [row["worker_id"] for row in await tx.fetch(SQL.lock_orphans, cell, live, limit)]


async def presence(db: asyncpg.Connection, cell: int, queue_id: int) -> tuple[int, int]:
    """Return how many workers are present for a queue and how many of them are idle."""
    row = await one_row(db, SQL.presence, cell, queue_id)
    return row["total"], row["idle"]
