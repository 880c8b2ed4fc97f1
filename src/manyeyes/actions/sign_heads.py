"""Sign where the audit trail of a cell has got to, once a day."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.trail import store as trail
from manyeyes.trail.heads import signed


class SignHeads(msgspec.Struct, frozen=True):
    """``private_key``: the installation's own for this, raw (Ed25519)."""

    cell: int
    private_key: bytes

    def __repr__(self) -> str:
        return f"SignHeads({self.cell})"  # a log may show it


async def sign_heads(tx: asyncpg.Connection, now: datetime, commands: Sequence[SignHeads]) -> list[bool]:
    """Return for each whether the chain has a head of today (UTC): it has none before its first entry."""
    cell = commands[0].cell
    end = await trail.hold_chain_end(tx, cell)
    if end is None:
        return [False for _ in commands]
    if not await trail.has_head(tx, cell, now.date()):
        await trail.insert_head(tx, signed(commands[0].private_key, cell, end, now))
    return [True for _ in commands]
