"""Give accounts more client keys."""

from collections.abc import Container, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import client_keys
from manyeyes.accounts import store as accounts
from manyeyes.accounts.colleagues import lock_places, locked_people
from manyeyes.accounts.roles import refused_manager
from manyeyes.accounts.store import UNMARKED, KeyMarks, KeyOwner
from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor, shown_hash
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Refusal


class IssueKey(msgspec.Struct, frozen=True):
    """``key_hash`` of a key that was made for this owner; ``marks`` say who of the account's people makes it."""

    key_hash: bytes
    owner: KeyOwner
    cell: int = DIRECTORY
    marks: KeyMarks = UNMARKED
    actor: Actor = BY_ITSELF


async def issue_keys(tx: asyncpg.Connection, now: datetime, commands: Sequence[IssueKey]) -> list[Refusal | None]:
    """Make the keys valid, or say why not; one that is known came before, with a command whose reply was lost."""
    entries: list[TrailEntry | None] = []
    places = await lock_places(tx, (c.owner.account_id for c in commands if c.marks.by is not None))
    outcomes = [await _issue(tx, command, places, entries) for command in commands]
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes


async def _issue(
    tx: asyncpg.Connection, c: IssueKey, places: Container[int], entries: list[TrailEntry | None]
) -> Refusal | None:
    if await accounts.key_owner(tx, c.key_hash) is not None:
        return None
    if c.marks.by is not None:
        refusal = await _refused(tx, places, c.owner.account_id, c.marks.by)
        if refusal is not None:
            return refusal
    await accounts.insert_key(tx, c.key_hash, c.owner, c.marks)
    entries.append(change_of(c.actor, Deed.KEY_ISSUE, f"key:{shown_hash(c.key_hash)}", None, c.owner))
    return None


async def _refused(tx: asyncpg.Connection, places: Container[int], account_id: int, by: int) -> Refusal | None:
    refusal = refused_manager(await locked_people(tx, places, account_id), by)
    return refusal or await client_keys.refused_number(tx, account_id)
