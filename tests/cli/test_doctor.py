"""manyeyes doctor: is this installation well, and if not, what is wrong."""

import json
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from manyeyes.db.embedded import Embedded
from manyeyes.settings import from_environment


@pytest.fixture
def dsn(data: Path) -> Iterator[str]:
    """The DSN of a server as it is shipped: its settings are looked at, and those of the other tests' are not safe."""
    embedded = Embedded(data)
    try:
        yield embedded.start()
    finally:
        embedded.stop()


def test_a_sound_installation_is_well(manyeyes):
    done = manyeyes("doctor", "--json").json
    assert done["well"] is True
    assert all(set(check) == {"check", "well", "seen"} and check["well"] for check in done["checks"])
    assert any("books of cell 1" in check["check"] for check in done["checks"])
    shown = manyeyes("doctor")
    assert (shown.code, "WRONG" in shown.out) == (0, False)


def test_books_that_do_not_balance_are_wrong_and_end_with_1(manyeyes, ann, dsn, run_async):
    async def spoil() -> None:
        db = await asyncpg.connect(dsn)
        await db.execute("UPDATE balance SET available_micros = 5")
        await db.close()

    run_async(spoil())
    done = manyeyes("doctor", "--json")
    found = json.loads(done.out)
    assert (done.code, found["well"]) == (1, False)
    assert [check["check"] for check in found["checks"] if not check["well"]] == ["books of cell 1 balance"]
    assert "WRONG  books of cell 1 balance (difference 9999995)" in manyeyes("doctor").out


def test_settings_that_lose_data_are_wrong(manyeyes, dsn, monkeypatch):
    monkeypatch.setenv("MANYEYES_DATABASE_URL", f"{dsn}&options=-csynchronous_commit%3Doff")
    done = manyeyes("doctor")
    assert done.code == 1
    assert "WRONG  synchronous_commit = on (off: an acknowledged task could be lost)" in done.out


def test_limits_that_the_pooler_s_connections_do_not_have_are_wrong(manyeyes, dsn, monkeypatch):
    monkeypatch.setenv("MANYEYES_DIRECT_DATABASE_URL", dsn)
    monkeypatch.setenv("MANYEYES_DATABASE_URL", dsn)
    assert manyeyes("doctor").code == 0  # the role has them
    monkeypatch.setenv("MANYEYES_DATABASE_URL", f"{dsn}&options=-cstatement_timeout%3D1s")
    done = manyeyes("doctor")
    assert done.code == 1
    assert "WRONG  limits of statements (statement_timeout is 1s: " in done.out


def test_an_address_past_no_pooler_is_refused():
    with pytest.raises(ValueError, match="MANYEYES_DIRECT_DATABASE_URL: it needs MANYEYES_DATABASE_URL"):
        from_environment({"MANYEYES_DIRECT_DATABASE_URL": "postgresql://localhost/manyeyes"})
