"""The installation's own keys: sealed by a key that is not in the database, whatever is lost or happens meanwhile."""

import asyncio
import base64
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key
from msgspec.structs import astuple

from cli.conftest import Command, Done
from manyeyes.db.migrate import SQL
from manyeyes.runtime.installation_keys import Keys, SecretsUnreadable, installation_keys
from manyeyes.settings import Settings
from manyeyes.values.sealing import new_sealing_key
from manyeyes.values.signed_links import PictureLinks
from support.databases import MakeDatabase

Work = Callable[..., Any]
SERVE = ("serve", "--port", "0")


@pytest.fixture
async def dsn(create_database: MakeDatabase) -> str:
    """The DSN of a database of this test's own: other tests' lie open, and these are sealed."""
    return await create_database("sealed")


@pytest.fixture
def on_database(dsn: str) -> Work:
    """``on_database(function, ...)`` runs an async function with a connection before its other arguments."""

    def work(function: Work, *arguments: Any, **more: Any) -> Any:
        async def connected() -> Any:
            db = await asyncpg.connect(dsn)
            try:
                return await function(db, *arguments, **more)
            finally:
                await db.close()

        return asyncio.run(connected())

    return work


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "secrets.key"


@pytest.fixture
def started(on_database: Work, settings: Settings) -> Keys:
    """The keys of an installation that has been started once."""
    keys = on_database(installation_keys, settings, serving=True)
    assert isinstance(keys, Keys)
    return keys


async def everything(db: asyncpg.Connection) -> str:
    """Return all rows of all tables, as a dump has them."""
    tables = await db.fetch(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    )
    rows = [row[0] for t in tables for row in await db.fetch(f"SELECT t::text FROM {t['relname']} AS t")]
    return "\n".join(rows)


async def sealed_by(db: asyncpg.Connection) -> list[bytes | None]:
    return [row["sealed_by"] for row in await db.fetch(SQL.secrets)]


