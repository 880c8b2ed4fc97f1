"""Forget the secrets of all buckets of a cell: their owners give them again. Names and endpoints stay."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.buckets import store as buckets


class ForgetBucketSecrets(msgspec.Struct, frozen=True):
    cell: int


async def forget_bucket_secrets(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ForgetBucketSecrets]
) -> list[int]:
    """Return how many secrets were forgotten; a second command of a batch finds none."""
    forgotten = await buckets.forget_bucket_secrets(tx, commands[0].cell)
    return [forgotten] + [0] * (len(commands) - 1)
