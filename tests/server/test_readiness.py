"""/livez and /readyz of a real server: each check is seen failing by a real fault, and well again when it is mended."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from manyeyes.db.embedded import running_dsn
from manyeyes.server.ops import ops_application
from manyeyes.server.readiness import Readiness
from manyeyes.settings import Settings
from support.embedded_owners import LONG_ENOUGH_SECONDS, ask, wait_until
from support.in_process_client import Client
from support.real_server import ServeProcess, copy_data

CHECKS = {"database", "schema", "standby", "writes", "disk"}
OTHERS = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
OTHERS += " AND datname = current_database()"
MENDED = "ALTER DATABASE manyeyes RESET default_transaction_read_only"


@pytest.fixture(scope="module")
def house(first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServeProcess]:
    found = ServeProcess(copy_data(first_start, tmp_path_factory.mktemp("readiness") / "data"))
    try:
        yield found
    finally:
        assert found.stop() == 0


def readiness(server: ServeProcess) -> Any:
    """Return what /readyz says, whose status says the same."""
    reply = httpx.get(f"{server.ops_url}/readyz", timeout=LONG_ENOUGH_SECONDS)
    found = reply.json()
    is_well = all(check["ok"] for check in found["checks"].values())
    wanted = (200, "ready", None) if is_well else (503, "not ready", "5")
    assert (reply.status_code, found["status"], reply.headers.get("retry-after")) == wanted, found
    assert all(set(check) == {"ok", "why"} and check["why"] for check in found["checks"].values())
    return found["checks"]


def wait_until_ready(server: ServeProcess) -> None:
    wait_until(lambda: all(check["ok"] for check in readiness(server).values()))


def wait_for_fault(server: ServeProcess, check: str, why: str) -> None:
    """Wait until a check is not well, and says so; the loop turns all the while."""
    wait_until(lambda: not readiness(server)[check]["ok"] and why in readiness(server)[check]["why"])
    assert httpx.get(f"{server.ops_url}/livez").status_code == 200


def dsn_of(house: ServeProcess) -> str:
    return str(running_dsn(house.data))


def test_a_sound_server_is_alive_and_ready_on_the_ops_address_alone(house: ServeProcess):
    wait_until_ready(house)
    assert set(readiness(house)) == CHECKS
    assert str(house.data) in readiness(house)["disk"]["why"]
    alive = httpx.get(f"{house.ops_url}/livez")
    assert (alive.status_code, alive.json()) == (
        200,
        {"status": "alive", "checks": {"loop": {"ok": True, "why": "it turns"}}},
    )
    for path in ("/livez", "/readyz"):
        assert httpx.get(house.url + path).status_code == 404


def test_a_database_that_takes_no_writes_is_not_ready(house: ServeProcess):
    ask(dsn_of(house), "ALTER DATABASE manyeyes SET default_transaction_read_only = on", OTHERS)
    wait_for_fault(house, "database", "read-only")
    assert httpx.get(f"{house.ops_url}/healthz").status_code == 503, "what takes no writes is not used"
    wait_for_fault(house, "writes", "s ago")
    ask(dsn_of(house), "SET default_transaction_read_only = off", MENDED, OTHERS)
    wait_until_ready(house)


def test_a_newer_schema_and_one_that_lacks_something_are_not_ready(house: ServeProcess):
    ask(dsn_of(house), "INSERT INTO migration (number, name) VALUES (9999, 'of_tomorrow')", "SELECT 1")
    wait_for_fault(house, "schema", "version 9999 is newer than this program")
    ask(dsn_of(house), "DELETE FROM migration WHERE number = 9999", "SELECT 1")
    wait_until_ready(house)
    ask(dsn_of(house), "DELETE FROM migration WHERE number = 1", "SELECT 1")
    wait_for_fault(house, "schema", "version 1 is missing")
    ask(dsn_of(house), "INSERT INTO migration (number, name) VALUES (1, 'spine')", "SELECT 1")
    wait_until_ready(house)


def test_a_stopped_database_is_not_ready_and_the_process_is_alive(house: ServeProcess):
    (postmaster,) = [
        each for each in psutil.Process(house.process.pid).children() if each.name() in ("postgres", "postmaster")
    ]
    stopped = [*postmaster.children(), postmaster]
    for each in stopped:
        os.kill(each.pid, signal.SIGSTOP)
    try:
        wait_for_fault(house, "database", "it does not answer (TimeoutError)")
    finally:
        for each in stopped:
            os.kill(each.pid, signal.SIGCONT)
    wait_until_ready(house)


async def test_a_disk_below_the_floor_is_not_ready(client: Client, tmp_path: Path):
    client.context.disk_room.floor_bytes = 10**18
    found = {each.name: each for each in await Readiness(client.context).look()}
    assert not found["disk"].is_well
    assert str(tmp_path) in found["disk"].seen
    assert "its disk cannot be seen from here" in found["disk"].seen
    client.context.disk_room.floor_bytes = 0
    client.context.disk_room.note_full()
    found = {each.name: each for each in await Readiness(client.context).look()}
    assert found["disk"].seen == "the database says that its disk is full: nothing new is taken"


async def test_a_standby_that_is_demanded_and_not_there_is_not_ready(client: Client, tmp_path: Path):
    client.context.settings = Settings(data=tmp_path, standbys=1)
    found = {each.name: each for each in await Readiness(client.context).look()}
    assert (found["standby"].is_well, found["standby"].seen) == (False, "0 in step, 1 demanded")


async def test_a_check_that_is_excluded_is_told_and_does_not_count(client: Client):
    client.context.disk_room.floor_bytes = 10**18
    while len(client.context.written_at) < 1:  # noqa: ASYNC110 -- the first beat comes by itself
        await asyncio.sleep(0.01)
    ops = httpx.ASGITransport(ops_application(client.context))
    async with httpx.AsyncClient(transport=ops, base_url="http://ops") as probe:
        assert (await probe.get("/readyz")).status_code == 503
        reply = await probe.get("/readyz?exclude=writes&exclude=disk")
    assert (reply.status_code, reply.json()["status"], reply.json()["checks"]["disk"]["ok"]) == (200, "ready", False)


async def test_a_database_without_a_schema_is_not_ready(client: Client):
    async with client.context.cells.directory.acquire() as db:
        await db.execute("ALTER TABLE migration RENAME TO migration_away")
        try:
            found = {each.name: each for each in await Readiness(client.context).look()}
        finally:
            await db.execute("ALTER TABLE migration_away RENAME TO migration")
    assert (found["schema"].is_well, found["schema"].seen) == (False, "version 1 is missing: manyeyes db migrate")


async def test_however_often_it_is_asked_the_database_is_looked_at_once_a_second(client: Client):
    readiness = Readiness(client.context)
    first = await readiness.look()
    assert await readiness.look() is first
