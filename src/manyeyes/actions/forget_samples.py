"""Forget how queues looked too long ago."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.dispatch.samples import store as samples

KEPT_MINUTES = 70 * 1440  # ten weeks: as far back as the operator's charts go (docs/decisions/0080)


class ForgetSamples(msgspec.Struct, frozen=True):
    cell: int


async def forget_samples(tx: asyncpg.Connection, now: datetime, commands: Sequence[ForgetSamples]) -> list[None]:
    """Forget the samples that no chart shows any more."""
    await samples.forget_samples(tx, commands[0].cell, int(now.timestamp()) // 60 - KEPT_MINUTES)
    return [None for _ in commands]
