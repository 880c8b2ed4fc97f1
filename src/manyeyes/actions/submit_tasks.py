"""Admit tasks: hold their price, store them, put them into their queues."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.accounts.store import Terms
from manyeyes.actions.parts.regard import where_all_are_filtered
from manyeyes.dispatch import rules as dispatching
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.store import Entering
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import Kind, posting
from manyeyes.refusals import Reason, Refusal
from manyeyes.sites import store as sites
from manyeyes.sites.rules import Site, SiteEvent, candidates, covering, how_to_prove
from manyeyes.sites.store import Event
from manyeyes.soft_apps.rules import share
from manyeyes.tasks import store as tasks
from manyeyes.tasks.pictures import Picture
from manyeyes.tasks.rules import (
    DEPTH_COUNTED_EXACTLY,
    IMAGE_TO_TEXT,
    TOKEN_KINDS,
    Depth,
    ImageOptions,
    QueueTerms,
    price,
)
from manyeyes.tasks.store import Task
from manyeyes.tasks.tokens import TokenOptions


class SubmitTask(msgspec.Struct, frozen=True, kw_only=True):
    """One picture with its question, or a site whose widget's token is wanted (``kind``, TokenOptions, no picture).

    ``task_id`` was taken beforehand, so a repeated command is recognised.
    ``queue``: its terms as the edge knew them, a few seconds old at most; the task keeps them. ``share_percent``: what
    its soft app's owner gets of the charge; None when the app is none that we know. ``base_url``: how the customer
    reached us, of a task with a ``callback_url``.
    """

    cell: int
    task_id: int
    account_id: int
    queue: QueueTerms
    options: ImageOptions | TokenOptions
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
    retried: bool = False


class Submitted(msgspec.Struct, frozen=True):
    task_id: int
    queue_id: int


class _Books(msgspec.Struct):
    """What the batch's decisions need, loaded at once; ``balances`` and ``next_turns`` move while it is decided.

    ``shut``: (account, queue) where the account filters everybody who is present.
    """

    terms: dict[int, Terms]
    balances: dict[int, int]
    depths: dict[int, Depth]
    next_turns: dict[tuple[int, int], int]
    done: set[int]
    now: datetime
    sites: dict[sites.Key, Site]
    shut: set[tuple[int, int]]


async def submit_tasks(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[SubmitTask]
) -> list[Submitted | Refusal]:
    """Return each task's id or its refusal (no proof, suspended, balance too low, all filtered, queue full)."""
    cell = commands[0].cell
    books = await _load(tx, now, cell, commands)
    before = dict(books.balances)
    outcomes: list[Submitted | Refusal] = []
    entering: list[tuple[SubmitTask, Entering]] = []
    for command in commands:
        outcome = _decide(command, books)
        if isinstance(outcome, Entering):
            entering.append((command, outcome))
            outcomes.append(Submitted(command.task_id, command.queue.queue_id))
        else:
            outcomes.append(outcome)
    if entering:
        await _save(tx, now, cell, entering, books, before)
    return outcomes


async def _load(tx: asyncpg.Connection, now: datetime, cell: int, commands: Sequence[SubmitTask]) -> _Books:
    proofs = {
        (c.account_id, domain)
        for c in commands
        if isinstance(c.options, TokenOptions)
        for domain in candidates(c.options.host)
    }
    held = await sites.hold(tx, cell, proofs) if proofs else {}
    account_ids = sorted({c.account_id for c in commands})
    queues = {c.queue.queue_id: c.queue for c in commands}
    terms = await accounts.terms(tx, cell, account_ids)
    balances = await ledger.lock_balances(tx, cell, account_ids)
    depths = {q: await _depth(tx, cell, queue) for q, queue in sorted(queues.items())}
    turns = await dispatch.turns(tx, cell, account_ids, list(queues))
    retried = [c.task_id for c in commands if c.retried]
    done = await tasks.existing(tx, cell, retried) if retried else set()
    tokens = {(c.account_id, c.queue.queue_id) for c in commands if c.kind in TOKEN_KINDS}
    shut = await where_all_are_filtered(tx, now, cell, tokens) if tokens else set()
    return _Books(terms, balances, depths, turns, done, now, held, shut)


async def _depth(tx: asyncpg.Connection, cell: int, queue: QueueTerms) -> Depth:
    """Count a short queue exactly; of a deep one take the last measurement, so that depth costs nothing."""
    counted = await dispatch.count_waiting(tx, cell, queue.queue_id, DEPTH_COUNTED_EXACTLY)
    if counted < min(queue.capacity, DEPTH_COUNTED_EXACTLY):
        return Depth(counted, queue.price_micros)
    measured, average = (await dispatch.depths(tx, cell, [queue.queue_id])).get(queue.queue_id, (0, 0))
    return Depth(counted if counted < DEPTH_COUNTED_EXACTLY else max(counted, measured), average)


