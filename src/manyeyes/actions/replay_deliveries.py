"""Send results again: one that a customer names, or all of theirs that were given up."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.webhooks import store as webhooks

LARGEST_REPLAY = 1_000


class ReplayDeliveries(msgspec.Struct, frozen=True):
    """``task_id`` 0: those of the account that were given up, of tasks after ``after``, `LARGEST_REPLAY` at most."""

    cell: int
    account_id: int
    task_id: int = 0
    after: int = 0


async def replay_deliveries(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ReplayDeliveries]
) -> list[list[int]]:
    """Return the tasks, ascending, whose deliveries are due again, with all tries before them; never of others."""
    in_order = sorted(set(commands), key=lambda c: (c.task_id, c.account_id, c.after))
    replayed = {command: await _replay(tx, now, command) for command in in_order}
    return [replayed[command] for command in commands]


async def _replay(tx: asyncpg.Connection, now: datetime, command: ReplayDeliveries) -> list[int]:
    cell, account_id = command.cell, command.account_id
    wanted = [command.task_id] if command.task_id else []
    if not wanted:
        wanted = await webhooks.given_up_after(tx, cell, account_id, command.after, LARGEST_REPLAY)
    return sorted(await webhooks.replay(tx, now, cell, account_id, wanted)) if wanted else []
