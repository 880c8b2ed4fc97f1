"""Shut networks out: no call from them is taken."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.db.pool import DIRECTORY
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of, firsts
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


class BlockNetwork(msgspec.Struct, frozen=True):
    """``network`` as `canonical_network` writes it."""

    network: str
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def block_networks(tx: asyncpg.Connection, now: datetime, commands: Sequence[BlockNetwork]) -> list[None]:
    """Block the networks; one that is blocked already stays so."""
    blocked = {network: await accounts.block_network(tx, network) for network in sorted({c.network for c in commands})}
    entries = [
        change_of(c.actor, Deed.NETWORK_BLOCK, f"network:{c.network}", {"blocked": False}, {"blocked": True})
        for c in firsts(commands, lambda c: c.network)
        if blocked[c.network]
    ]
    await trail.record(tx, now, commands[0].cell, entries)
    return [None for _ in commands]
