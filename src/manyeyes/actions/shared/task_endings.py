"""The end of tasks, written once for every action that may end one: result, money, counters, queue."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.job_progress import TaskEnd, count_ends
from manyeyes.actions.shared.owner_shares import app_days
from manyeyes.actions.shared.recognition_reviews import end_reviews
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.store import Work
from manyeyes.jobs import store as jobs
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import PENDING_SECONDS, Transfer, TransferKind, posting
from manyeyes.ledger.store import Pay
from manyeyes.logs.spans import note_steps
from manyeyes.recognitions.reviews import Closing
from manyeyes.recognitions.rules import ReviewState
from manyeyes.soft_apps import store as soft_apps
from manyeyes.statistics import store as statistics
from manyeyes.statistics.store import QueueUsage, Usage
from manyeyes.tasks import store as tasks
from manyeyes.tasks.labels import LABEL_PICTURE
from manyeyes.tasks.options import NAMED_KINDS, answer_name, picture_options
from manyeyes.tasks.rules import Assurance, Ending
from manyeyes.tasks.store import TaskResult
from manyeyes.webhooks import store as webhooks
from manyeyes.webhooks.store import NewDelivery


class PanelResult(msgspec.Struct, frozen=True):
    """What a panel said together: how many answers were given and paid, and how sure their result is.

    ``held_micros``: what was held for the task; what its answers did not use goes back.
    """

    answers: int
    held_micros: int
    assurance: Assurance = Assurance.UNCERTAIN
    confidence: float | None = None
    is_proven: bool = False


class EndedWork(msgspec.Struct, frozen=True):
    """A task that ends now: its locked row of `work`, or what its panel makes of one.

    ``text`` is the answer when it was solved. ``panel``: of a task of several answers; then ``work`` has its whole
    price, nobody's number, and its people are paid already.
    """

    work: Work
    ending: Ending
    text: str = ""
    panel: PanelResult | None = None

    @property
    def charged_micros(self) -> int:
        """Return what its customer pays."""
        return self.work.price_micros if self.ending.charged else 0

    @property
    def held_micros(self) -> int:
        """Return what was held for it."""
        return self.panel.held_micros if self.panel else self.work.price_micros


async def end_tasks(
    tx: asyncpg.Connection, now: datetime, cell: int, ended: Sequence[EndedWork], *, job_ids: Sequence[int] = ()
) -> None:
    """Write how tasks end: charged ones settle (and pay who solved them), others are released to the customer.

    ``job_ids``: jobs of which something else is to change; they are locked with those of the tasks, in one order.
    """
    if job_ids and not ended:
        await jobs.lock_jobs(tx, cell, sorted(job_ids))
    if not ended:
        return
    note_steps("ended", cell, [e.work.subject_id for e in ended])
    # 1. The task leaves the queue; its result and all of its money are booked.
    await dispatch.delete_work(tx, cell, [e.work.task_id for e in ended if not e.panel])
    await tasks.insert_results(tx, now, cell, [_result(e) for e in ended])
    await ledger.insert_transfers(tx, now, cell, [t for e in ended for t in transfers(e)])
    pays = [Pay(e.work.task_id, e.work.worker_id, e.work.pay_micros) for e in ended if _is_paid(e)]
    await ledger.insert_pending(tx, cell, pays, now + timedelta(seconds=PENDING_SECONDS))
    await _give_back(tx, cell, ended)
    # 2. What was charged is counted.
    charged = [e.work for e in ended if e.ending.charged]
    await statistics.add_usage(tx, now, cell, usage(charged))
    await statistics.add_queue_minutes(tx, now, cell, _queue_usage(charged, now))
    # 3. Whoever waits for this end is told: the customer, the soft app's owner, the recogniser's statistics.
    told = [e.work for e in ended if e.work.callback_url and _is_told(e)]
    await webhooks.insert_deliveries(tx, now, cell, [_delivery(work) for work in told])
    await soft_apps.add_days(tx, cell, app_days([(e.work, e.ending) for e in ended], now.date()))
    await end_reviews(tx, now, cell, [_closing(e) for e in ended if e.work.kind == LABEL_PICTURE])
    # 4. Their jobs count them, the last of all that is locked.
    if job_ids:
        await jobs.lock_jobs(tx, cell, sorted({*job_ids, *(e.work.job_id for e in ended if e.work.job_id)}))
    ends = [TaskEnd(e.work.job_id, e.ending, e.held_micros, e.charged_micros) for e in ended]
    await count_ends(tx, now, cell, ends)


def transfers(ended: EndedWork) -> list[Transfer]:
    """Return the postings of one ending: settle, pay and share, or release."""
    work, charged = ended.work, ended.charged_micros
    booked = _settled(ended)
    if ended.held_micros > charged:
        booked.append(posting(TransferKind.RELEASE, work.task_id, work.account_id, ended.held_micros - charged))
    if not charged:
        return booked
    if _is_paid(ended):
        booked.append(posting(TransferKind.PAY, work.task_id, work.worker_id, work.pay_micros))
    if work.share_micros:
        booked.append(posting(TransferKind.SHARE, work.task_id, work.soft_id, work.share_micros))
    return booked


def _settled(ended: EndedWork) -> list[Transfer]:
    """Return what is charged, a numbered posting for each answer (docs/decisions/0055)."""
    work, charged = ended.work, ended.charged_micros
    if not charged:
        return []
    answers = max(1, ended.panel.answers) if ended.panel else 1
    price = charged // answers
    return [posting(TransferKind.SETTLE, work.task_id, work.account_id, price, n) for n in range(answers)]


def usage(charged: Sequence[Work]) -> list[Usage]:
    """Return one row per account, queue, app and address of the batch."""
    sums: defaultdict[tuple[int, int, int, str], list[int]] = defaultdict(lambda: [0, 0])
    for work in charged:
        entry = sums[work.account_id, work.queue_id, work.soft_id, work.ip]
        entry[0] += 1
        entry[1] += work.price_micros
    return [
        Usage(account_id=account_id, queue_id=queue_id, soft_id=soft_id, ip=ip, tasks=count, charged_micros=micros)
        for (account_id, queue_id, soft_id, ip), (count, micros) in sums.items()
    ]


def _queue_usage(charged: Sequence[Work], now: datetime) -> list[QueueUsage]:
    sums: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for work in charged:
        entry = sums[work.queue_id]
        entry[0] += 1
        entry[1] += int((now - (work.entered_at or work.created_at)).total_seconds() * 1000)
        entry[2] += work.price_micros
    return [QueueUsage(queue_id, *entry) for queue_id, entry in sums.items()]


async def _give_back(tx: asyncpg.Connection, cell: int, ended: Sequence[EndedWork]) -> None:
    changes: defaultdict[int, int] = defaultdict(int)
    for e in ended:
        if e.held_micros > e.charged_micros:
            changes[e.work.account_id] += e.held_micros - e.charged_micros
    if changes:
        await ledger.lock_balances(tx, cell, sorted(changes))
        await ledger.change_balances(tx, cell, changes)


def _is_paid(ended: EndedWork) -> bool:
    return ended.ending is Ending.SOLVED and ended.work.pay_micros > 0 and not ended.panel


def _is_told(ended: EndedWork) -> bool:
    """Tell whether the customer is told of this end: of every one, but of reviews only their verdicts.

    A review's message has a place for nothing else (docs/contracts/tupu.md#human-review-push).
    """
    return ended.ending is Ending.SOLVED or ended.work.kind != LABEL_PICTURE


def _delivery(work: Work) -> NewDelivery:
    return NewDelivery(task_id=work.task_id, account_id=work.account_id, url=work.callback_url, base_url=work.base_url)


def _closing(ended: EndedWork) -> Closing:
    if ended.ending is Ending.SOLVED:
        return Closing(ended.work.task_id, ReviewState.DECIDED, int(ended.text), ended.work.worker_id)
    return Closing(ended.work.task_id, ReviewState.UNDECIDED)


def _name(ended: EndedWork) -> str:
    """Return how people read an answer that is not read as it is kept: labels by their names; else empty."""
    if ended.ending is not Ending.SOLVED or ended.work.kind not in NAMED_KINDS:
        return ""
    return answer_name(picture_options(ended.work.kind, ended.work.options), ended.text)


def _result(ended: EndedWork) -> TaskResult:
    work, panel, solved = ended.work, ended.panel, ended.ending is Ending.SOLVED
    return TaskResult(
        task_id=work.task_id,
        account_id=work.account_id,
        queue_id=work.queue_id,
        soft_id=work.soft_id,
        ip=work.ip,
        created_at=work.created_at,
        ending=ended.ending,
        text=ended.text,
        media=work.media,
        worker_id=work.worker_id if solved else 0,
        lease=work.lease,
        solve_count=panel.answers if panel and solved else work.failures + solved,
        charged_micros=ended.charged_micros,
        pay_micros=work.pay_micros if solved else 0,
        share_micros=(work.share_micros or 0) if ended.ending.charged else 0,
        name=_name(ended),
        job_id=work.job_id,
        answers=panel.answers if panel else int(solved),
        assurance=panel.assurance if panel and solved else Assurance.ONE_WORD,
        confidence=panel.confidence if panel else None,
        is_proven=panel.is_proven if panel else False,
    )
