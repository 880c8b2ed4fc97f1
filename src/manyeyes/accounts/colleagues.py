"""Named queries of an account's people → frozen values."""

from collections.abc import Container, Iterable, Sequence

import asyncpg
import msgspec

from manyeyes.accounts.roles import FOUNDER, Colleague, founder
from manyeyes.accounts.store import SQL, KeyOwner
from manyeyes.db.rows import read, read_one, values

COLUMNS = ("account_id", "person_id", "name", "role", "made_by", "created_at", "removed_at")


class AccountPerson(KeyOwner, frozen=True, kw_only=True):
    """Who of an account's people is signed in at the pages; ``scopes``: what their role opens, or the key they came by.

    ``person_id``: `BY_KEY` for who came by a key, who has no name. ``name`` is empty for a first owner without one.
    """

    person_id: int
    name: str


class CalledPerson(msgspec.Struct, frozen=True, kw_only=True):
    """An account, or one of its people, by what they are called; ``of``: of its people the account's name."""

    asked: str
    account_id: int
    cell: int
    person_id: int
    name: str
    of: str


async def people_called(db: asyncpg.Connection, names: Sequence[str], limit: int) -> list[CalledPerson]:
    """Return the accounts, and people of accounts, that have one of these names or numbers; of each a few."""
    return read(CalledPerson, await db.fetch(SQL.people_called, names, limit))


async def lock_places(
    tx: asyncpg.Connection, account_ids: Iterable[int], key_hashes: Iterable[bytes] = ()
) -> frozenset[int]:
    """Return those of the accounts that there are; until the transaction ends nobody else changes their people or keys.

    With keys named, theirs are locked too, and the keys: all of a batch at once, in one order, before any is changed.
    """
    ids, hashes = sorted(set(account_ids)), sorted(set(key_hashes))
    if not ids and not hashes:
        return frozenset()
    rows = await tx.fetch(SQL.lock_places, ids, hashes)
    if hashes:
        await tx.execute(SQL.lock_keys, hashes)
    return frozenset(row["account_id"] for row in rows)


async def locked_people(tx: asyncpg.Connection, places: Container[int], account_id: int) -> list[Colleague]:
    """Return an account's people as they are by now; nobody where it is none of the ``places`` that are locked."""
    return await colleagues(tx, account_id) if account_id in places else []


async def colleagues(db: asyncpg.Connection, account_id: int) -> list[Colleague]:
    """Return the people who may sign in for an account, the first owner first."""
    found = read(Colleague, await db.fetch(SQL.colleagues, account_id))
    if all(each.person_id != FOUNDER for each in found):
        found.insert(0, founder(account_id))
    return [each for each in found if each.removed_at is None]


async def colleague(db: asyncpg.Connection, account_id: int, person_id: int) -> Colleague | None:
    """Return one of an account's people; None for who was removed or never was."""
    found = read_one(Colleague, await db.fetchrow(SQL.colleague, account_id, person_id))
    if found is None and person_id == FOUNDER:
        return founder(account_id)
    return found if found is None or found.removed_at is None else None


async def save_colleague(tx: asyncpg.Connection, person: Colleague) -> None:
    """Write down who somebody is by now."""
    await tx.execute(SQL.save_colleague, *values(person, *COLUMNS))
