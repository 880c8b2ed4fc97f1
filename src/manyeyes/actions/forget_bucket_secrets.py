"""Forget the secrets of all buckets of a cell: their owners give them again. Names and endpoints stay."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.buckets import store as buckets
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed


class ForgetBucketSecrets(msgspec.Struct, frozen=True):
    cell: int
    actor: Actor = BY_ITSELF


async def forget_bucket_secrets(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ForgetBucketSecrets]
) -> list[int]:
    """Return how many secrets were forgotten; a second command of a batch finds none."""
    forgotten = await buckets.forget_bucket_secrets(tx, commands[0].cell)
    before, after = {"buckets_usable": forgotten}, {"buckets_usable": 0}
    subject = f"cell:{commands[0].cell}"
    await trail.record(
        tx, now, commands[0].cell, [change_of(commands[0].actor, Deed.SECRETS_FORGET, subject, before, after)]
    )
    return [forgotten] + [0] * (len(commands) - 1)
