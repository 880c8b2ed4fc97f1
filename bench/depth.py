"""What it costs to hand out one task, and to take one in, when a thousand or a million others wait.

One database per depth on one server, and the rounds go through all of them in turn, so that a noisy moment of the
machine hits every depth alike. Between rounds, unmeasured, the handed-out tasks leave, as many new ones enter at the
queue's end, and the workers are idle again. The goal: cost per task at 1 M at most 1.2 times that at 1 k.
"""

import asyncio
import time
from collections.abc import Sequence

import asyncpg
import msgspec

from bench.bare import Actors, copies, settle, submission
from bench.product import temporary_folder
from bench.row import Row, percentile
from manyeyes.actions.hand_out import HandOut, hand_out
from manyeyes.actions.measure_depths import MeasureDepths, measure_depths
from manyeyes.actions.submit_tasks import submit_tasks
from manyeyes.db.embedded import Embedded
from manyeyes.db.pool import FIRST_CELL
from manyeyes.runtime.context import prepare_database
from manyeyes.values.refusals import Refusal
from manyeyes.workers import store as workers

DEPTHS, SMALL_DEPTHS = (1_000, 10_000, 100_000, 1_000_000), (1_000, 10_000)
ACTORS = Actors(account=1, worker=1, queue=101)
WORKERS = 64  # idle in each round
WARM_ROUNDS, ROUNDS = 20, 150
LAST = 10**12
DEEPEST = 10**8  # no queue is full
CHANGED = {"task_id": "n", "account_id": "1 + n % 1000", "turn": "n * 1000", "expires_at": "now() + interval '1 day'"}


def measure(small: bool = False) -> list[Row]:
    """Return the cost of a matched task at each depth, and how it grows."""
    with temporary_folder() as folder:
        server = Embedded(folder / "data")
        try:
            costs = asyncio.run(_run(server.start(), SMALL_DEPTHS if small else DEPTHS))
        finally:
            server.stop()
    rows: list[Row] = []
    for name, per_depth in costs.items():
        rows += [Row(f"{name}, {depth:,} waiting", cost, "us/task") for depth, cost in per_depth.items()]
        smallest, largest = min(per_depth), max(per_depth)
        growth = per_depth[largest] / per_depth[smallest]
        rows.append(Row(f"{name}, {largest:,} : {smallest:,} waiting", growth, "", "<= 1.2"))
    return rows


async def _run(dsn: str, depths: Sequence[int]) -> dict[str, dict[int, float]]:
    """Return microseconds per task, by action and depth: the median round, its transaction's begin and commit too."""
    databases = {depth: await fresh(dsn, f"depth_{depth}", depth) for depth in depths}
    fill = await _filling(next(iter(databases.values())))
    handing: dict[int, list[float]] = {depth: [] for depth in depths}
    taking: dict[int, list[float]] = {depth: [] for depth in depths}
    for number in range(WARM_ROUNDS + ROUNDS):
        for depth, db in databases.items():
            taken_in = await _take_in(db, LAST + 1 + number)
            handed_out = await hand_out_once(db)
            if number >= WARM_ROUNDS:
                handing[depth].append(handed_out)
                taking[depth].append(taken_in)
            await _replenish(db, fill, depth + number * WORKERS)
    for db in databases.values():
        await db.close()
    return {
        "hand_out": {depth: 1e6 * percentile(taken, 50) / WORKERS for depth, taken in handing.items()},
        "createTask": {depth: 1e6 * percentile(taken, 50) for depth, taken in taking.items()},
    }


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
        await workers.go_online(db, now, FIRST_CELL, sessions)
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
