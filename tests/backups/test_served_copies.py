"""Copies that a serving installation makes, and an installation made anew from them."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from manyeyes.backups import keeper, log_stream
from manyeyes.db.embedded import Embedded, as_superuser, running_dsn
from manyeyes.settings import Settings
from support import factories
from support.embedded_owners import LONG_ENOUGH_SECONDS, ask, wait_until
from support.real_server import COMMAND, ServeProcess, ask_json, environment

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


def superuser(data: Path) -> str:
    """Return the DSN of the superuser of an installation that is served."""
    dsn = running_dsn(data)
    assert dsn
    return as_superuser(dsn)


def segments(place: Path) -> set[str]:
    """Return the whole files of the log in a place."""
    return {path.name for path in place.glob("wal/*.gz") if ".partial" not in path.name}


def switch(data: Path, place: Path) -> None:
    """Let the log go on in another file, and wait until the last one is in the place."""
    had = segments(place)
    ask(superuser(data), "SELECT pg_switch_wal()::text")
    wait_until(lambda: segments(place) > had)


def test_a_second_is_found_in_what_came_to_the_place_much_later(
    serve: Callable[[], ServeProcess], data: Path, place: Path, tmp_path: Path
):
    key = ask_json(data, "account", "create", "Meters", "--balance", "5")["client_key"]
    server = serve()
    wait_until(lambda: bool(copies(place)))
    create_task(server, key)
    switch(data, place)
    between = create_task(server, key)
    switch(data, place)
    time.sleep(1)
    create_task(server, key)
    switch(data, place)
    server.stop()
    for file in place.glob("wal/*"):
        os.utime(file, (time.time(), time.time() + 3600))
    restored(place, tmp_path / "early", "--to", between.isoformat())
    assert asked(tmp_path / "early", COUNT) == 2


def test_a_gap_that_a_kill_left_is_mended_by_a_new_copy(
    serve: Callable[[], ServeProcess], data: Path, place: Path, tmp_path: Path
):
    """As it is when the keeper is killed between making a slot anew and its whole copy."""
    key = ask_json(data, "account", "create", "Meters", "--balance", "5")["client_key"]
    server = serve()
    wait_until(lambda: bool(copies(place)))
    os.kill(keeper_of(server), signal.SIGSTOP)  # it ships nothing of what follows
    create_task(server, key)
    ask(superuser(data), "SELECT pg_switch_wal()::text")
    create_task(server, key)
    ask(superuser(data), "SELECT pg_switch_wal()::text", "CHECKPOINT", "SELECT 1")
    os.kill(keeper_of(server), signal.SIGKILL)
    wait_until(lambda: ask(superuser(data), "SELECT bool_and(NOT active) FROM pg_replication_slots") is True)
    ask(superuser(data), "SELECT pg_drop_replication_slot(slot_name)::text FROM pg_replication_slots")
    for file in (data / "wal-spool").iterdir():
        file.unlink()
    ask(superuser(data), "SELECT pg_create_physical_replication_slot('manyeyes_log', true)::text")
    wait_until(lambda: len(copies(place)) == 2)
    server.stop()
    restored(place, tmp_path / "new")
    assert asked(tmp_path / "new", COUNT) == 2


def test_options_are_told_to_all_and_the_log_is_let_go_when_no_copies_are_wanted(data: Path, place: Path):
    server = ServeProcess(data, options=("--backup-to", str(place), "--backup-every", "12h"))
    wait_until(lambda: (data / "backed-up").exists())
    assert "manyeyes_backup_age_seconds" in httpx.get(f"{server.ops_url}/metrics").text
    server.stop()
    assert (data / "wal-spool").exists()
    server = ServeProcess(data)
    told = Path(f"/proc/{server.serving_pids()[0]}/environ").read_bytes().split(b"\0")
    assert b"MANYEYES_BACKUP_EVERY_SECONDS=" in told, "what is usual is nobody's option"
    wait_until(lambda: not (data / "wal-spool").exists())
    assert ask(superuser(data), "SELECT count(*) FROM pg_replication_slots") == 0
    server.stop()


@pytest.mark.parametrize("harm", ["it is away", "it keeps us waiting"])
async def test_no_place_lets_more_than_the_spool_may_hold_be_streamed(
    data: Path, place: Path, monkeypatch: pytest.MonkeyPatch, harm: str
):
    monkeypatch.setattr(log_stream, "MOST_SPOOLED", 2)
    monkeypatch.setattr(keeper, "SHIP_SECONDS", 0.2)
    monkeypatch.setattr(keeper, "FIRST_PAUSE_SECONDS", 1.0)
    mend = _away(place) if harm == "it is away" else _waiting(place)
    embedded, ended = Embedded(data), asyncio.Event()
    dsn = as_superuser(await asyncio.to_thread(embedded.start))
    kept = keeper.Keeper(Settings(data=data, backup_to=str(place)), ended)
    running = asyncio.create_task(kept.run())
    stream = kept._stream
    write = ("SELECT txid_current()", "SELECT pg_switch_wal()::text")
    try:
        while not stream.is_full() or stream.is_streaming():
            if stream.is_streaming():
                await asyncio.to_thread(ask, dsn, *write)
            await asyncio.sleep(1)
        spooled = stream.whole_files()
        for _ in range(3):
            await asyncio.to_thread(ask, dsn, *write)
        await asyncio.sleep(2)
        assert stream.whole_files() == spooled
        await asyncio.to_thread(mend)
        await asyncio.to_thread(wait_until, lambda: len(segments(place)) >= len(spooled) + 3)
    finally:
        ended.set()
        await running
        await asyncio.to_thread(embedded.stop)


def _away(place: Path) -> Callable[[], None]:
    place.write_text("no directory")
    return place.unlink


def _waiting(place: Path) -> Callable[[], None]:
    """Let whoever reads what copies there are wait, as a mounted place does whose server does not answer."""
    description = place / "base" / "none.json"
    description.parent.mkdir(parents=True)
    os.mkfifo(description)

    def mend() -> None:
        with description.open("w") as answer:
            description.unlink()
            answer.write("nothing")

    return mend


async def test_a_copy_that_is_being_made_does_not_hold_up_the_end_and_leaves_nothing(data: Path, place: Path):
    embedded, ended = Embedded(data), asyncio.Event()
    dsn = as_superuser(await asyncio.to_thread(embedded.start))
    checkpointer = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
    held_up = await asyncio.to_thread(ask, dsn, checkpointer)  # a copy begins with a checkpoint
    os.kill(held_up, signal.SIGSTOP)
    try:
        running = asyncio.create_task(keeper.Keeper(Settings(data=data, backup_to=str(place)), ended).run())
        begun = "SELECT count(*) FROM pg_stat_replication WHERE state = 'backup' OR application_name = 'pg_basebackup'"
        await asyncio.to_thread(wait_until, lambda: ask(dsn, begun) == 1)
        await asyncio.to_thread(wait_until, lambda: bool(list(place.glob("base/.*"))))
        ended.set()
        await asyncio.wait_for(running, LONG_ENOUGH_SECONDS)
        await asyncio.to_thread(wait_until, lambda: not list(place.glob("base/*")))
    finally:
        os.kill(held_up, signal.SIGCONT)
        await asyncio.to_thread(embedded.stop)


def test_copies_are_made_where_the_server_is_the_first_process(data: Path, place: Path):
    """As it is in a container."""
    alone = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
    if subprocess.run([*alone, "true"], check=False).returncode != 0:
        pytest.skip("no namespace can be made here")
    command = [*alone, *COMMAND, "serve", "--data", str(data), "--port", "0", "--backup-to", str(place)]
    server = subprocess.Popen(command, env=environment(MANYEYES_OPS="off"), stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: bool(copies(place)))
    finally:
        server.kill()
        server.wait()
