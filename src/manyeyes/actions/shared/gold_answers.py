"""What an answer to gold leads to: its pay, what it says of who gave it, and nothing for any customer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg

from manyeyes.actions.shared.checked_answers import checked
from manyeyes.actions.shared.panel_ends import ClosedSeat, new_answer
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.store import Work
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import PENDING_SECONDS, TransferKind, posting
from manyeyes.ledger.store import Pay
from manyeyes.panels import store as panels
from manyeyes.skills import evidence, gold_items
from manyeyes.skills.evidence import NewEvidence
from manyeyes.skills.rules import EvidenceSource
from manyeyes.tasks.options import picture_options
from manyeyes.tasks.shapes import shape_of


async def keep_gold_answers(tx: asyncpg.Connection, now: datetime, cell: int, given: Sequence[ClosedSeat]) -> None:
    """Keep answers to gold, pay them under their own numbers as any other, and note what they say of people.

    Nobody is charged: the pay is the house's. Who gave them is not told. Gold that is none any more is paid all the
    same, and says nothing.
    """
    if not given:
        return
    await dispatch.delete_work(tx, cell, [each.work.task_id for each in given])
    await panels.insert_answers(tx, now, cell, [new_answer(each) for each in given])
    paid = [each.work for each in given if each.work.pay_micros]
    pays = [posting(TransferKind.PAY, work.task_id, work.worker_id, work.pay_micros) for work in paid]
    await ledger.insert_transfers(tx, now, cell, pays)
    pending = [Pay(work.task_id, work.worker_id, work.pay_micros) for work in paid]
    await ledger.insert_pending(tx, cell, pending, now + timedelta(seconds=PENDING_SECONDS))
    truths = await gold_items.gold_answers(tx, cell, sorted({each.work.of_task for each in given}))
    pieces = [_piece(each, truths) for each in given if each.work.of_task in truths]
    await panels.set_right(tx, cell, {work.task_id: piece.truth == piece.given for work, piece in pieces})
    await evidence.insert_evidence(tx, now, cell, [piece for _, piece in pieces])


def _piece(each: ClosedSeat, truths: Mapping[int, str]) -> tuple[Work, NewEvidence]:
    work = each.work
    shape = shape_of(picture_options(work.kind, work.options))
    said = truths[work.of_task], each.text
    return work, checked(shape, work.queue_id, work.worker_id, work.of_task, EvidenceSource.GOLD, said)