def parts(keys: Keys) -> list[bytes]:
    """Return what must not be found anywhere: each key, and the numbers of which each alone gives the private key."""
    numbers: Any = load_der_private_key(keys.signing, None)
    private = numbers.private_numbers()
    secret = [n.to_bytes((n.bit_length() + 7) // 8) for n in (private.p, private.q, private.d)]
    return [keys.pictures, keys.webhooks, keys.signing, *secret]


def test_the_first_start_makes_the_file_for_its_owner_alone(started: Keys, key_file: Path, on_database: Work):
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert len(base64.b64decode(key_file.read_text())) == 32
    assert None not in on_database(sealed_by)
    assert [path.name for path in key_file.parent.iterdir()] == [key_file.name]


def test_all_rows_together_hold_no_key(started: Keys, on_database: Work, key_file: Path, manyeyes: Command):
    manyeyes("account", "create", "Ann")
    dump = on_database(everything)
    for part in [*parts(started), base64.b64decode(key_file.read_text())]:
        for written in (part.hex(), base64.b64encode(part).decode(), part.decode("latin-1")):
            assert written not in dump


def test_what_lies_in_the_database_signs_nothing(started: Keys, on_database: Work):
    own = PictureLinks(started.pictures, 24)
    for row in on_database(lambda db: db.fetch(SQL.secrets)):
        for key in (row["value"][:64], row["value"][12:44], row["sealed_by"]):
            with pytest.raises((ValueError, TypeError)):
                load_der_private_key(key, None)
            forged = PictureLinks(key, 24)._customers.sign(1, 739_000, 1, 2**32 - 1)
            assert own.open(forged, 0.0) is None


def test_the_keys_of_yesterday_are_sealed_at_the_next_start_and_stay(on_database: Work, settings: Settings):
    before = on_database(installation_keys, settings, serving=False)  # a command alone seals nothing
    assert set(on_database(sealed_by)) == {None}
    assert not (settings.data / "secrets.key").exists()
    assert on_database(installation_keys, settings, serving=True) == before
    assert None not in on_database(sealed_by)
    assert on_database(installation_keys, settings, serving=False) == before


@pytest.mark.parametrize("are_there", [False, True])
def test_several_that_start_at_once_have_the_same_keys(
    dsn: str, on_database: Work, settings: Settings, are_there: bool
):
    if are_there:
        on_database(installation_keys, settings, serving=False)

    async def start() -> Keys:
        db = await asyncpg.connect(dsn)
        try:
            return await installation_keys(db, settings, serving=True)
        finally:
            await db.close()

    async def together() -> list[Keys]:
        return await asyncio.gather(*(start() for _ in range(5)))

    assert len(set(asyncio.run(together()))) == 1
    assert len(set(on_database(sealed_by))) == 1


def test_of_two_nodes_without_a_common_file_one_says_what_it_needs(dsn: str, tmp_path: Path, on_database: Work):
    nodes = [Settings(data=tmp_path / name) for name in ("one", "other")]

    async def start(settings: Settings) -> Keys | SecretsUnreadable:
        db = await asyncpg.connect(dsn)
        try:
            return await installation_keys(db, settings, serving=True)
        except SecretsUnreadable as error:
            return error
        finally:
            await db.close()

    async def together() -> list[Keys | SecretsUnreadable]:
        return await asyncio.gather(*map(start, nodes))

    found = asyncio.run(together())
    assert sorted(type(each).__name__ for each in found) == ["Keys", "SecretsUnreadable"]
    assert sum((node.data / "secrets.key").exists() for node in nodes) == 1  # the other one would hide what is missing


@pytest.mark.parametrize("statement", ["lock_secrets", "keep_secret"])
@pytest.mark.parametrize("are_there", [False, True])
def test_a_start_that_dies_on_the_way_leaves_it_readable(
    on_database: Work, settings: Settings, monkeypatch: pytest.MonkeyPatch, statement: str, are_there: bool
):
    before = on_database(installation_keys, settings, serving=False) if are_there else None
    with monkeypatch.context() as dying:
        dying.setitem(SQL.__dict__, statement, f"{getattr(SQL, statement)}; SELECT 1 / 0")
        if statement == "keep_secret":
            dying.setitem(SQL.__dict__, statement, "SELECT $1::text, $2::bytea, $3::bytea, 1 / 0")
        with pytest.raises(asyncpg.PostgresError, match="division by zero"):
            on_database(installation_keys, settings, serving=True)
    assert set(on_database(sealed_by)) <= {None}
    after = on_database(installation_keys, settings, serving=True)
    assert after == (before or after)
    assert None not in on_database(sealed_by)


def spoiled(key_file: Path, how: str) -> None:
    """Let the key's file be as an accident leaves it."""
    text = key_file.read_text()
    key_file.unlink()
    if how == "directory":
        key_file.mkdir()
    elif how == "unreadable":
        key_file.write_text(text)
        key_file.chmod(0)
    elif how != "missing":
        key_file.write_bytes(
            {"wrong": new_sealing_key().encode(), "truncated": text[:20].encode(), "empty": b"", "binary": b"\xff\0"}[
                how
            ]
        )


SAID = {
    "missing": "the file that opens them is not there: bring back",
    "wrong": "sealed with another key than the one in",
    "truncated": "holds no key: 32 bytes in base64 are wanted",
    "empty": "holds no key: 32 bytes in base64 are wanted",
    "binary": "holds no key: 32 bytes in base64 are wanted",
    "directory": "cannot be read: Is a directory",
    "unreadable": "cannot be read: Permission denied",
}


@pytest.mark.parametrize("how", SAID)
def test_a_server_without_its_key_says_so_and_ends(manyeyes: Command, started: Keys, key_file: Path, how: str):
    if how == "unreadable" and os.geteuid() == 0:
        pytest.skip("root may read everything")
    spoiled(key_file, how)
    complaint = manyeyes(*SERVE).complaint
    assert SAID[how] in complaint
    assert str(key_file) in complaint
    assert complaint.count("\n") == 1


def test_commands_that_sign_nothing_go_on_without_it(manyeyes: Command, started: Keys, key_file: Path):
    manyeyes("account", "create", "Ann")
    key_file.unlink()
    assert "Ann" in manyeyes("account", "list").out
    assert "is not there" in manyeyes("account", "webhook-secret", "Ann").complaint
    assert not key_file.exists()


def test_doctor_sees_it(manyeyes: Command, started: Keys, key_file: Path):
    def row() -> tuple[bool, str]:
        (found,) = (each for each in _checks(manyeyes("doctor", "--json")) if each["check"] == "secrets can be read")
        return found["well"], found["seen"]

    assert row() == (True, f"sealed, {key_file} fits")
    key_file.chmod(0o640)
    assert row() == (False, f"others may read {key_file} too: chmod 600")
    spoiled(key_file, "missing")
    is_well, seen = row()
    assert (is_well, "is not there" in seen) == (False, True)


def _checks(done: Done) -> list[dict[str, Any]]:
    return list(json.loads(done.out)["checks"])


def test_the_keys_can_be_given_up_when_the_file_is_lost(
    manyeyes: Command, started: Keys, key_file: Path, on_database: Work, settings: Settings
):
    assert "nothing is lost" in manyeyes("db", "reset-secrets").complaint
    key_file.unlink()
    manyeyes("account", "create", "Ann")
    assert "start all servers anew" in manyeyes("db", "reset-secrets").out
    after = on_database(installation_keys, settings, serving=True)
    assert not set(astuple(after)) & set(astuple(started))
    assert None not in on_database(sealed_by)
    assert "Ann" in manyeyes("account", "list").out
    assert manyeyes("db", "reset-secrets", "--readable", "--json").json == {"reset": True, "bucket_secrets": 0}
    assert not set(astuple(on_database(installation_keys, settings, serving=True))) & set(astuple(after))


def test_a_new_key_in_the_first_line_seals_anew_and_the_old_one_may_go(
    started: Keys, key_file: Path, on_database: Work, settings: Settings
):
    old, before = key_file.read_text(), on_database(sealed_by)
    key_file.write_text(f"{new_sealing_key()}\n{old}")
    assert on_database(installation_keys, settings, serving=False) == started  # a command alone seals nothing
    assert on_database(sealed_by) == before
    assert on_database(installation_keys, settings, serving=True) == started
    assert not set(on_database(sealed_by)) & set(before)
    key_file.write_text(key_file.read_text().splitlines()[0])
    assert on_database(installation_keys, settings, serving=True) == started


def test_the_key_may_stand_in_the_environment_or_in_a_file_elsewhere(
    started: Keys, key_file: Path, on_database: Work, tmp_path: Path
):
    moved = key_file.rename(tmp_path / "elsewhere")
    nowhere = tmp_path / "other"
    by_file = Settings(data=nowhere, secrets_key_file=str(moved))
    by_text = Settings(data=nowhere, secrets_key=moved.read_text())
    for settings in (by_file, by_text):
        assert on_database(installation_keys, settings, serving=True) == started
    assert not nowhere.exists()
    with pytest.raises(SecretsUnreadable, match="MANYEYES_SECRETS_KEY holds no key"):
        on_database(installation_keys, Settings(data=nowhere, secrets_key="short"), serving=True)


def test_a_value_that_was_changed_in_the_database_is_noticed(started: Keys, on_database: Work, settings: Settings):
    on_database(lambda db: db.execute("UPDATE secret SET value = (SELECT value FROM secret WHERE name = 'webhooks')"))
    with pytest.raises(SecretsUnreadable, match="'pictures' was changed"):
        on_database(installation_keys, settings, serving=True)
