"""Send results again: one that a customer names, or all of theirs that were given up; an address is asked once."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.actions.shared.repeated_calls import RepeatedCalls, open_calls
from manyeyes.notices.rules import CONFIRM
from manyeyes.values.refusals import Refusal
from manyeyes.webhooks import store as webhooks

LARGEST_REPLAY = 1_000


class ReplayDeliveries(msgspec.Struct, frozen=True):
    """``task_id`` None: those of the account that were given up, of tasks after ``after``, `LARGEST_REPLAY` at most.

    ``key``: how the caller names the call for one task, which then sends once; None when they do not.
    """

    cell: int
    account_id: int
    task_id: int | None = None
    after: int = 0
    key: CallKey | None = None


async def replay_deliveries(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ReplayDeliveries]
) -> list[list[int] | Refusal]:
    """Return the tasks, ascending, whose deliveries are due again, with all tries before them; never of others.

    A call that came before is told its task, and nothing is due anew. Refusal: KEY_REUSED.
    """
    cell = commands[0].cell
    calls = await open_calls(tx, now, cell, [(c.account_id, c.key, c.task_id or 0) for c in commands])
    in_order = sorted(set(commands), key=lambda c: (c.task_id or 0, c.account_id, c.after))
    replayed = {command: await _once(tx, now, command, calls) for command in in_order}
    await calls.save(tx, cell)
    return [replayed[command] for command in commands]


async def _once(
    tx: asyncpg.Connection, now: datetime, command: ReplayDeliveries, calls: RepeatedCalls
) -> list[int] | Refusal:
    before = calls.before(command.account_id, command.key)
    if before is not None:
        return [before] if isinstance(before, int) else before
    replayed = await _replay(tx, now, command)
    if replayed:
        calls.keep(command.account_id, command.key, command.task_id or 0)
    return replayed


async def _replay(tx: asyncpg.Connection, now: datetime, command: ReplayDeliveries) -> list[int]:
    cell, account_id = command.cell, command.account_id
    if command.task_id is not None:
        wanted = [command.task_id]
    else:
        wanted = await webhooks.given_up_after(tx, cell, account_id, command.after, LARGEST_REPLAY, CONFIRM)
    return sorted(await webhooks.replay(tx, now, cell, account_id, wanted, CONFIRM)) if wanted else []
