"""Workers ask the operator to look once more at an answer that reviewers refused: once per answer.

An appeal has its task's number; of one of several answers, the answer's own (docs/decisions/0064).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.panels import store as panels
from manyeyes.panels.rules import PanelAnswer
from manyeyes.reports.appeals import store as appeals
from manyeyes.reports.appeals.store import AppealableVerdict, NewAppeal
from manyeyes.reports.rules import ReportKind, ReportState
from manyeyes.values.refusals import Reason, Refusal


class FileAppeal(msgspec.Struct, frozen=True):
    """``task_id``: what was asked. ``words``: what the worker has to say, already cut to `LONGEST_APPEAL`."""

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
    own_answers = await _own_answers(tx, cell, [v.task_id for v in verdicts.values() if not v.worker_id])
    about = [_about(command, verdicts, own_answers) for command in commands]
    before = await appeals.appeals(tx, cell, sorted({v.task_id for v in about if v}))
    # 2. Decide: each appeal is filed, known already or refused.
    outcomes: list[Appealed | Refusal] = []
    filing: dict[int, NewAppeal] = {}
    for command, verdict in zip(commands, about, strict=True):
        refusal = _why_not(command, verdict)
        own = before.get(verdict.task_id) if verdict else None
        if refusal is None and own and command.retried and own.words == command.words:
            outcomes.append(Appealed(command.task_id, own.pay_micros))
        elif verdict is None or refusal or own or verdict.task_id in filing:
            outcomes.append(refusal or _APPEALED)
        else:
            pay_micros = verdict.cancelled_micros
            filing[verdict.task_id] = NewAppeal(verdict.task_id, command.worker_id, command.words, pay_micros)
            outcomes.append(Appealed(command.task_id, pay_micros))
    # 3. Save: the appeals; whoever lost a race to another process is refused after all.
    stored = await appeals.insert_appeals(tx, now, cell, list(filing.values()))
    lost = set(filing) - stored  # another process was first
    return [
        _APPEALED if isinstance(outcome, Appealed) and verdict and verdict.task_id in lost else outcome
        for outcome, verdict in zip(outcomes, about, strict=True)
    ]


async def _own_answers(
    tx: asyncpg.Connection, cell: int, task_ids: Sequence[int]
) -> dict[tuple[int, int], PanelAnswer]:
    """Return what several people gave to tasks, by task and worker."""
    if not task_ids:
        return {}
    answers = await panels.answers_of(tx, cell, task_ids)
    return {(a.task_id, a.worker_id): a for given in answers.values() for a in given}


def _about(
    command: FileAppeal,
    verdicts: Mapping[int, AppealableVerdict],
    own_answers: Mapping[tuple[int, int], PanelAnswer],
) -> AppealableVerdict | None:
    """Return the verdict as it is about this worker's answer; of one among several, under the answer's own number."""
    found, own = verdicts.get(command.task_id), own_answers.get((command.task_id, command.worker_id))
    if found is None or own is None:
        return found
    is_lost, state = own.refuted_at is not None, found.state
    return msgspec.structs.replace(
        found,
        task_id=own.answer_id,
        worker_id=own.worker_id,
        state=ReportState.REJECTED if state is ReportState.CONFIRMED and not is_lost else state,
        cancelled_micros=own.pay_micros if is_lost else 0,
    )


def _why_not(command: FileAppeal, found: AppealableVerdict | None) -> Refusal | None:
    """Return why there is nothing to appeal against; only the worker whose answer it was may."""
    if found is None or found.worker_id != command.worker_id or found.kind is not ReportKind.IMAGE_INCORRECT:
        return Refusal(Reason.UNKNOWN_REPORT, "there is no complaint about an answer of yours to this task")
    if found.state is not ReportState.CONFIRMED or found.why:
        return Refusal(Reason.NOT_REFUSED, "reviewers have not refused this answer")
    return None


_APPEALED = Refusal(Reason.ALREADY_APPEALED, "you have appealed against this verdict before")
