"""Find accounts that report far more tokens as incorrect than the others do: for three days that counts for nothing."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.reports import token_reports as tokens
from manyeyes.reports.abuse_guard import IGNORED, WINDOW, Outlier, Tally, outliers
from manyeyes.statistics import store as statistics


class WatchReporters(msgspec.Struct, frozen=True):
    cell: int


async def watch_reporters(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[WatchReporters]
) -> list[tuple[int, ...]]:
    """Return the accounts that are ignored from now on. Whoever is ignored already is judged anew when that is over.

    Two statements, however many accounts there are: no report has to count anything.
    """
    cell = commands[0].cell
    filed = await tokens.token_reports(tx, cell, now - WINDOW)
    incorrect: Counter[int] = Counter()
    for row in filed:
        incorrect[row.account_id] += row.incorrect
    queue_ids = sorted({row.queue_id for row in filed})
    counts = await statistics.tasks_since(tx, cell, sorted(incorrect), now - WINDOW, queue_ids) if filed else {}
    tallies = [Tally(account_id, tasks, incorrect[account_id]) for account_id, tasks in sorted(counts.items())]
    found = outliers(tallies, await tokens.ignored(tx, now, cell)) if tallies else []
    await tokens.ignore(tx, cell, {o.tally.account_id: _why(o) for o in found}, now + IGNORED)
    return [tuple(o.tally.account_id for o in found) for _ in commands]


def _why(outlier: Outlier) -> str:
    tally = outlier.tally
    return (
        f"{tally.incorrect} of {tally.tasks} tasks of 24 hours reported as incorrect ({tally.share:.1%}); "
        f"the others: {outlier.mean:.1%}, at most {outlier.limit:.1%} passes"
    )
