"""Register developers' applications, whose owners get a share of what is spent through them."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.soft_apps import store as soft_apps
from manyeyes.soft_apps.store import SoftApp


class RegisterSoftApp(msgspec.Struct, frozen=True):
    soft_app: SoftApp
    cell: int = DIRECTORY
    retried: bool = False


async def register_soft_apps(tx: asyncpg.Connection, now: datetime, commands: Sequence[RegisterSoftApp]) -> list[bool]:
    """Return for each whether it has its number now; False when another one has it.

    One that is known just as it comes again was registered before, by a command whose reply was lost.
    """
    known = await soft_apps.soft_apps(tx)
    outcomes = []
    for command in commands:
        new = command.soft_app
        is_registered = command.retried and known.get(new.soft_id) == new
        if not is_registered and await soft_apps.insert_soft_app(tx, new):
            known[new.soft_id], is_registered = new, True
        outcomes.append(is_registered)
    return outcomes
