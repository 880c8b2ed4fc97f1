"""Register developers' applications, whose owners get a share of what is spent through them."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.soft_apps import store as soft_apps
from manyeyes.soft_apps.store import SoftApp
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


class RegisterSoftApp(msgspec.Struct, frozen=True):
    soft_app: SoftApp
    cell: int = DIRECTORY
    retried: bool = False
    actor: Actor = BY_ITSELF


async def register_soft_apps(tx: asyncpg.Connection, now: datetime, commands: Sequence[RegisterSoftApp]) -> list[bool]:
    """Return for each whether it has its number now; False when another one has it.

    One that is known just as it comes again was registered before, by a command whose reply was lost.
    """
    known = await soft_apps.soft_apps(tx)
    outcomes, entries = [], []
    for command in commands:
        new = command.soft_app
        is_registered = command.retried and known.get(new.soft_id) == new
        if not is_registered and await soft_apps.insert_soft_app(tx, new):
            known[new.soft_id], is_registered = new, True
            entries.append(change_of(command.actor, Deed.SOFT_APP_ADD, f"soft_app:{new.soft_id}", None, new))
        outcomes.append(is_registered)
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes
