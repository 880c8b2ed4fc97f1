"""Named queries of the waiting and leased tasks → frozen values."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.consensus.terms import ONE_ANSWER, PeopleTerms
from manyeyes.db.queries import Queries
from manyeyes.db.rows import columns, read, read_one
from manyeyes.dispatch.rules import (
    Assignment,
    Purpose,
    WorkState,
)

SQL = Queries(__package__)


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `work`: a task on its way. ``options`` is JSON text; ``lease`` fences off earlier holders.

    ``share_micros``: what of the price its soft app's owner gets; None when the app is none that we know.
    ``site``: the proven domain of a token task; else empty. ``desk_since``: when it was laid on this desk, or shown.
    ``entered_at``: of a job's task; None: when it was created. ``of_task``: of a seat, gold or practice: the task
    that it is about, ``task_id`` being its own number; 0: the row is the task's own. ``aside_ms``: for how long they
    had looked at it when it was laid aside, or behind what they took back; else 0. ``marks``: its own, and since it was
    handed out its queue's.
    """

    task_id: int
    account_id: int
    queue_id: int
    price_micros: int
    pay_micros: int
    lease_seconds: int
    soft_id: int
    ip: str
    kind: str
    options: str
    media: str
    created_at: datetime
    state: WorkState
    worker_id: int
    lease: int
    lease_until: datetime | None
    tried: frozenset[int]
    failures: int
    bid_micros: int
    callback_url: str
    base_url: str
    share_micros: int | None
    site: str = ""
    desk_since: datetime | None = None
    question_id: int = 0
    job_id: int = 0
    entered_at: datetime | None = None
    of_task: int = 0
    purpose: Purpose = Purpose.TASK
    aside_ms: int = 0
    marks: int = 0

    @property
    def looked_marks(self) -> int:
        """Return the marks of which a look at it is counted; what its queue gets once it was seen is not."""
        return self.marks

    @property
    def seen_by(self) -> int:
        """Return before whom it lies."""
        return self.worker_id

    @property
    def seen_since(self) -> datetime | None:
        """Return since when it lies there: of what was shown, since then."""
        return self.desk_since

    @property
    def subject_id(self) -> int:
        """Return the number of the task that it is about: its picture's, its question's."""
        return self.of_task or self.task_id


class Entering(msgspec.Struct, frozen=True, kw_only=True):
    """A task that enters a queue, or a seat of one; ``created_at`` None: it is created now.

    ``terms``: how many people it takes; of several its seats enter instead of it (actions/shared/task_admission.py).
    """

    task_id: int
    account_id: int
    queue_id: int
    bid_micros: int
    turn: int
    price_micros: int
    pay_micros: int
    lease_seconds: int
    soft_id: int
    ip: str
    kind: str
    options: str
    media: str
    life_seconds: int
    callback_url: str
    base_url: str
    share_micros: int | None
    site: str = ""
    question_id: int = 0
    job_id: int = 0
    created_at: datetime | None = None
    of_task: int = 0
    purpose: Purpose = Purpose.TASK
    terms: PeopleTerms = ONE_ANSWER
    marks: int = 0

    @property
    def held_micros(self) -> int:
        """Return the most that the task may cost, which is held for it."""
        return self.terms.most_micros(self.price_micros)


class Returning(msgspec.Struct, frozen=True):
    """A task that goes back; ``tried_by`` never gets it again (0: nobody), ``failures`` is its new count."""

    task_id: int
    failures: int
    tried_by: int = 0


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """How many tasks of a queue wait or lie on desks unseen, and how many of these ``stuck`` for long (256: or more).

    ``first_turn``: of the first task that waits; None: none does. ``is_regarding``: some customer of the cell lists or
    filters some worker. ``queue_marks``: the queue's own, as they are now; ``is_marked``: some task of it is marked.
    """

    waiting: int
    queued: int
    stuck: int
    first_turn: int | None
    is_regarding: bool
    queue_marks: int = 0
    is_marked: bool = False


async def open_gates(db: asyncpg.Connection, cell: int, queue_ids: Sequence[int]) -> None:
    """Open the gates of queues in a cell; those that are open stay so."""
    await db.execute(SQL.open_gates, cell, queue_ids)


async def lock_gate(tx: asyncpg.Connection, cell: int, queue_id: int) -> int | None:
    """Lock the queue for one matcher and return its virtual time; None when the gate was never opened."""
    turn: int | None = await tx.fetchval(SQL.lock_gate, cell, queue_id)
    return turn


async def lock_gates(tx: asyncpg.Connection, cell: int, queue_ids: Sequence[int]) -> None:
    """Lock queues, each named once: no matcher runs in any of them until the transaction ends."""
    await tx.execute(SQL.lock_gates, cell, queue_ids)


