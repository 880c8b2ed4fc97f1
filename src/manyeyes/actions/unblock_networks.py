"""Let networks in again."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.db.pool import DIRECTORY


class UnblockNetwork(msgspec.Struct, frozen=True):
    """``network`` as `canonical_network` writes it."""

    network: str
    cell: int = DIRECTORY
    retried: bool = False


async def unblock_networks(tx: asyncpg.Connection, now: datetime, commands: Sequence[UnblockNetwork]) -> list[bool]:
    """Return for each whether its network was blocked; a command that is tried again counts as having unblocked it."""
    freed = {n for n in sorted({c.network for c in commands}) if await accounts.unblock_network(tx, n)}
    outcomes = []
    for command in commands:
        outcomes.append(command.network in freed or command.retried)
        freed.discard(command.network)
    return outcomes
