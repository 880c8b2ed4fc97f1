"""A customer's call-backs, alike for the JSON API, the console and the command line: their log, and replay."""

from collections.abc import Collection
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.accounts.repeated_calls import CallKey
from manyeyes.accounts.store import KeyOwner, Owner
from manyeyes.actions.replay_deliveries import LARGEST_REPLAY, ReplayDeliveries, replay_deliveries
from manyeyes.actions.rotate_secrets import RotateSecret, rotate_secrets
from manyeyes.notices.rules import CONFIRM
from manyeyes.recognitions import reviews as verdicts
from manyeyes.runtime.batching import read_patiently
from manyeyes.runtime.context import Context
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.cursors import OF_DELIVERIES, read_number
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.webhooks import store as webhooks
from manyeyes.webhooks.rules import (
    MOST_TRIES_EVER,
    secret,
    shown_secret,
    signing_generations,
)
from manyeyes.webhooks.store import Delivery, Try

LARGEST_PAGE = 200
_NEWEST = 2**63 - 1


class Callback(msgspec.Struct, frozen=True):
    """What became of sending the result of a cell's task; ``is_review``: it was a verdict on a recogniser's result."""

    cell: int
    delivery: Delivery
    is_review: bool

    @property
    def can_replay(self) -> bool:
        """Tell whether it may be sent again: an address is asked once whether it wants notices."""
        return self.delivery.event != CONFIRM


class CallbackLog(msgspec.Struct, frozen=True):
    """A call-back with every try, the first one first."""

    callback: Callback
    tries: list[Try]


class CallbackPage(msgspec.Struct, frozen=True):
    """Call-backs, newest first; ``next`` begins the page after it, None when there is none."""

    callbacks: list[Callback]
    next: str | None


class Secret(msgspec.Struct, frozen=True):
    """What verifies an account's call-backs; ``previous`` still signs too, None when it does not.

    ``generation``: how many there were before it.
    """

    secret: str
    previous: str | None
    generation: int


async def deliveries_of(
    context: Context, owner: Owner, *, limit: int = 50, before: str = "", is_given_up: bool = False
) -> CallbackPage | Refusal:
    """Return a page of the owner's call-backs: all, or those that were given up."""
    first = read_number(OF_DELIVERIES, before) if before else _NEWEST
    if first is None:
        return Refusal(Reason.UNREADABLE, "before must be the `next` of the page before")
    limit = min(max(limit, 1), LARGEST_PAGE)

    async def read(db: asyncpg.Connection) -> tuple[list[Delivery], Collection[int]]:
        found = await webhooks.page(
            db, owner.cell, owner.account_id, before=first, limit=limit + 1, is_given_up=is_given_up
        )
        return found, await verdicts.decided(db, owner.cell, [each.task_id for each in found])

    found, reviews = await read_patiently(context.cells.pool(owner.cell), read)
    shown = found[:limit]
    following = str(shown[-1].task_id) if len(found) > limit else None
    return CallbackPage([Callback(owner.cell, each, each.task_id in reviews) for each in shown], following)


async def delivery_of(context: Context, owner: Owner, task: int) -> CallbackLog | Refusal:
    """Return what became of the call-back of one of the owner's tasks, by its wire id."""
    task_id = await context.id_blocks.of_wire(owner.cell, task)

    async def read(db: asyncpg.Connection) -> tuple[Delivery | None, list[Try], Collection[int]]:
        found = await webhooks.delivery(db, owner.cell, task_id, owner.account_id)
        tries = await webhooks.tries(db, owner.cell, task_id) if found else []
        return found, tries, await verdicts.decided(db, owner.cell, [task_id] if found else [])

    found, tries, reviews = await read_patiently(context.cells.pool(owner.cell), read)
    if found is None:
        return _UNKNOWN
    return CallbackLog(Callback(owner.cell, found, task_id in reviews), tries)


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


async def replay(context: Context, owner: Owner, task: int, key: CallKey | None = None) -> CallbackLog | Refusal:
    """Send the result of one of the owner's tasks again, whatever became of it before; ``key`` names the call."""
    task_id = await context.id_blocks.of_wire(owner.cell, task)
    command = ReplayDeliveries(owner.cell, owner.account_id, task_id, key=key)
    replayed = await context.batcher.ask(replay_deliveries, command)
    if isinstance(replayed, Refusal):
        return replayed
    found = await delivery_of(context, owner, task)
    if replayed or isinstance(found, Refusal):
        return found
    return _TRIED_ENOUGH if found.callback.can_replay else _ASKED_ONCE


async def replay_given_up(context: Context, owner: Owner) -> int:
    """Send all that was given up again; return how many those are."""
    count, after = 0, 0
    while True:
        command = ReplayDeliveries(owner.cell, owner.account_id, after=after)
        replayed = await context.batcher.ask(replay_deliveries, command)
        assert not isinstance(replayed, Refusal)  # which a call with a key alone may be
        count += len(replayed)
        if len(replayed) < LARGEST_REPLAY:
            return count
        after = replayed[-1]


async def secret_of(
    context: Context, owner: Owner, *, rotate: bool = False, seen: int | None = None, actor: Actor = BY_ITSELF
) -> Secret:
    """Return what verifies the owner's call-backs; ``rotate`` makes a new one first.

    ``seen``: the generation of the one that is to be replaced, so that a form that is sent twice replaces it once.
    """
    generation, _, _ = await _rotation(context, owner)
    if rotate and seen in (None, generation):
        command = RotateSecret(owner.cell, owner.account_id, generation, actor=actor)
        generation = await context.batcher.ask(rotate_secrets, command)
    shown = [shown_secret(each) for each in await signing_secrets(context, owner)]
    return Secret(shown[0], shown[1] if len(shown) > 1 else None, generation)


async def signing_secrets(context: Context, owner: Owner) -> list[bytes]:
    """Return what signs the owner's call-backs now, the newest first: two for a day after a rotation."""
    generations = signing_generations(*await _rotation(context, owner))
    return [secret(context.webhook_key, owner.cell, owner.account_id, generation) for generation in generations]


async def _rotation(context: Context, owner: Owner) -> tuple[int, datetime | None, datetime]:
    """Return the generation of the owner's secret, when it was renewed, and what time it is there."""
    async with context.cells.pool(owner.cell).acquire() as db:
        generation, rotated_at = (await webhooks.rotations(db, owner.cell, [owner.account_id]))[owner.account_id]
        return generation, rotated_at, await db.fetchval("SELECT now()")


_TRIED_ENOUGH = Refusal(Reason.TRIED_ENOUGH, f"it was tried {MOST_TRIES_EVER} times; that is enough")
_ASKED_ONCE = Refusal(Reason.TRIED_ENOUGH, "an address is asked once whether it wants notices")
_UNKNOWN = Refusal(Reason.UNKNOWN_DELIVERY, "no result of such a task was to be sent, or it is over a month old")
