"""Forget how to get at buckets of customers'."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.buckets import store as buckets
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class RemoveBucket(msgspec.Struct, frozen=True):
    cell: int
    account_id: int
    name: str
    actor: Actor = BY_ITSELF


async def remove_buckets(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[RemoveBucket]
) -> list[Refusal | None]:
    """Remove the buckets; the refusal of those that are not there. What tasks name in them is fetched no more."""
    there = await buckets.remove_buckets(tx, commands[0].cell, [(c.account_id, c.name) for c in commands])
    outcomes: list[Refusal | None] = []
    entries = []
    for c in commands:
        key = (c.account_id, c.name)
        outcomes.append(None if key in there else Refusal(Reason.UNKNOWN_BUCKET, f"there is no bucket {c.name}"))
        if key in there:
            there.discard(key)
            subject = f"bucket:{c.account_id}/{c.name}"
            entries.append(change_of(c.actor, Deed.BUCKET_REMOVE, subject, {"kept": True}, {"kept": False}))
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes
