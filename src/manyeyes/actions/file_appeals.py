"""Workers ask the operator to look once more at an answer that reviewers refused: once per task."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.reports import appeals
from manyeyes.reports.appeals import AppealableVerdict, NewAppeal
from manyeyes.reports.rules import ReportKind, ReportState
from manyeyes.values.refusals import Reason, Refusal


class FileAppeal(msgspec.Struct, frozen=True):
    """``words``: what the worker has to say, already cut to `LONGEST_APPEAL`."""

    cell: int
    worker_id: int
    task_id: int
    words: str
    retried: bool = False


class Appealed(msgspec.Struct, frozen=True):
    """``pay_micros``: what an accepted appeal will pay."""

    task_id: int
    pay_micros: int


async def file_appeals(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[FileAppeal]
) -> list[Appealed | Refusal]:
    """Return each appeal, or why there can be none: no report on their answer, not refused by votes, appealed."""
    # 1. Load: the verdicts, and appeals against them.
    cell = commands[0].cell
    task_ids = sorted({c.task_id for c in commands})
    verdicts = await appeals.verdicts(tx, cell, task_ids)
    before = await appeals.appeals(tx, cell, task_ids)
    # 2. Decide: each appeal is filed, known already or refused.
    outcomes: list[Appealed | Refusal] = []
    filing: dict[int, NewAppeal] = {}
    for command in commands:
        refusal = _why_not(command, verdicts)
        own = before.get(command.task_id)
        if refusal is None and own and command.retried and own.words == command.words:
            outcomes.append(Appealed(own.task_id, own.pay_micros))
        elif refusal or own or command.task_id in filing:
            outcomes.append(refusal or _APPEALED)
        else:
            pay_micros = verdicts[command.task_id].cancelled_micros
            filing[command.task_id] = NewAppeal(command.task_id, command.worker_id, command.words, pay_micros)
            outcomes.append(Appealed(command.task_id, pay_micros))
    # 3. Save: the appeals; whoever lost a race to another process is refused after all.
    stored = await appeals.insert_appeals(tx, now, cell, list(filing.values()))
    lost = set(filing) - stored  # another process was first
    return [_APPEALED if isinstance(o, Appealed) and o.task_id in lost else o for o in outcomes]


def _why_not(command: FileAppeal, verdicts: Mapping[int, AppealableVerdict]) -> Refusal | None:
    """Return why there is nothing to appeal against; only the worker whose answer it was may."""
    found = verdicts.get(command.task_id)
    if found is None or found.worker_id != command.worker_id or found.kind is not ReportKind.IMAGE_INCORRECT:
        return Refusal(Reason.UNKNOWN_REPORT, "there is no complaint about an answer of yours to this task")
    if found.state is not ReportState.CONFIRMED or found.why:
        return Refusal(Reason.NOT_REFUSED, "reviewers have not refused this answer")
    return None


_APPEALED = Refusal(Reason.ALREADY_APPEALED, "you have appealed against this verdict before")
