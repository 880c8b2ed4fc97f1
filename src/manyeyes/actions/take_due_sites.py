"""Take the sites whose proof is to be looked for again, so that one process does it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.sites import store as sites
from manyeyes.sites.rules import CHECK_LEASE_SECONDS, Site

LARGEST_SWEEP = 20


class TakeDueSites(msgspec.Struct, frozen=True):
    cell: int


async def take_due_sites(tx: asyncpg.Connection, now: datetime, commands: Sequence[TakeDueSites]) -> list[list[Site]]:
    """Return sites whose check is due, all of them to the first command: one that is taken is nobody else's.

    Who takes one and dies leaves it to others after `CHECK_LEASE_SECONDS`.
    """
    until = now + timedelta(seconds=CHECK_LEASE_SECONDS)
    taken = await sites.take_due(tx, now, commands[0].cell, until, LARGEST_SWEEP)
    return [taken, *([] for _ in commands[1:])]