async def backlog(tx: asyncpg.Connection, now: datetime, cell: int, queue_id: int, stuck_since: datetime) -> Backlog:
    """Return what there is behind a gate that is locked; what lies unseen ``stuck_since`` then is stuck."""
    found = read_one(Backlog, await tx.fetchrow(SQL.backlog, cell, queue_id, now, stuck_since))
    assert found is not None
    return found


async def advance_gate(tx: asyncpg.Connection, cell: int, queue_id: int, turn: int) -> None:
    """Move the queue's virtual time on to ``turn``, the newest that was handed out."""
    await tx.execute(SQL.advance_gate, cell, queue_id, turn)


async def turns(
    tx: asyncpg.Connection, cell: int, account_ids: Sequence[int], queue_ids: Sequence[int]
) -> dict[tuple[int, int], int]:
    """Return the next turn by (account, queue), and the queue's virtual time by (0, queue)."""
    return {(a, q): turn for a, q, turn in await tx.fetch(SQL.turns, cell, account_ids, queue_ids)}


async def set_account_turns(tx: asyncpg.Connection, cell: int, turns: Mapping[tuple[int, int], int]) -> None:
    """Store the next turns, by (account, queue)."""
    await tx.execute(SQL.set_account_turns, cell, *zip(*[(a, q, t) for (a, q), t in turns.items()], strict=True))


async def turn_back(tx: asyncpg.Connection, cell: int, steps: Mapping[tuple[int, int], int]) -> None:
    """Move next turns back by ``steps``, by (account, queue): tasks that nobody took delay no later ones."""
    if steps:
        await tx.execute(SQL.turn_back, cell, *zip(*[(a, q, s) for (a, q), s in sorted(steps.items())], strict=True))


async def insert_work(tx: asyncpg.Connection, now: datetime, cell: int, rows: Sequence[Entering]) -> None:
    """Put tasks into their queues, where they wait."""
    found = columns(
        rows,
        *("task_id", "account_id", "queue_id", "bid_micros", "turn", "price_micros", "pay_micros", "lease_seconds"),
        *("soft_id", "ip", "kind", "options", "media", "life_seconds", "callback_url", "base_url"),
        *("share_micros", "site", "question_id", "job_id", "created_at", "of_task", "purpose", "marks"),
    )
    await tx.execute(SQL.insert_work, cell, *found, now)


async def hand_over(
    tx: asyncpg.Connection, now: datetime, cell: int, pairs: Sequence[Assignment], queue_marks: int = 0
) -> None:
    """Lay locked tasks, with their queue's marks, on desks, unseen, each under the next number of its lease."""
    await tx.execute(SQL.hand_over, cell, *columns(pairs, "task_id", "worker_id", "lease_until"), now, queue_marks)


async def lock_leased(tx: asyncpg.Connection, cell: int, worker_ids: Iterable[int]) -> list[Work]:
    """Return all that these workers have on their desks, locked."""
    return read(Work, await tx.fetch(SQL.lock_leased, cell, list(worker_ids)))


async def desks(db: asyncpg.Connection, cell: int, worker_ids: Iterable[int]) -> list[Work]:
    """Return what these workers hold on leases that are still good."""
    return read(Work, await db.fetch(SQL.desks, cell, list(worker_ids)))


async def lapsed(tx: asyncpg.Connection, now: datetime, cell: int, limit: int) -> list[int]:
    """Return the workers who hold leases that are over by ``now``."""
    return [row["worker_id"] for row in await tx.fetch(SQL.lapsed, cell, now, limit)]


async def lock_overdue(tx: asyncpg.Connection, now: datetime, cell: int, limit: int) -> list[Work]:
    """Return waiting tasks whose longest life is over by ``now``, the oldest first, locked; at most ``limit``."""
    return read(Work, await tx.fetch(SQL.lock_overdue, cell, now, limit))


async def promote(tx: asyncpg.Connection, now: datetime, cell: int, leases: Mapping[int, datetime]) -> None:
    """Make queued tasks current from ``now``, each until the given instant."""
    if leases:
        await tx.execute(SQL.promote, cell, list(leases), list(leases.values()), now)


async def put_back(tx: asyncpg.Connection, cell: int, rows: Sequence[Returning]) -> None:
    """Put tasks back where they stood in their queues, with who has tried them; what was for one person is gone."""
    if rows:
        back = await tx.fetch(SQL.put_back, cell, *columns(rows, "task_id", "failures", "tried_by"))
        await delete_work(tx, cell, [row["task_id"] for row in back if row["purpose"] >= Purpose.GOLD])


async def handed(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> dict[int, tuple[int, frozenset[int]]]:
    """Return (newest lease that is over, who passed it on) of those of the tasks that have not ended."""
    rows = await tx.fetch(SQL.handed, cell, task_ids)
    return {row["task_id"]: (row["over"], frozenset(row["tried"])) for row in rows}


async def delete_work(tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]) -> None:
    """Take ended tasks, whose rows are locked, out of their queues."""
    if task_ids:
        await tx.execute(SQL.delete_work, cell, task_ids)
