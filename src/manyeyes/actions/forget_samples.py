"""Forget how queues looked, and what people passed on, too long ago."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec

from manyeyes.dispatch.samples import store as samples
from manyeyes.workers.rules import SKIPS_KEPT_DAYS
from manyeyes.workers.skips import store as skips

KEPT_MINUTES = 70 * 1440  # ten weeks: as far back as the operator's charts go (docs/decisions/0080)


class ForgetSamples(msgspec.Struct, frozen=True):
    cell: int


async def forget_samples(tx: asyncpg.Connection, now: datetime, commands: Sequence[ForgetSamples]) -> list[None]:
    """Forget the samples that no chart shows any more, and skips of more than `SKIPS_KEPT_DAYS` ago."""
    cell = commands[0].cell
    await samples.forget_samples(tx, cell, int(now.timestamp()) // 60 - KEPT_MINUTES)
    await skips.forget(tx, cell, now.astimezone(UTC).date() - timedelta(days=SKIPS_KEPT_DAYS))
    return [None for _ in commands]
