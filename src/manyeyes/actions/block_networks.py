"""Shut networks out: no call from them is taken."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.db.pool import DIRECTORY


class BlockNetwork(msgspec.Struct, frozen=True):
    """``network`` as `canonical_network` writes it."""

    network: str
    cell: int = DIRECTORY


async def block_networks(tx: asyncpg.Connection, now: datetime, commands: Sequence[BlockNetwork]) -> list[None]:
    """Block the networks; one that is blocked already stays so."""
    for network in sorted({c.network for c in commands}):
        await accounts.block_network(tx, network)
    return [None for _ in commands]
