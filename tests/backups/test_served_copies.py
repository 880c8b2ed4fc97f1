"""Copies that a serving installation makes, and an installation made anew from them."""

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from manyeyes.db.embedded import Embedded
from support import factories
from support.embedded_owners import ask, wait_until
from support.real_server import ServeProcess, ask_json

pytestmark = pytest.mark.faults
COUNT = "SELECT count(*) FROM task"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a place for copies, which is not there yet."""
    return tmp_path / "copies"


@pytest.fixture
def serve(data: Path, place: Path) -> Callable[[], ServeProcess]:
    """Return what starts a server that keeps copies."""
    return lambda: ServeProcess(data, MANYEYES_BACKUP_TO=str(place))


def create_task(server: ServeProcess, key: str) -> datetime:
    """Let a task be taken; return a whole second after it, when that has come."""
    reply = httpx.post(f"{server.url}/createTask", json={"clientKey": key, "task": factories.image_task()}).json()
    assert reply["errorId"] == 0, reply
    after = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    time.sleep((after - datetime.now(UTC)).total_seconds())
    return after


def copies(place: Path) -> list[Path]:
    return sorted(place.glob("base/*.json"))


def shipped_at(place: Path) -> datetime:
    """Return when the log was put there last."""
    return datetime.fromtimestamp(max(file.stat().st_mtime for file in place.glob("wal/*")), UTC)


def restored(place: Path, data: Path, *more: str) -> Any:
    return ask_json(data, "restore", "--from", str(place), *more)


def asked(data: Path, question: str) -> Any:
    """Return a value from the database of an installation that nobody serves."""
    embedded = Embedded(data)
    try:
        return ask(embedded.start(), question)
    finally:
        embedded.stop()


def keeper_of(server: ServeProcess) -> int:
    wait_until(lambda: bool(_keepers(server)))
    return _keepers(server)[0]


def _keepers(server: ServeProcess) -> list[int]:
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    return [int(pid) for pid in children if b"manyeyes.backups.keeper" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_every_second_can_be_had_back(serve: Callable[[], ServeProcess], data: Path, place: Path, tmp_path: Path):
    key = ask_json(data, "account", "create", "Meters", "--balance", "5")["client_key"]
    server = serve()
    wait_until(lambda: bool(copies(place)))
    between = create_task(server, key)
    time.sleep(1)
    create_task(server, key)
    server.stop()
    early = restored(place, tmp_path / "early", "--to", between.isoformat())
    assert (early["restored_to"] <= between.isoformat(), early["has_key_file"]) == (True, False)
    assert asked(tmp_path / "early", COUNT) == 1
    restored(place, tmp_path / "late")
    assert asked(tmp_path / "late", COUNT) == 2
    assert ask_json(tmp_path / "late", "db", "check")["difference"] == 0
    (tmp_path / "late" / "secrets.key").write_bytes((data / "secrets.key").read_bytes())
    again = ServeProcess(tmp_path / "late", MANYEYES_BACKUP_TO=str(place))  # it goes on, on a line of its own
    try:
        wait_until(lambda: len(copies(place)) == 2)
        create_task(again, key)
    finally:
        again.stop()
    proof = ask_json(tmp_path / "nowhere", "backup", "verify", "--from", str(place))
    assert (proof["difference"], proof["copy"]) == (0, copies(place)[1].stem)
    restored(place, tmp_path / "latest")
    assert asked(tmp_path / "latest", COUNT) == 3
    assert (data / "backed-up").exists()


def test_nothing_is_missing_after_a_kill_and_while_the_place_was_away(
    serve: Callable[[], ServeProcess], data: Path, place: Path, tmp_path: Path
):
    key = ask_json(data, "account", "create", "Meters", "--balance", "5")["client_key"]
    server = serve()
    wait_until(lambda: bool(copies(place)))
    os.kill(keeper_of(server), signal.SIGKILL)
    create_task(server, key)
    server.stop()  # what came since lies on the server
    server = serve()
    wait_until(lambda: bool(list((data / "wal-spool").glob("*"))))
    place.rename(tmp_path / "away")
    place.write_text("no directory")
    create_task(server, key)
    server.stop()
    place.unlink()
    (tmp_path / "away").rename(place)
    server = serve()
    created, keeper = create_task(server, key), keeper_of(server)
    wait_until(lambda: shipped_at(place) > created + timedelta(seconds=1))
    server.kill("supervisor")
    wait_until(lambda: not Path(f"/proc/{keeper}").exists())
    assert len(copies(place)) == 1, "nothing was missing, so no other copy was made before its time"
    restored(place, tmp_path / "new")
    assert asked(tmp_path / "new", COUNT) == 3
    assert ask_json(tmp_path / "new", "db", "check")["difference"] == 0
