"""What a house needs before its first day, and which of it is done."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from manyeyes.accounts import store as accounts
from manyeyes.runtime.context import Context
from manyeyes.settings import Settings
from manyeyes.workers.register import store as register


class FirstSteps(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the first steps are done. ``has_people``: somebody who may work was given a queue that there is."""

    has_account: bool
    has_worker: bool
    has_people: bool
    has_backup: bool
    has_address: bool

    @property
    def is_done(self) -> bool:
        """Tell whether nothing is left to do."""
        return all(msgspec.structs.astuple(self))


async def first_steps(context: Context) -> FirstSteps:
    """Return which of the first steps are done."""
    async with context.cells.directory.acquire() as db:
        found = await accounts.found_places(db, "", 0, 1)
        has_worker, given = await register.given_queues(db)
    return FirstSteps(
        has_account=bool(found),
        has_worker=has_worker,
        has_people=not given.isdisjoint(await context.lookups.queues()),
        has_backup=await backed_up_at(context.settings) is not None,
        has_address=bool(context.settings.public_url),
    )


async def backed_up_at(settings: Settings) -> datetime | None:
    """Return when the last backup was done: when the file that the setting names was touched; None: it is not known."""
    mark = settings.backup_mark_file()
    return await asyncio.to_thread(_touched, mark) if mark else None


def _touched(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
