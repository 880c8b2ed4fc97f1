"""Whose pay a verdict on a complaint takes and whose it lets go: of one answer, of several (docs/decisions/0064)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg

from manyeyes.consensus.likeness import are_alike
from manyeyes.consensus.rules import Shape
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import TransferKind, posting
from manyeyes.panels import store as panels
from manyeyes.panels.rules import PanelAnswer
from manyeyes.reports.store import Report
from manyeyes.tasks import history
from manyeyes.tasks import store as tasks
from manyeyes.tasks.options import picture_options
from manyeyes.tasks.shapes import shape_of


async def settle_pay(
    tx: asyncpg.Connection, now: datetime, cell: int, reports: Sequence[Report], refuted: set[int]
) -> Counter[int]:
    """Cancel the pay of answers that reviewers refused, free all other pay of these reports; return the micros by task.

    ``refuted``: the tasks whose results were refused by votes. Of several people those lose their pay whose answers say
    what the result said; they count as wrong from now on. Whoever said something else keeps theirs. All pay is locked
    in the order of its number. What has vested already stays.
    """
    # 1. Load: what several people gave to those of the tasks that have no one author.
    several = sorted(report.task_id for report in reports if not report.worker_id)
    answers = await panels.answers_of(tx, cell, several) if several else {}
    wrong = await _said_the_same(tx, cell, {t: answers[t] for t in several if t in refuted})
    # 2. Decide: whose pay is lost; by the number of the task, or of an answer.
    about = {report.task_id: report.task_id for report in reports if report.worker_id}
    about |= {answer.answer_id: task_id for task_id in several for answer in answers[task_id]}
    lost = {n for n, task_id in about.items() if n == task_id and n in refuted} | wrong
    # 3. Save.
    await panels.refute_answers(tx, now, cell, sorted(wrong))
    cancelled = await ledger.cancel_pay(tx, cell, sorted(lost))
    await ledger.free_pay(tx, now, cell, sorted(set(about) - lost))
    cancels = [posting(TransferKind.CANCEL_PAY, p.task_id, p.worker_id, p.amount_micros) for p in cancelled]
    await ledger.insert_transfers(tx, now, cell, cancels)
    sums: Counter[int] = Counter()
    for pay in cancelled:
        sums[about[pay.task_id]] += pay.amount_micros
    return sums


async def _said_the_same(tx: asyncpg.Connection, cell: int, answers: Mapping[int, Sequence[PanelAnswer]]) -> set[int]:
    """Return the numbers of the answers that say what the result of their task says."""
    if not answers:
        return set()
    asked = await history.questions(tx, cell, sorted(answers))
    told = await tasks.answered_leases(tx, cell, sorted(answers))
    shapes = {t: shape_of(picture_options(asked[t].kind, asked[t].options)) for t in answers}
    return {
        answer.answer_id
        for task_id, given in answers.items()
        for answer in given
        if answer.text is not None and _is_alike(shapes[task_id], told[task_id].text, answer.text)
    }


def _is_alike(shape: Shape, value: str, text: str) -> bool:
    """Tell whether an answer says what the result does; parts that were decided alone may make no answer at all."""
    try:
        return are_alike(shape, value, text)
    except ValueError:
        return False
