"""The embedded PostgreSQL after kill -9 of whomever, at any moment: nothing acknowledged is lost, nothing is left."""

import asyncio
import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path

import asyncpg
import pytest

from manyeyes.db.binaries import find_programs
from manyeyes.db.embedded import Embedded
from support.embedded_owners import OwnerProcess, ask, postmaster_pid, server_pids, wait_until
from support.real_server import copy_data

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def kept(first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a table `kept` that holds 7; it is there to be copied."""
    data = copy_data(first_start, tmp_path_factory.mktemp("kept") / "data")
    embedded = Embedded(data)
    ask(embedded.start(), "CREATE TABLE kept AS SELECT 7 AS n", "SELECT 1")
    embedded.stop()
    return data


@pytest.fixture
def data(kept: Path, tmp_path: Path) -> Path:
    """A data directory with a table `kept` that holds 7; nobody owns it."""
    return copy_data(kept, tmp_path / "data")


def assert_it_starts_with_its_data(data: Path) -> None:
    embedded = Embedded(data)
    try:
        assert ask(embedded.start(), "SELECT n FROM kept") == 7
    finally:
        embedded.stop()
    assert server_pids(data) == {}


def test_kill_of_the_owner_leaves_no_postgres_behind(data: Path) -> None:
    owner = OwnerProcess(data)
    assert server_pids(data)
    owner.kill()
    wait_until(lambda: not server_pids(data))
    assert_it_starts_with_its_data(data)


def test_kill_of_the_owner_and_a_start_at_once(data: Path) -> None:
    OwnerProcess(data).kill()
    assert_it_starts_with_its_data(data)


def test_kill_of_postgres_is_noticed_and_the_same_object_starts_it_again(data: Path) -> None:
    embedded = Embedded(data)
    embedded.start()
    os.kill(postmaster_pid(data), signal.SIGKILL)
    wait_until(lambda: not embedded.alive())
    assert ask(embedded.start(), "SELECT n FROM kept") == 7
    assert embedded.alive()
    embedded.stop()


def test_kill_of_both(data: Path) -> None:
    owner = OwnerProcess(data)
    os.kill(postmaster_pid(data), signal.SIGKILL)
    owner.kill()
    assert_it_starts_with_its_data(data)


def test_a_process_that_works_on_without_its_postmaster_is_ended(data: Path) -> None:
    owner = OwnerProcess(data)
    endless = "DO $$ BEGIN LOOP END LOOP; END $$"  # never looks whether its postmaster lives

    async def work() -> None:
        connection = await asyncpg.connect(owner.dsn)
        with pytest.raises((asyncpg.PostgresError, ConnectionError)):
            await connection.execute(endless)

    thread = threading.Thread(target=asyncio.run, args=(work(),))
    thread.start()
    wait_until(lambda: ask(owner.dsn, f"SELECT count(*) FROM pg_stat_activity WHERE query = '{endless}'") == 1)
    os.kill(postmaster_pid(data), signal.SIGKILL)
    owner.kill()
    assert_it_starts_with_its_data(data)
    thread.join()


def leave_pid_files(data: Path, first_line: str) -> None:
    """What a machine that lost its power leaves behind."""
    OwnerProcess(data).kill()
    wait_until(lambda: not server_pids(data))
    rest = f"{data}/postgres\n1700000000\n5432\n{data}/run\n\n  1234567         0\nready   \n"
    (data / "postgres" / "postmaster.pid").write_text(f"{first_line}\n{rest}" if first_line else "")
    (data / "run" / ".s.PGSQL.5432.lock").write_text(f"{first_line}\n{rest}" if first_line else "")
    (data / "run" / ".s.PGSQL.5432").touch()


def test_a_pid_file_whose_pid_somebody_else_has_now(data: Path) -> None:
    leave_pid_files(data, str(os.getppid()))
    assert_it_starts_with_its_data(data)


def test_a_pid_file_whose_pid_another_postgres_has_now(data: Path, tmp_path: Path) -> None:
    neighbour = OwnerProcess(tmp_path / "neighbour")
    leave_pid_files(data, str(postmaster_pid(tmp_path / "neighbour")))
    assert_it_starts_with_its_data(data)
    assert ask(neighbour.dsn, "SELECT 1") == 1
    neighbour.finish()


def test_a_pid_file_that_names_a_zombie(data: Path) -> None:
    zombie = subprocess.Popen([find_programs() / "postgres", "--version"], stdout=subprocess.DEVNULL)
    wait_until(lambda: ") Z " in Path(f"/proc/{zombie.pid}/stat").read_text())
    leave_pid_files(data, str(zombie.pid))
    assert_it_starts_with_its_data(data)
    zombie.wait()


def test_an_empty_pid_file(data: Path) -> None:
    leave_pid_files(data, "")
    assert_it_starts_with_its_data(data)


def test_kill_during_the_very_first_start(tmp_path: Path) -> None:
    owner = OwnerProcess(tmp_path / "data", wait=False)
    wait_until((tmp_path / "data" / "postgres.new" / "base").exists)
    owner.kill()
    embedded = Embedded(tmp_path / "data")
    assert ask(embedded.start(), "SELECT 1") == 1
    embedded.stop()
    assert not (tmp_path / "data" / "postgres.new").exists()


def test_no_acknowledged_row_is_lost_whoever_is_killed_whenever(data: Path) -> None:
    chance = random.Random(20)
    acknowledged: list[int] = []

    async def write(dsn: str) -> None:
        connection = await asyncpg.connect(dsn)
        while True:
            number = len(acknowledged) + 1000
            await connection.execute("INSERT INTO kept VALUES ($1) ON CONFLICT DO NOTHING", number)
            acknowledged.append(number)

    def write_until_it_breaks(dsn: str) -> None:
        with pytest.raises(
            (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError)
        ):
            asyncio.run(write(dsn))

    for _ in range(4):
        owner = OwnerProcess(data)
        writer = threading.Thread(target=write_until_it_breaks, args=(owner.dsn,))
        had = len(acknowledged)
        writer.start()
        wait_until(lambda had=had: len(acknowledged) > had)  # type: ignore[misc]
        time.sleep(chance.random() * 0.3)
        if chance.random() < 0.7:
            os.kill(postmaster_pid(data), signal.SIGKILL)
        owner.kill()
        writer.join()

    embedded = Embedded(data)
    dsn = embedded.start()
    found = ask(dsn, "SELECT count(DISTINCT n) FROM kept WHERE n >= 1000")
    embedded.stop()
    assert found >= len(acknowledged) > 0