def _decide(command: SubmitTask, books: _Books) -> Entering | Submitted | Refusal:
    if command.task_id in books.done:
        return Submitted(command.task_id, command.queue.queue_id)
    domain = _domain(command, books)
    if isinstance(domain, Refusal):
        return domain
    terms = books.terms.get(command.account_id)
    if terms is None:
        return Refusal(Reason.UNKNOWN_ACCOUNT, "the account does not exist")
    if terms.suspended:
        return Refusal(Reason.ACCOUNT_SUSPENDED, "the account is suspended")
    queue, depth = command.queue, books.depths[command.queue.queue_id]
    available = books.balances[command.account_id]
    if available <= 0:
        return Refusal(Reason.BALANCE_TOO_LOW, "the balance is zero")
    if (command.account_id, queue.queue_id) in books.shut and command.kind in TOKEN_KINDS:
        return Refusal(Reason.ALL_FILTERED, "wait until their hour is over, or until somebody else is there")
    price_micros = price(queue, depth, terms.max_bid_micros)
    if isinstance(price_micros, Refusal):
        return price_micros
    if available < price_micros:
        return Refusal(Reason.BALANCE_TOO_LOW, f"the balance is below the price of {price_micros} micros")
    books.balances[command.account_id] = available - price_micros
    books.depths[queue.queue_id] = Depth(depth.waiting + 1, depth.average_micros)
    return _enter(command, terms, price_micros, domain, books)


def _domain(command: SubmitTask, books: _Books) -> str | Refusal:
    """Return the live site that a token task is for; empty for a picture, which is for nobody's site."""
    if not isinstance(command.options, TokenOptions):
        return ""
    known = [site for (account_id, _), site in books.sites.items() if account_id == command.account_id]
    host = command.options.host
    site = covering(host, known, books.now)
    return site.domain if site else Refusal(Reason.SITE_NOT_PROVEN, how_to_prove(host, known, books.now))


def _enter(command: SubmitTask, terms: Terms, price_micros: int, domain: str, books: _Books) -> Entering:
    queue = command.queue
    key = (command.account_id, queue.queue_id)
    virtual = books.next_turns.get((0, queue.queue_id), 0)
    turns, books.next_turns[key] = dispatching.turns(virtual, books.next_turns.get(key, 0), terms.weight, 1)
    return Entering(
        command.task_id,
        command.account_id,
        queue.queue_id,
        price_micros,
        turns[0],
        price_micros,
        queue.pay_micros,
        queue.lease_seconds,
        command.soft_id,
        command.ip,
        command.kind,
        msgspec.json.encode(command.options).decode(),
        command.picture.media if command.picture else "",
        command.life_seconds,
        command.callback_url,
        command.base_url,
        share(price_micros, command.share_percent),
        domain,
    )


async def _save(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    entering: Sequence[tuple[SubmitTask, Entering]],
    books: _Books,
    before: dict[int, int],
) -> None:
    rows = [row for _, row in entering]
    touched = {(row.account_id, row.queue_id) for row in rows}
    await tasks.insert_tasks(tx, now, cell, [_task(command, row) for command, row in entering])
    pictures = [(c.task_id, c.picture.media, c.picture.data) for c, _ in entering if c.picture]
    await tasks.insert_blobs(tx, cell, now.date(), pictures)
    await dispatch.insert_work(tx, now, cell, rows)
    await dispatch.set_account_turns(tx, cell, {key: books.next_turns[key] for key in sorted(touched)})
    holds = [posting(Kind.HOLD, row.task_id, row.account_id, row.price_micros) for row in rows]
    await ledger.insert_transfers(tx, now, cell, holds)
    changes: defaultdict[int, int] = defaultdict(int)
    for hold in holds:
        changes[hold.account_id] -= hold.amount_micros
    assert all(before[a] + change == books.balances[a] for a, change in changes.items())
    await ledger.change_balances(tx, cell, changes)
    await sites.add_events(tx, now, cell, [_use(row) for row in rows if row.site])


def _use(row: Entering) -> Event:
    return Event(row.task_id, SiteEvent.TASK_CREATED, row.account_id, row.site)


def _task(command: SubmitTask, row: Entering) -> Task:
    return Task(
        row.task_id,
        row.account_id,
        row.queue_id,
        row.kind,
        command.options,
        row.media,
        row.soft_id,
        row.ip,
        command.website_url,
        command.callback_url,
        command.language_pool,
    )
