"""What putting tasks into queues takes, written once for every action that does: price by depth, hold, turn, rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import Terms
from manyeyes.actions.shared.panel_seats import seated
from manyeyes.consensus.terms import ONE_ANSWER, PeopleTerms
from manyeyes.db.transaction import together
from manyeyes.dispatch import rules as dispatching
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.depths import store as queue_depths
from manyeyes.dispatch.store import Entering
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import Transfer, TransferKind, posting
from manyeyes.logs.spans import note_steps
from manyeyes.soft_apps.rules import share
from manyeyes.tasks import store as tasks
from manyeyes.tasks.options import AnyOptions
from manyeyes.tasks.pictures import Picture
from manyeyes.tasks.rules import (
    DEPTH_COUNTED_EXACTLY,
    IMAGE_TO_TEXT,
    TOKEN_KINDS,
    Contract,
    Depth,
    QueueTerms,
    price,
)
from manyeyes.tasks.store import Task
from manyeyes.values.refusals import Reason, Refusal


class NewTask(msgspec.Struct, frozen=True, kw_only=True):
    """What people are asked: a picture with its question, or a site whose widget's token is wanted (no picture).

    ``queue``: its terms as the edge knew them, a few seconds old at most; the task keeps them. ``share_percent``: what
    its soft app's owner gets of the charge; None when the app is none that we know. ``base_url``: how the customer
    reached us, of a task with a ``callback_url``. ``terms``: how many people it takes; None: as many as its queue says.
    ``marks``: its own, beside its queue's.
    """

    task_id: int
    account_id: int
    queue: QueueTerms
    options: AnyOptions
    picture: Picture | None
    life_seconds: int
    kind: str = IMAGE_TO_TEXT
    soft_id: int = 0
    share_percent: int | None = None
    ip: str = ""
    website_url: str = ""
    callback_url: str = ""
    base_url: str = ""
    language_pool: str = ""
    contract: Contract = Contract.COMPATIBLE
    question_id: int = 0
    external_id: str = ""
    terms: PeopleTerms | None = None
    marks: int = 0

    @property
    def asked_terms(self) -> PeopleTerms:
        """Return how many people it takes: as it says, else as its queue does; of a token always one."""
        if self.kind in TOKEN_KINDS:
            return ONE_ANSWER
        return self.terms or self.queue.default_terms or ONE_ANSWER


class Purses(msgspec.Struct):
    """What admitting a batch needs, loaded at once; all but ``terms`` and ``before`` moves while it is decided.

    ``balances``: what accounts may still spend, in micros, and ``before`` the batch; their rows are locked.
    ``next_turns``: by (account, queue), and the queue's virtual time by (0, queue).
    """

    terms: dict[int, Terms]
    balances: dict[int, int]
    before: dict[int, int]
    depths: dict[int, Depth]
    next_turns: dict[tuple[int, int], int]

    def holder(self, account_id: int) -> Terms | Refusal:
        """Return the account's terms, or why it may have nothing done: unknown, suspended."""
        terms = self.terms.get(account_id)
        if terms is None:
            return Refusal(Reason.UNKNOWN_ACCOUNT, "the account does not exist")
        if terms.suspended:
            return Refusal(Reason.ACCOUNT_SUSPENDED, "the account is suspended")
        return terms

    def spend(self, account_id: int, micros: int) -> None:
        """Take micros off what the account may still spend in this batch."""
        self.balances[account_id] -= micros

    def deepen(self, queue_id: int, seats: int = 1) -> None:
        """Count one task more that waits, or the seats of one."""
        depth = self.depths[queue_id]
        self.depths[queue_id] = Depth(depth.waiting + seats, depth.average_micros)


async def open_purses(
    tx: asyncpg.Connection, cell: int, account_ids: Iterable[int], queues: Iterable[QueueTerms]
) -> Purses:
    """Lock the balances, in the order of their ids, and load what the prices depend on."""
    ids, by_id = sorted(set(account_ids)), {queue.queue_id: queue for queue in queues}
    terms, balances, counted, turns = await together(
        tx,
        accounts.terms(tx, cell, ids),
        ledger.lock_balances(tx, cell, ids),
        queue_depths.shallow_depths(tx, cell, sorted(by_id)),
        dispatch.turns(tx, cell, ids, list(by_id)),
    )
    depths = {queue_id: await _depth(tx, cell, queue, counted[queue_id]) for queue_id, queue in sorted(by_id.items())}
    return Purses(terms, balances, dict(balances), depths, turns)


