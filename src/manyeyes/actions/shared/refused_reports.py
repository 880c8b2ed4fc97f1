"""Why reports were refused, written once for every action that may refuse one: the wire has one code for all."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.reports import store
from manyeyes.reports.rules import UNKNOWN_TASKS_KEPT, ReportKind
from manyeyes.reports.store import NewRefusedReport
from manyeyes.values.refusals import Reason, Refusal


class ReportRefusal(msgspec.Struct, frozen=True):
    account_id: int
    task_id: int
    kind: ReportKind
    refusal: Refusal


async def keep_refused(tx: asyncpg.Connection, now: datetime, cell: int, refused: Sequence[ReportRefusal]) -> None:
    """Keep the reasons for their customers' own eyes; the same refusal again counts on its row.

    Tasks that an account never had are kept one by one up to a number.
    """
    unknown = sorted({r.account_id for r in refused if r.refusal.reason is Reason.UNKNOWN_TASK})
    known = await store.count_refused(tx, cell, unknown, Reason.UNKNOWN_TASK) if unknown else {}
    kept: defaultdict[int, set[int]] = defaultdict(set)  # those that come with this batch, by account
    counts: Counter[tuple[int, int, ReportKind, str]] = Counter()
    for r in refused:
        own, is_many = kept[r.account_id], False
        if r.refusal.reason is Reason.UNKNOWN_TASK and r.task_id not in own:
            is_many = known.get(r.account_id, 0) + len(own) >= UNKNOWN_TASKS_KEPT
            own |= set() if is_many else {r.task_id}
        counts[r.account_id, 0 if is_many else r.task_id, r.kind, str(r.refusal.reason)] += 1
    await store.note_refused(tx, now, cell, [NewRefusedReport(*key, n) for key, n in sorted(counts.items())])
