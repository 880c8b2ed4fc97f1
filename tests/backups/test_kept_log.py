"""The log between whole copies: what came late, a gap, a part of what is there whole, and lines of history."""

import gzip
import json
import tarfile
from pathlib import Path

import pytest

from manyeyes.backups.rules import number_of
from manyeyes.db.embedded import Embedded
from support.embedded_owners import ask
from support.real_server import ask_json, run

SEGMENT_BYTES = 16 * 1024 * 1024


@pytest.fixture
def place(place: Path) -> Path:
    """Return a place of the test's own with one whole copy, and no log yet."""
    (place / "wal").mkdir()
    return place


def last_of_the_copy(place: Path) -> tuple[str, bytes]:
    """Return the last log file that came with the copy."""
    [copy] = place.glob("base/*.tar.gz")
    with tarfile.open(copy) as tar:
        found = max(name for name in tar.getnames() if len(name) == len("pg_wal/") + 24 and name.startswith("pg_wal/"))
        content = tar.extractfile(found)
        assert content
        return found.removeprefix("pg_wal/"), content.read()


def after(segment: str, count: int, line: str = "") -> str:
    number = number_of(segment) + count
    return f"{line or segment[:8]}{number // 256:08X}{number % 256:08X}"


def line_of(data: Path) -> str:
    """Return the line of history on which an installation goes on."""
    embedded = Embedded(data)
    try:
        return str(ask(embedded.start(), "SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)"))
    finally:
        embedded.stop()


def test_a_part_that_was_kept_does_not_stand_for_what_came_whole_with_the_copy(place: Path, tmp_path: Path):
    segment, content = last_of_the_copy(place)
    torn = content[: 8 * 1024].ljust(SEGMENT_BYTES, b"\0")
    (place / "wal" / f"{segment}.partial.gz").write_bytes(gzip.compress(torn))
    restored = ask_json(tmp_path / "new", "restore", "--from", str(place))
    assert restored["log_missing_after"] is None


def test_what_is_restored_is_closed_to_others(place: Path, tmp_path: Path):
    ask_json(tmp_path / "new", "restore", "--from", str(place))
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "new" / "postgres").rglob("*")} == {0}


def test_a_gap_is_told_and_the_proof_fails(place: Path, tmp_path: Path):
    segment, content = last_of_the_copy(place)
    (place / "wal" / f"{after(segment, 2)}.gz").write_bytes(gzip.compress(content))
    done = run(tmp_path / "new", "restore", "--from", str(place), "--json")
    assert json.loads(done.stdout)["log_missing_after"] == segment
    assert f"a gap after {segment}" in done.stderr
    assert run(tmp_path / "no", "backup", "verify", "--from", str(place)).returncode == 1


def test_a_restore_begins_a_line_that_nothing_in_the_place_lies_on(place: Path, tmp_path: Path):
    segment, content = last_of_the_copy(place)
    ask_json(tmp_path / "first", "restore", "--from", str(place))
    assert line_of(tmp_path / "first") == "00000002"
    (place / "wal" / f"{after(segment, 1, '00000002')}.gz").write_bytes(gzip.compress(content))
    ask_json(tmp_path / "second", "restore", "--from", str(place))
    assert line_of(tmp_path / "second") == "00000003"
