"""Show workers what lies on their desks: until then it may go to others, and from then on its lease runs."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.worker_desks import load_desks, promote_queued
from manyeyes.dispatch.store import Work


class ShowDesk(msgspec.Struct, frozen=True):
    """Asked for by a call or a stream of the worker's that is about to deliver it."""

    cell: int
    worker_id: int


async def show_desks(tx: asyncpg.Connection, now: datetime, commands: Sequence[ShowDesk]) -> list[list[Work]]:
    """Return what lies on each desk, the current task first; that one is seen from now on (docs/decisions/0042).

    The worker is locked meanwhile: what the matcher gave to somebody else before is not there any more, and what is
    shown it gives to nobody else.
    """
    # 1. Load: the desks, locked.
    cell, worker_ids = commands[0].cell, {c.worker_id for c in commands}
    desks = await load_desks(tx, cell, worker_ids)
    # 2. Save: what nobody has seen yet is current, with its whole lease before it.
    await promote_queued(tx, now, cell, desks, worker_ids)
    return [_good(desks.of(c.worker_id), now) for c in commands]


def _good(held: list[Work], now: datetime) -> list[Work]:
    """Return what is held, or nothing when its first lease is over: then all of it is about to go back."""
    return held if held and held[0].lease_until and held[0].lease_until > now else []
