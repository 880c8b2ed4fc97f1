"""Let networks in again."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


class UnblockNetwork(msgspec.Struct, frozen=True):
    """``network`` as `canonical_network` writes it."""

    network: str
    cell: int = DIRECTORY
    retried: bool = False
    actor: Actor = BY_ITSELF


async def unblock_networks(tx: asyncpg.Connection, now: datetime, commands: Sequence[UnblockNetwork]) -> list[bool]:
    """Return for each whether its network was blocked; a command that is tried again counts as having unblocked it."""
    freed = {n for n in sorted({c.network for c in commands}) if await accounts.unblock_network(tx, n)}
    outcomes, entries = [], []
    for command in commands:
        if command.network in freed:
            subject = f"network:{command.network}"
            told = change_of(command.actor, Deed.NETWORK_UNBLOCK, subject, {"blocked": True}, {"blocked": False})
            entries.append(told)
        outcomes.append(command.network in freed or command.retried)
        freed.discard(command.network)
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes
