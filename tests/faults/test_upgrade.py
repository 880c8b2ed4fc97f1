"""What was on its way when a database was upgraded to jobs goes on: nothing is lost, and nothing is told wrongly."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from manyeyes.actions.answer_tasks import Answered
from manyeyes.db.failures import NewerSchema
from manyeyes.db.migrate import SQL, migrate, migrations
from manyeyes.db.picture_days import keep_days
from manyeyes.db.pool import open_pool
from manyeyes.runtime.context import today
from manyeyes.tasks import store as tasks
from manyeyes.tasks.store import TaskOutcome
from support.action_stage import PICTURE, PRICE, Stage, set_stage
from support.cell_tables import TABLES
from support.databases import MakeDatabase, make_database
from support.real_server import run

JOBS = 12  # the number of their migration


@pytest.fixture
async def before(server: str) -> str:
    """Return the DSN of a database as the version before jobs left it."""
    dsn = await make_database(server, "before_jobs")
    db = await asyncpg.connect(dsn)
    for migration in migrations()[: JOBS - 1]:
        await db.execute(migration.text)
        await db.execute(SQL.record, migration.number, migration.name)
    await keep_days(db, today())
    await db.close()
    return dsn


async def copy_all(stage: Stage, dsn: str) -> None:
    """Copy what a cell holds into a database that knows fewer tables and columns, and bring that up to date."""
    db = await asyncpg.connect(dsn)
    try:
        for table in TABLES:
            found = await db.fetch(
                "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public'",
                table,
            )
            names = [row["column_name"] for row in found]
            if names:
                rows = [tuple(row) for row in await stage.pool.fetch(f"SELECT {', '.join(names)} FROM {table}")]
                await db.copy_records_to_table(table, records=rows, columns=names)
        assert await migrate(db) == [m.name for m in migrations()[JOBS - 1 :]]
    finally:
        await db.close()


async def test_what_was_on_its_way_goes_on(stage: Stage, before: str):
    account_id, worker_id = await stage.account(10 * PRICE), await stage.worker()
    answered = await stage.submit(account_id)
    await stage.hand_out()
    assert isinstance(await stage.answer(worker_id, await stage.lease(worker_id)), Answered)
    leased = await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    waiting = await stage.submit(account_id, callback_url="https://customer.example/")
    await copy_all(stage, before)

    pool = await open_pool(before)
    try:
        upgraded = await set_stage(pool)
        upgraded.now = stage.now
        assert lease.task_id == leased
        assert isinstance(await upgraded.answer(worker_id, lease, "kept lease"), Answered)
        await upgraded.hand_out()
        assert isinstance(await upgraded.answer(worker_id, await upgraded.lease(worker_id), "waited"), Answered)
        kept = {row["task_id"]: row["kept"] for row in await upgraded.rows("result", "task_id, kept")}
        assert kept == {answered: False, leased: True, waiting: True}, "what ended before is told to be gone on pages"
        (outcome,) = await upgraded.read(tasks.progress, upgraded.cell, [(account_id, answered)])
        assert isinstance(outcome, TaskOutcome)
        assert outcome.text == "12345", "and is read for its minutes as before"
        (told,) = await upgraded.rows("delivery")
        assert (told["task_id"], told["event"]) == (waiting, ""), "as the version before tells it"
        blob = await upgraded.read(tasks.blob, upgraded.cell, stage.now.date(), answered)
        assert blob == (PICTURE.media, PICTURE.data)
        assert (await upgraded.books()).findings == []
    finally:
        await pool.close()


async def test_a_database_of_a_newer_version_is_left_alone(create_database: MakeDatabase, tmp_path: Path):
    dsn = await create_database("newer")
    db = await asyncpg.connect(dsn)
    try:
        await db.execute(SQL.record, 9000, "of_tomorrow")
        with pytest.raises(NewerSchema, match="schema 9000, of a newer version"):
            await migrate(db)
    finally:
        await db.close()
    for command in (("account", "list"), ("serve", "--port", "0")):
        said = await asyncio.to_thread(run, tmp_path, *command, MANYEYES_DATABASE_URL=dsn, MANYEYES_OPS="off")
        assert (said.returncode, said.stdout) == (1, "")
        assert "Run the newer version" in said.stderr
        assert "Traceback" not in said.stderr
