"""The yardstick of disputes: PostgreSQL itself with the product's own SQL, one transaction per step.

A dispute is a complaint and the two votes that confirm it, refund included. One is recorded from the product's actions
on a fresh database and replayed by pgbench with 8 clients; each has a cell of its own, so none waits for another's row.
"""

import asyncio
import os
from typing import Any

import asyncpg

from bench.cpu import spent
from bench.disputed import fill, prepare
from bench.pgbench import pgbench
from bench.product import temporary_folder
from bench.replay import Recorder, step
from bench.row import Row
from manyeyes.actions.cast_votes import CastVote, cast_votes
from manyeyes.actions.file_complaints import FileComplaint, Filed, file_complaints
from manyeyes.actions.shared.ballots import Voted
from manyeyes.actions.shared.slot_leases import SlotId
from manyeyes.actions.take_slots import TakeSlot, take_slots
from manyeyes.db.embedded import Embedded
from manyeyes.reports.rules import ReportState, Vote
from manyeyes.runtime.context import prepare_database
from manyeyes.tasks import history
from manyeyes.tasks import store as tasks

CLIENTS = 8
CELL, ACCOUNT, AUTHOR, TASK = 950_000_000, 911_000_000, 921_000_000, 940_000_000_000  # no other value is like these
FIRST_REVIEWER, SECOND_REVIEWER = 931_000_000, 932_000_000
TASKS_OF_A_CLIENT = 100_000_000
POSTGRES_CPU = "PostgreSQL CPU us/dispute"
LARGEST_RATE = 3_000  # disputes per second that there are tasks for
SETTING_UP = f"""\\set n :n + 1
\\set cell {CELL} + :client_id
\\set account {ACCOUNT} + :client_id
\\set author {AUTHOR} + :client_id
\\set first {FIRST_REVIEWER} + :client_id
\\set second {SECOND_REVIEWER} + :client_id
\\set task {TASK} + {TASKS_OF_A_CLIENT} * :client_id + :n
"""
NAMES: dict[Any, str] = {
    CELL + CLIENTS: ":cell",
    ACCOUNT + CLIENTS: ":account",
    AUTHOR + CLIENTS: ":author",
    FIRST_REVIEWER + CLIENTS: ":first",
    SECOND_REVIEWER + CLIENTS: ":second",
}


def measure(seconds: float) -> Row:
    """Return the yardstick's disputes per second."""
    with temporary_folder() as folder:
        server = Embedded(folder / "data")
        try:
            dsn = server.start()
            script, constants = asyncio.run(_prepare(dsn, int(LARGEST_RATE * seconds) // CLIENTS))
            (folder / "dispute.sql").write_text(script)
            before = spent(os.getpid())
            rate = pgbench(dsn, folder / "dispute.sql", CLIENTS, seconds, {"n": "0"} | constants)
            used = spent(os.getpid()).since(before)
        finally:
            server.stop()
    details = {
        "round trips/dispute": script.count(";"),
        POSTGRES_CPU: 1e6 * used.postgres / (rate * seconds),
    }
    return Row(f"yardstick: pgbench, same SQL, {CLIENTS} clients", rate, "disputes/s", "", details)


async def _prepare(dsn: str, each: int) -> tuple[str, dict[str, str]]:
    """Give every client its finished tasks; record one dispute and return the script with its constants."""
    db = await asyncpg.connect(dsn)
    try:
        await prepare_database(db)
        await prepare(db)
        ended = await db.fetchval("SELECT now()")
        for client in range(CLIENTS + 1):
            first = TASK + TASKS_OF_A_CLIENT * client + 1
            await fill(db, CELL + client, ACCOUNT + client, AUTHOR + client, first, each, ended)
        await db.execute("ANALYZE")
        await _dispute(db, 1)  # the first one of an account is unlike the later ones
        return await _dispute(db, 2)
    finally:
        await db.close()


async def _dispute(db: asyncpg.Connection, number: int) -> tuple[str, dict[str, str]]:
    """Run one dispute: five transactions, and the reads of what a reviewer is shown."""
    cell, task = CELL + CLIENTS, TASK + TASKS_OF_A_CLIENT * CLIENTS + number
    now, queues = await db.fetchval("SELECT now()"), await tasks.queues(db)
    life = Recorder(db, NAMES | {task: ":task", now: "now()"})
    tx: Any = life
    complaint = FileComplaint(cell=cell, account_id=ACCOUNT + CLIENTS, task_id=task, queues=queues)
    (filed,) = await step(life, file_complaints(tx, now, [complaint]))
    assert isinstance(filed, Filed), filed
    for reviewer in (FIRST_REVIEWER + CLIENTS, SECOND_REVIEWER + CLIENTS):
        (slot,) = await step(life, take_slots(tx, now, [TakeSlot(cell, reviewer, (1,))]))
        await history.questions(tx, cell, [task])
        await history.answers(tx, cell, [task])
        vote = CastVote(
            cell=cell,
            reviewer_id=reviewer,
            slot=SlotId(cell, task, slot.n, slot.lease),
            vote=Vote.CONFIRM,
            reason="wrong",
        )
        (voted,) = await step(life, cast_votes(tx, now, [vote]))
        assert isinstance(voted, Voted), voted
    assert voted.state is ReportState.CONFIRMED
    return SETTING_UP + "\n".join(life.script), {name: text for text, name in life.constants.items()}
