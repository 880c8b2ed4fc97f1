"""The last look at a picture that a customer sent: whether its pixels are there (docs/decisions/0036).

It makes a process decode, so it comes last, and an account without money is refused before it.
"""

import asyncio
import time
from collections.abc import Sequence

import asyncpg

from manyeyes.accounts.store import Owner
from manyeyes.ledger import store as ledger
from manyeyes.recognisers.pool import RecogniserBusy
from manyeyes.runtime.batching import Unavailable
from manyeyes.runtime.context import Context
from manyeyes.runtime.lookup_cache import FRESH_SECONDS
from manyeyes.tasks.pictures import Picture
from manyeyes.values.refusals import Reason, Refusal

PATIENCE_SECONDS = 60.0  # of somebody who can wait: a file's pictures are looked at among everybody else's
_PAUSE_SECONDS = 0.05
NO_MONEY = Refusal(Reason.BALANCE_TOO_LOW, "the balance is zero")


async def why_not_shown(context: Context, owner: Owner, picture: Picture) -> Refusal | None:
    """Return why a picture whose structure was read is not taken.

    BALANCE_TOO_LOW; QUEUE_FULL when no process is free; PICTURE_NOT_SUPPORTED for broken data.
    """
    if not await has_money(context, owner):
        return NO_MONEY
    try:
        return await _why_broken(context, owner, picture)
    except RecogniserBusy as busy:
        return Refusal(Reason.QUEUE_FULL, busy.detail)


async def why_broken(context: Context, owner: Owner, picture: Picture) -> Refusal | None:
    """Return why a picture of an account that has money is not taken, waiting for a process that is busy.

    Raises `Unavailable` when none is free for `PATIENCE_SECONDS`.
    """
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return await _why_broken(context, owner, picture)
        except RecogniserBusy as busy:
            if time.monotonic() > give_up:
                raise Unavailable(busy.detail) from busy
            await asyncio.sleep(_PAUSE_SECONDS)


async def has_money(context: Context, owner: Owner) -> bool:
    """Tell whether the account has any; one that had some is believed for `FRESH_SECONDS`, another one asked anew.

    It decides who may make a process work; what a task costs, `submit_tasks` decides.
    """

    async def look_up() -> bool:
        return await context.batcher.read(balances, owner.cell, owner.account_id) > 0

    return await context.lookups.cached("money", (owner.cell, owner.account_id), FRESH_SECONDS, look_up) or (
        await look_up()
    )


async def balances(db: asyncpg.Connection, cell: int, account_ids: Sequence[int]) -> list[int]:
    """Return what each account may still spend, in micro-units; 0 for one that is not there."""
    found = await ledger.balances(db, cell, account_ids)
    return [found.get(account_id, 0) for account_id in account_ids]


async def _why_broken(context: Context, owner: Owner, picture: Picture) -> Refusal | None:
    fault = await context.recognisers.check(picture.data, account=owner.account_id)
    return Refusal(Reason.PICTURE_NOT_SUPPORTED, fault.fault) if fault else None