async def _depth(tx: asyncpg.Connection, cell: int, queue: QueueTerms, counted: int) -> Depth:
    """Count a short queue exactly; of a deep one take the last measurement, so that depth costs nothing."""
    if counted < min(queue.capacity, DEPTH_COUNTED_EXACTLY):
        return Depth(counted, queue.price_micros)
    measured, average = (await queue_depths.depths(tx, cell, [queue.queue_id])).get(queue.queue_id, (0, 0))
    return Depth(counted if counted < DEPTH_COUNTED_EXACTLY else max(counted, measured), average)


def prices(purses: Purses, terms: Terms, queues: Iterable[QueueTerms]) -> list[int] | Refusal:
    """Return what tasks that enter these queues one after the other cost, in micros, or a full queue's refusal."""
    found: list[int] = []
    ahead: defaultdict[int, int] = defaultdict(int)
    for queue in queues:
        depth = purses.depths[queue.queue_id]
        micros = price(queue, Depth(depth.waiting + ahead[queue.queue_id], depth.average_micros), terms.max_bid_micros)
        if isinstance(micros, Refusal):
            return micros
        ahead[queue.queue_id] += 1
        found.append(micros)
    return found


def enter(purses: Purses, terms: Terms, task: NewTask, price_micros: int, site: str = "") -> Entering:
    """Take the most it may cost and the place in the queue, and return the row; ``site``: the live one of a token task.

    A task of several answers takes as many turns as it asks people at once: accounts share a queue by what they pay.
    """
    queue, key, people = task.queue, (task.account_id, task.queue.queue_id), task.asked_terms
    purses.spend(task.account_id, people.most_micros(price_micros))
    purses.deepen(queue.queue_id, people.answers)
    virtual = purses.next_turns.get((0, queue.queue_id), 0)
    turns, purses.next_turns[key] = dispatching.turns(
        virtual, purses.next_turns.get(key, 0), terms.weight, people.answers
    )
    return Entering(
        task_id=task.task_id,
        account_id=task.account_id,
        queue_id=queue.queue_id,
        bid_micros=price_micros,
        turn=turns[0],
        price_micros=price_micros,
        pay_micros=queue.pay_micros,
        lease_seconds=queue.lease_seconds,
        soft_id=task.soft_id,
        ip=task.ip,
        kind=task.kind,
        options=msgspec.json.encode(task.options).decode(),
        media=task.picture.media if task.picture else "",
        life_seconds=task.life_seconds,
        callback_url=task.callback_url,
        base_url=task.base_url,
        share_micros=share(price_micros, task.share_percent),
        site=site,
        question_id=task.question_id,
        terms=people,
        marks=task.marks,
    )


async def save_entered(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    entered: Sequence[tuple[NewTask, Entering]],
    purses: Purses,
    charges: Sequence[Transfer] = (),
) -> None:
    """Store tasks, pictures and queue entries, hold their prices, and book ``charges`` of the same accounts beside."""
    rows = [row for _, row in entered]
    if rows:
        await tasks.insert_tasks(tx, now, cell, [_task(task, row) for task, row in entered])
        pictures = [(task.task_id, task.picture.media, task.picture.data) for task, _ in entered if task.picture]
        await tasks.insert_blobs(tx, cell, now.date(), pictures)
    await save_work(tx, now, cell, rows, purses, charges)


async def save_work(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    rows: Sequence[Entering],
    purses: Purses,
    charges: Sequence[Transfer] = (),
) -> None:
    """Put tasks that are stored into their queues, hold their prices, and book ``charges`` of the same accounts."""
    if rows:
        await dispatch.insert_work(tx, now, cell, await seated(tx, now, cell, rows))
        touched = sorted({(row.account_id, row.queue_id) for row in rows})
        await dispatch.set_account_turns(tx, cell, {key: purses.next_turns[key] for key in touched})
        note_steps("entered", cell, [row.task_id for row in rows])
    booked = [*charges, *(posting(TransferKind.HOLD, row.task_id, row.account_id, row.held_micros) for row in rows)]
    await ledger.insert_transfers(tx, now, cell, booked)
    changes: defaultdict[int, int] = defaultdict(int)
    for transfer in booked:
        changes[transfer.account_id] -= transfer.amount_micros
    assert all(purses.before[a] + change == purses.balances[a] for a, change in changes.items())
    await ledger.change_balances(tx, cell, changes)


def _task(task: NewTask, row: Entering) -> Task:
    return Task(
        task_id=row.task_id,
        account_id=row.account_id,
        queue_id=row.queue_id,
        kind=row.kind,
        options=task.options,
        media=row.media,
        soft_id=row.soft_id,
        ip=row.ip,
        website_url=task.website_url,
        callback_url=task.callback_url,
        language_pool=task.language_pool,
        contract=task.contract,
        question_id=task.question_id,
        external_id=task.external_id,
        marks=task.marks,
    )
