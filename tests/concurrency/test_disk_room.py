"""Without room nothing new is taken, whoever brings it; what PostgreSQL says counts as what is seen of the disk."""

import asyncio
import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import asyncpg
import msgspec
import pytest

from manyeyes.actions.answer_tasks import answer_tasks
from manyeyes.db.pool import is_lost
from manyeyes.runtime import batching
from manyeyes.runtime.context import Context
from manyeyes.runtime.disk_room import NO_ROOM, DiskRoom, disk_room_of
from manyeyes.settings import Settings
from manyeyes.values.refusals import Refusal
from support import factories
from support.action_stage import Stage
from support.embedded_owners import LONG_ENOUGH_SECONDS
from support.in_process_client import Client

BEYOND_ANY_DISK = 10**18
PICTURE = base64.b64encode(factories.picture_bytes()).decode()
TASK = {"type": "ImageToTextTask", "body": PICTURE}
# What PostgreSQL says when it finds no room for a row: its own words and its own SQLSTATE, at the table of our choice.
NO_SPACE = """CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"""


class Somewhere(msgspec.Struct, frozen=True):
    cell: int


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG_ENOUGH_SECONDS):
        while not happened():  # noqa: ASYNC110 -- time alone makes it happen
            await asyncio.sleep(0.05)


async def test_the_floor_is_that_of_the_disk_that_we_write_to(tmp_path: Path):
    settings = Settings(data=tmp_path)
    room = disk_room_of(settings, "postgresql://elsewhere/db")
    assert room.refusal() is None
    assert (room.floor_bytes, room.has_database) == (1_000_000_000, False)
    (disk,) = room.disks()
    assert (disk.place, 0 < disk.free_bytes < disk.total_bytes) == (tmp_path, True)
    room.floor_bytes = BEYOND_ANY_DISK
    assert (room.refusal(), room.short_of()) == (NO_ROOM, [disk])
    room.floor_bytes = 0
    assert room.refusal() is None, "it goes on by itself"


async def test_a_directory_that_is_not_there_says_nothing(tmp_path: Path):
    assert DiskRoom([tmp_path / "none"], BEYOND_ANY_DISK).refusal() is None


async def test_below_the_floor_every_contract_refuses_in_its_own_words_and_holds_nothing(client: Client):
    customer = await factories.customer(client.context)
    headers = {"authorization": f"Bearer {customer.key}"}
    client.context.disk_room.floor_bytes = BEYOND_ANY_DISK
    made = await client.post("/createTask", json={"clientKey": customer.key, "task": TASK})
    assert (made.status_code, made.json()["errorId"], made.json()["errorCode"]) == (200, 2, "ERROR_NO_SLOT_AVAILABLE")
    assert made.headers["retry-after"] == "5"
    body = {"picture": PICTURE, "question": {"kind": "text"}, "queue": 1}
    own = await client.post("/v1/tasks", json=body, headers=headers)
    assert (own.status_code, own.json()["refusal"], own.headers["retry-after"]) == (503, "no_room", "5")
    async with client.context.cells.directory.acquire() as db:
        assert await db.fetchval("SELECT count(*) FROM task") == 0
        assert await db.fetchval("SELECT count(*) FROM transfer WHERE kind = 2") == 0
        assert await db.fetchval("SELECT count(*) FROM app_refusal_day") == 0
    client.context.disk_room.floor_bytes = 0
    again = await client.post("/createTask", json={"clientKey": customer.key, "task": TASK})
    assert again.json()["errorId"] == 0


async def test_what_the_database_says_of_its_disk_refuses_at_once_until_it_is_tried_again(
    client: Client,
):
    customer = await factories.customer(client.context)
    asked = {"clientKey": customer.key, "task": TASK}
    async with client.context.cells.directory.acquire() as db:
        await db.execute(NO_SPACE)
        await db.execute("CREATE TRIGGER full_disk BEFORE INSERT ON task EXECUTE FUNCTION no_space()")
        try:
            for _ in range(2):  # the second one is not even tried
                made = (await client.post("/createTask", json=asked)).json()
                assert made["errorCode"] == "ERROR_NO_SLOT_AVAILABLE"
            assert client.context.disk_room.is_full
            assert await db.fetchval("SELECT count(*) FROM transfer WHERE kind = 2") == 0
        finally:
            await db.execute("DROP FUNCTION no_space CASCADE")
    await until(lambda: not client.context.disk_room.is_full)
    assert (await client.post("/createTask", json=asked)).json()["errorId"] == 0


async def test_an_answer_is_tried_again_until_there_is_room(context: Context, stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.submit(account_id)
    await stage.hand_out()
    lease = await stage.lease(worker_id)
    async with context.cells.directory.acquire() as db:
        await db.execute(NO_SPACE)
        await db.execute("CREATE TRIGGER full_disk BEFORE INSERT ON result EXECUTE FUNCTION no_space()")
        try:
            asked = asyncio.create_task(context.batcher.ask(answer_tasks, stage.answering(worker_id, lease)))
            await until(lambda: context.disk_room.is_full)
            assert not asked.done()
        finally:
            await db.execute("DROP FUNCTION no_space CASCADE")
    assert not isinstance(await asked, Refusal)
    assert len(await stage.rows("result")) == 1
    assert (await stage.books()).difference_micros == 0


async def test_a_command_that_may_have_been_done_is_not_refused(context: Context, monkeypatch: pytest.MonkeyPatch):
    """Its connection broke: it may be there, with its money held, and only a later try tells."""
    tries: list[int] = []

    async def store(tx: asyncpg.Connection, now: datetime, commands: Sequence[Somewhere]) -> list[str | Refusal]:
        tries.append(len(commands))
        if len(tries) == 1:
            raise ConnectionResetError("in the middle of its commit")
        if len(tries) == 2:
            await tx.execute("DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$")
        return ["done" for _ in commands]

    monkeypatch.setattr(batching, "TAKES_ROOM", frozenset([store]))
    assert await context.batcher.ask(store, Somewhere(1)) == "done"
    assert (len(tries), context.disk_room.is_full) == (3, True)
    assert await context.batcher.ask(store, Somewhere(1)) == NO_ROOM, "this one was never tried"


def test_a_full_disk_is_an_outage_to_every_edge():
    assert is_lost(asyncpg.DiskFullError("could not extend file"))
