"""A customer's call-backs, alike for the JSON API, the console and the command line: their log, and replay."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

import asyncpg
import msgspec

from manyeyes.accounts.store import KeyOwner
from manyeyes.actions.replay_deliveries import LARGEST_REPLAY, ReplayDeliveries, replay_deliveries
from manyeyes.recognitions import reviews as verdicts
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import wire_id
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.webhooks import store as webhooks
from manyeyes.webhooks.rules import (
    MOST_TRIES_EVER,
    DeliveryState,
    described,
    message_id,
    secret,
    shown_secret,
    signing_generations,
)
from manyeyes.webhooks.store import Delivery, Try

LARGEST_PAGE = 200
RESULT, REVIEW = "result", "review"
_NEWEST = 2**63 - 1
_DIGITS = 18


class Owner(Protocol):
    """Whose call-backs: an account in its cell."""

    @property
    def cell(self) -> int: ...
    @property
    def account_id(self) -> int: ...


class TryView(msgspec.Struct, frozen=True):
    """``status``: None when nothing was answered; ``fault``: a sentence, empty when it was delivered."""

    at: datetime
    status: int | None
    fault: str
    seconds: float


class DeliveryView(msgspec.Struct, frozen=True):
    """``state``: waiting, delivered or given_up; ``next_try_at`` only while it waits, ``closed_at`` only after.

    ``kind``: result of a task, or review: a person's verdict on a recogniser's result.
    """

    task_id: int
    webhook_id: str
    url: str
    state: str
    tries: int
    task_ended_at: datetime
    next_try_at: datetime | None
    closed_at: datetime | None
    last_status: int | None
    last_fault: str
    kind: str


class DeliveryLog(msgspec.Struct, frozen=True):
    """A delivery with every try, the first one first."""

    delivery: DeliveryView
    tries: list[TryView]


class DeliveriesView(msgspec.Struct, frozen=True):
    """A page, newest first; ``next`` begins the page after it, None when there is none."""

    deliveries: list[DeliveryView]
    next: str | None


class Secret(msgspec.Struct, frozen=True):
    """What verifies an account's call-backs; ``previous`` still signs too, None when it does not."""

    secret: str
    previous: str | None


async def deliveries_of(
    context: Context, owner: Owner, *, limit: int = 50, before: str = "", is_given_up: bool = False
) -> DeliveriesView | Refusal:
    """Return a page of the owner's call-backs: all, or those that were given up."""
    if before and not (before.isascii() and before.isdigit() and len(before) <= _DIGITS):
        return Refusal(Reason.UNREADABLE, "before must be the `next` of the page before")
    first = int(before) if before else _NEWEST
    limit = min(max(limit, 1), LARGEST_PAGE)

    async def read(db: asyncpg.Connection) -> tuple[list[Delivery], Collection[int]]:
        found = await webhooks.page(
            db, owner.cell, owner.account_id, before=first, limit=limit + 1, is_given_up=is_given_up
        )
        return found, await verdicts.decided(db, owner.cell, [each.task_id for each in found])

    found, reviews = await read_patiently(context.cells.pool(owner.cell), read)
    shown = found[:limit]
    following = str(shown[-1].task_id) if len(found) > limit else None
    return DeliveriesView([_view(owner.cell, each, reviews) for each in shown], following)


async def delivery_of(context: Context, owner: Owner, task: int) -> DeliveryLog | Refusal:
    """Return what became of the call-back of one of the owner's tasks, by its wire id."""
    task_id = await context.id_blocks.of_wire(owner.cell, task)

    async def read(db: asyncpg.Connection) -> tuple[Delivery | None, list[Try], Collection[int]]:
        found = await webhooks.delivery(db, owner.cell, task_id, owner.account_id)
        tries = await webhooks.tries(db, owner.cell, task_id) if found else []
        return found, tries, await verdicts.decided(db, owner.cell, [task_id] if found else [])

    found, tries, reviews = await read_patiently(context.cells.pool(owner.cell), read)
    if found is None:
        return _UNKNOWN
    return DeliveryLog(_view(owner.cell, found, reviews), [_try(each) for each in tries])


async def owners_of(context: Context, task: int) -> list[Owner]:
    """Return whose tasks a wire id names that have a call-back: at most one in each cell."""
    found: list[Owner] = []
    for cell in context.cells.numbers:
        task_id = await context.id_blocks.of_wire(cell, task)
        async with context.cells.pool(cell).acquire() as db:
            account_id = await webhooks.account_of(db, cell, task_id)
        if account_id is not None:
            found.append(KeyOwner(cell, account_id, ()))
    return found


async def replay(context: Context, owner: Owner, task: int) -> DeliveryLog | Refusal:
    """Send the result of one of the owner's tasks again, whatever became of it before."""
    task_id = await context.id_blocks.of_wire(owner.cell, task)
    command = ReplayDeliveries(owner.cell, owner.account_id, task_id)
    replayed = await context.batcher.ask(replay_deliveries, command)
    found = await delivery_of(context, owner, task)
    return found if replayed or isinstance(found, Refusal) else _TRIED_ENOUGH


async def replay_given_up(context: Context, owner: Owner) -> int:
    """Send all that was given up again; return how many those are."""
    count, after = 0, 0
    while True:
        command = ReplayDeliveries(owner.cell, owner.account_id, after=after)
        replayed = await context.batcher.ask(replay_deliveries, command)
        count += len(replayed)
        if len(replayed) < LARGEST_REPLAY:
            return count
        after = replayed[-1]


async def secret_of(context: Context, owner: Owner, *, rotate: bool = False) -> Secret:
    """Return what verifies the owner's call-backs; ``rotate`` makes a new one first."""
    cell, account_id = owner.cell, owner.account_id

    async def read(db: asyncpg.Connection) -> tuple[int, datetime | None, datetime]:
        if rotate:
            await webhooks.rotate(db, cell, account_id)
        generation, rotated_at = (await webhooks.rotations(db, cell, [account_id]))[account_id]
        return generation, rotated_at, await db.fetchval("SELECT now()")

    async with context.cells.pool(cell).acquire() as db:
        generations = signing_generations(*await read(db))
    shown = [shown_secret(secret(context.webhook_key, cell, account_id, generation)) for generation in generations]
    return Secret(shown[0], shown[1] if len(shown) > 1 else None)


def _view(cell: int, found: Delivery, reviews: Collection[int]) -> DeliveryView:
    is_waiting = found.state is DeliveryState.WAITING
    return DeliveryView(
        wire_id(found.task_id),
        message_id(cell, found.task_id),
        found.url,
        described(found.state),
        found.tries,
        found.ended_at,
        found.next_at if is_waiting else None,
        found.closed_at,
        found.last_status or None,
        found.last_fault,
        REVIEW if found.task_id in reviews else RESULT,
    )


def _try(found: Try) -> TryView:
    return TryView(found.at, found.status or None, found.fault, found.milliseconds / 1000)


_TRIED_ENOUGH = Refusal(Reason.TRIED_ENOUGH, f"it was tried {MOST_TRIES_EVER} times; that is enough")
_UNKNOWN = Refusal(Reason.UNKNOWN_DELIVERY, "no result of such a task was to be sent, or it is over a month old")
