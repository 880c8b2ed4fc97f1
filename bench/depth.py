"""What it costs to hand out one task, and to take one in, when a thousand or a million others wait.

One database per depth on one server, and the rounds go through all of them in turn, so that a noisy moment of the
machine hits every depth alike. Between rounds, unmeasured, the handed-out tasks leave, as many new ones enter at the
queue's end, and the workers are idle again. The goal: cost per task at 1 M at most 1.2 times that at 1 k.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import NamedTuple

import asyncpg
import msgspec

from bench.bare import Actors, copies, settle, submission
from bench.cpu import ran
from bench.product import temporary_folder
from bench.row import Row, percentile
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.measure_depths import MeasureDepths, measure_depths
from manyeyes.actions.submit_tasks import submit_tasks
from manyeyes.db.embedded import Embedded
from manyeyes.db.pool import FIRST_CELL
from manyeyes.runtime.context import prepare_database
from manyeyes.values.refusals import Refusal
from manyeyes.workers.breaks import store as breaks

DEPTHS, SMALL_DEPTHS = (1_000, 10_000, 100_000, 1_000_000), (1_000, 10_000)
ACTORS = Actors(account=1, worker=1, queue=101)
WORKERS = 64  # idle in each round
WARM_ROUNDS, ROUNDS = 20, 150
LAST = 10**12
DEEPEST = 10**8  # no queue is full
CHANGED = {"task_id": "n", "account_id": "1 + n % 1000", "turn": "n * 1000", "expires_at": "now() + interval '1 day'"}


class Cost(NamedTuple):
    """Microseconds of a task: on the clock, begin and commit included, and of PostgreSQL's processor time."""

    micros: float
    postgres_micros: float


def measure(small: bool = False) -> list[Row]:
    """Return the cost of a matched task at each depth, and how it grows."""
    with temporary_folder() as folder:
        server = Embedded(folder / "data")
        try:
            costs = asyncio.run(_run(server.start(), SMALL_DEPTHS if small else DEPTHS))
        finally:
            server.stop()
    return [row for action, per_depth in costs.items() for row in _rows(action, per_depth)]


def _rows(action: str, costs: dict[int, Cost]) -> list[Row]:
    rows = [
        Row(f"{action}, {depth:,} waiting", cost.micros, "us/task", "", {"PostgreSQL CPU us": cost.postgres_micros})
        for depth, cost in costs.items()
    ]
    least, most = min(costs), max(costs)
    by_cpu = {"by PostgreSQL's processor time": costs[most].postgres_micros / costs[least].postgres_micros}
    growth = costs[most].micros / costs[least].micros
    return [*rows, Row(f"{action}, {most:,} : {least:,} waiting", growth, "", "<= 1.2", by_cpu)]


async def _run(dsn: str, depths: Sequence[int]) -> dict[str, dict[int, Cost]]:
    """Return the cost of a task, by action and depth."""
    databases = {depth: await fresh(dsn, f"depth_{depth}", depth) for depth in depths}
    backends = {depth: await db.fetchval("SELECT pg_backend_pid()") for depth, db in databases.items()}
    fill = await _filling(next(iter(databases.values())))
    seen: dict[str, dict[int, list[tuple[float, float]]]] = {
        action: {depth: [] for depth in depths} for action in ("hand_out", "createTask")
    }
    for number in range(WARM_ROUNDS + ROUNDS):
        for depth, db in databases.items():
            began = ran(backends[depth])
            taken_in = await _take_in(db, LAST + 1 + number)
            between = ran(backends[depth])
            handed_out = await hand_out_once(db)
            if number >= WARM_ROUNDS:
                seen["createTask"][depth].append((taken_in, between - began))
                seen["hand_out"][depth].append((handed_out, ran(backends[depth]) - between))
            await _replenish(db, fill, depth + number * WORKERS)
    for db in databases.values():
        await db.close()
    tasks = {"hand_out": WORKERS, "createTask": 1}
    return {action: {d: _cost(rounds, tasks[action]) for d, rounds in per.items()} for action, per in seen.items()}


def _cost(rounds: Sequence[tuple[float, float]], tasks: int) -> Cost:
    """Return the median round's seconds and PostgreSQL's, as microseconds of each of its tasks."""
    return Cost(*(1e6 * percentile(seconds, 50) / tasks for seconds in zip(*rounds, strict=True)))


async def _take_in(db: asyncpg.Connection, task: int) -> float:
    """Let one more task enter as the batcher does and return the seconds. Raises RuntimeError where it is refused."""
    command = await submission(db, ACTORS, task)
    command = msgspec.structs.replace(command, queue=msgspec.structs.replace(command.queue, capacity=DEEPEST))
    began = time.perf_counter()
    async with db.transaction():
        now = await db.fetchval("SELECT now()")
        (outcome,) = await submit_tasks(db, now, [command])
    taken = time.perf_counter() - began
    if isinstance(outcome, Refusal):
        raise RuntimeError(f"a task was refused: {outcome}")
    return taken


async def fresh(dsn: str, name: str, depth: int) -> asyncpg.Connection:
    """Return a connection to a new database in which ``depth`` tasks wait and `WORKERS` workers are idle."""
    admin = await asyncpg.connect(dsn)
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.close()
    db = await asyncpg.connect(dsn, database=name)
    await prepare_database(db)
    await settle(db, ACTORS)
    async with db.transaction():
        now = await db.fetchval("SELECT now()")
        sessions = [(worker, 1, [ACTORS.queue], ["en"]) for worker in range(1, WORKERS + 1)]
        await breaks.go_online(db, now, FIRST_CELL, sessions)
        await submit_tasks(db, now, [await submission(db, ACTORS, LAST)])
        await db.execute("UPDATE work SET turn = $1", LAST * 1000)
    await db.execute(await _filling(db), 1, depth)
    await db.execute("UPDATE queue SET capacity = $1", DEEPEST)
    await measure_depths(db, now, [MeasureDepths(FIRST_CELL)])
    await db.execute("ANALYZE")
    return db


async def _filling(db: asyncpg.Connection) -> str:
    """Return the statement that lets tasks $1 to $2 wait; the pattern of them all is last in the queue and stays."""
    return await copies(db, "work", f"task_id = {LAST}", CHANGED, "generate_series($1::bigint, $2::bigint)")


async def hand_out_once(db: asyncpg.Connection) -> float:
    """Run one `hand_out` as the batcher does and return its seconds.

    Raises RuntimeError unless everybody got a task.
    """
    began = time.perf_counter()
    async with db.transaction():
        now = await db.fetchval("SELECT now()")
        (handed,) = await hand_out(db, now, [HandOut(FIRST_CELL, ACTORS.queue)])
    taken = time.perf_counter() - began
    if len(handed.worker_ids) != WORKERS:
        raise RuntimeError(f"{len(handed.worker_ids)} of {WORKERS} idle workers got a task")
    return taken


async def _replenish(db: asyncpg.Connection, fill: str, last: int) -> None:
    async with db.transaction():
        await db.execute("DELETE FROM work WHERE cell = $1 AND state <> 0", FIRST_CELL)
        await db.execute(fill, last + 1, last + WORKERS)
        await db.execute("UPDATE session SET held = 0, idle_since = now() WHERE cell = $1", FIRST_CELL)
