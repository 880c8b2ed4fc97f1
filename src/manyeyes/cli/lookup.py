"""Finds what people name on the command line, and makes what signs them in."""

from typing import Any

import asyncpg

from manyeyes.accounts import store as accounts
from manyeyes.accounts.rules import digest, new_token
from manyeyes.accounts.store import Place
from manyeyes.cli.command import CommandFailed, server_url
from manyeyes.house import House
from manyeyes.settings import Settings
from manyeyes.workers import store as workers
from manyeyes.workers.rules import LINK_SECONDS
from manyeyes.workers.store import Subject, Worker


async def find_account(house: House, name_or_id: str) -> Place:
    """Return the account. Raises `CommandFailed` when there is none or the name fits several."""
    async with house.cells.directory.acquire() as db:
        return _only(await accounts.places(db, name_or_id), "account", name_or_id)


async def find_worker(house: House, name_or_id: str, *, disabled: bool = False) -> Worker:
    """Return the worker, of those who may work or of the disabled ones.

    Raises `CommandFailed` when there is none or the name fits several.
    """
    async with house.cells.directory.acquire() as db:
        found = [each for each in await workers.workers_named(db, name_or_id) if each.disabled == disabled]
    return _only(found, "disabled worker" if disabled else "worker", name_or_id)


async def login_url(house: House, subject: Subject) -> str:
    """Return a fresh one-time address that signs the subject in within an hour."""
    async with house.cells.directory.acquire() as db:
        return await make_login_url(db, house.settings, subject)


async def make_login_url(db: asyncpg.Connection, settings: Settings, subject: Subject) -> str:
    """Do what `login_url` does inside of a transaction of the caller's."""
    token = new_token()
    await workers.insert_credential(db, digest(token), "link", subject, LINK_SECONDS)
    return f"{server_url(settings)}/login/{token}"


def check_name(name: str) -> None:
    """Raise `CommandFailed` for a name that nobody could read or type."""
    if not name.strip() or not name.isprintable():
        raise CommandFailed("the name must not be empty")


def _only(found: list[Any], what: str, name_or_id: str) -> Any:
    if not found:
        raise CommandFailed(f"there is no {what} {name_or_id}")
    key = f"{what.split()[-1]}_id"
    by_id = [item for item in found if str(getattr(item, key)) == name_or_id]
    if len(found) > 1 and not by_id:
        ids = ", ".join(str(getattr(item, key)) for item in found)
        raise CommandFailed(f"{name_or_id} is the name of several {what}s; use one of the ids {ids}")
    return by_id[0] if by_id else found[0]
