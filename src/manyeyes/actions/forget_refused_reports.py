"""Forget reports that were refused a month ago and more."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.reports import store as reports
from manyeyes.reports.rules import REFUSED_KEPT_DAYS


class ForgetRefusedReports(msgspec.Struct, frozen=True):
    cell: int


async def forget_refused_reports(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ForgetRefusedReports]
) -> list[None]:
    """Forget the cell's refused reports that are older than `REFUSED_KEPT_DAYS`."""
    await reports.forget_refused(tx, commands[0].cell, REFUSED_KEPT_DAYS)
    return [None for _ in commands]
