"""What an answer to a picture of a training set leads to: its pay, how far the try is, the next picture."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg

from manyeyes.actions.shared.panel_ends import ClosedSeat, new_answer
from manyeyes.actions.shared.practice_desks import go_on
from manyeyes.actions.shared.worker_desks import Desks
from manyeyes.consensus.likeness import are_alike
from manyeyes.dispatch import store as dispatch
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import PENDING_SECONDS, TransferKind, posting
from manyeyes.ledger.store import Pay
from manyeyes.panels import store as panels
from manyeyes.panels.rules import SeatEnd
from manyeyes.skills.practice import store as practices
from manyeyes.tasks.options import picture_options
from manyeyes.tasks.shapes import shape_of


async def keep_practice(
    tx: asyncpg.Connection, now: datetime, cell: int, desks: Desks, given: Sequence[ClosedSeat]
) -> None:
    """Keep answers to practice, pay them where that was said, count them for the try, and lay the next picture.

    What was passed over counts as not right. A picture that is none any more, its task forgotten or its truth denied,
    is paid all the same and counts for nothing. Nobody is charged, and nothing becomes evidence: it was practice.
    """
    if not given:
        return
    await dispatch.delete_work(tx, cell, [each.work.task_id for each in given])
    answers = [each for each in given if each.how is SeatEnd.ANSWERED]
    await _keep(tx, now, cell, answers)
    people = list(dict.fromkeys(each.work.worker_id for each in given))
    known = await practices.lock_practices(tx, cell, people)
    asked = {each.work.of_task for each in given} | {n for each in known.values() for n in each.left_ids}
    right = await practices.right_answers(tx, cell, asked)
    rightness = {
        each.work.task_id: _is_right(each, right[each.work.of_task]) for each in given if each.work.of_task in right
    }
    await panels.set_right(tx, cell, {n: rightness[n] for each in answers if (n := each.work.task_id) in rightness})
    for each in given:
        key, task_id = (each.work.worker_id, each.work.queue_id), each.work.of_task
        if key in known and known[key].is_open and task_id in known[key].left_ids and task_id in right:
            known[key] = known[key].answered(task_id, is_right=rightness[each.work.task_id])
    await go_on(tx, now, cell, desks, people, known=known, right=right)


async def _keep(tx: asyncpg.Connection, now: datetime, cell: int, answers: Sequence[ClosedSeat]) -> None:
    """Keep what was given, with its pay as pending, as any other is."""
    if not answers:
        return
    await panels.insert_answers(tx, now, cell, [new_answer(each) for each in answers])
    paid = [each.work for each in answers if each.work.pay_micros]
    pays = [posting(TransferKind.PAY, work.task_id, work.worker_id, work.pay_micros) for work in paid]
    await ledger.insert_transfers(tx, now, cell, pays)
    pending = [Pay(work.task_id, work.worker_id, work.pay_micros) for work in paid]
    await ledger.insert_pending(tx, cell, pending, now + timedelta(seconds=PENDING_SECONDS))


def _is_right(each: ClosedSeat, truth: str) -> bool:
    if each.how is not SeatEnd.ANSWERED:
        return False
    return are_alike(shape_of(picture_options(each.work.kind, each.work.options)), truth, each.text)
