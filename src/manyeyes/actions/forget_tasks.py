"""Tasks are kept for as long as their account's keep says; then answer, picture and words go, and the figures stay.

What a complaint, an appeal, an audit or a call-back still needs is kept until that is over (docs/decisions/0050).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.certainty import judgements
from manyeyes.ledger.rules import PENDING_SECONDS
from manyeyes.panels import store as panels
from manyeyes.reports import store as reports
from manyeyes.skills import store as skills
from manyeyes.tasks import keeping
from manyeyes.webhooks import store as webhooks

ACCOUNTS_AT_ONCE, TASKS_AT_ONCE = 8, 250  # accounts in a batch, tasks of each
GRACE_SECONDS = 60  # beyond the time for a complaint, and for getTaskResult: what began in it is over by then
LOOK_AGAIN = timedelta(minutes=10)


class ForgetTasks(msgspec.Struct, frozen=True):
    """``readable_seconds``: for so long getTaskResult gives every answer, however short its account's keep."""

    cell: int
    readable_seconds: int = 300


async def forget_tasks(tx: asyncpg.Connection, now: datetime, commands: Sequence[ForgetTasks]) -> list[int]:
    """Return how many tasks were looked at, 0 when nothing is due; who asks goes on until then."""
    cell = commands[0].cell
    # 1. Load: what ended before its account's keep began, and what was kept beyond it.
    seconds = max(PENDING_SECONDS, *(command.readable_seconds for command in commands)) + GRACE_SECONDS
    over = await keeping.keeps_over(tx, now, cell, now - timedelta(seconds=seconds), ACCOUNTS_AT_ONCE)
    due = await keeping.take_kept_longer(tx, now, cell, TASKS_AT_ONCE)
    looked_through: dict[int, datetime] = {}
    for each in over:
        found = await keeping.ended_between(tx, cell, each, TASKS_AT_ONCE)
        due += [task.task_id for task in found]
        looked_through[each.account_id] = found[-1].ended_at + timedelta(microseconds=1)
    if not due:
        return [0 for _ in commands]
    # 2. Decide: what somebody still needs stays.
    needed = await reports.undecided(tx, cell, due) | await webhooks.untold(tx, cell, due)
    needed |= await judgements.undecided(tx, cell, due)
    # 3. Save: what all hold of the task, what each of several people gave with it.
    going = sorted(set(due) - needed)
    await keeping.forget(tx, cell, going)
    await panels.forget_answers(tx, cell, going)
    await judgements.forget(tx, cell, going)
    await skills.forget_gold(tx, cell, going)
    await keeping.keep_longer(tx, cell, sorted(needed), now + LOOK_AGAIN)
    await keeping.set_forgotten(tx, cell, looked_through)
    return [len(due) for _ in commands]
