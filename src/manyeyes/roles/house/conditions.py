"""What is looked at to know whether a house is well: `/readyz` looks at the first few, `manyeyes doctor` at all.

Nothing in ``seen`` is secret: no address with a password, no statement, no row.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

import asyncpg
import msgspec

from manyeyes.db.migrate import SQL, migrations
from manyeyes.db.queries import one_row
from manyeyes.roles.house.first_steps import backed_up_at
from manyeyes.runtime.context import Context
from manyeyes.runtime.disk_room import MEGABYTE, DiskRoom
from manyeyes.settings import Settings

LONGEST_TRANSACTION_SECONDS = 60.0
BACKUP_TOO_OLD_SECONDS = 26 * 3600  # a day, and the time that the next one takes
MOST_SKEW_SECONDS = 2.0


class Condition(msgspec.Struct, frozen=True):
    """One thing that was looked at: whether it is well, and an English sentence about what was seen."""

    name: str
    is_well: bool
    seen: str


def disk(room: DiskRoom) -> Condition:
    """Return whether there is room for new work."""
    short, floor = room.short_of(), f"the floor is {room.floor_bytes // MEGABYTE} MB"
    if room.is_full:
        return Condition("disk", False, "the database says that its disk is full: nothing new is taken")
    told = [f"{each.free_bytes // MEGABYTE} MB free in {each.place}" for each in short or room.disks()]
    if not room.has_database:
        told.append("the database is elsewhere: its disk cannot be seen from here")
    told.append(f"{floor}, nothing new is taken" if short else floor)
    return Condition("disk", not short, "; ".join(told))


def schema(found: Sequence[int]) -> Condition:
    """Return whether a database with these migrations is one that this version knows."""
    known = _known_versions()
    missing, newer = sorted(known - set(found)), sorted(set(found) - known)
    if newer:
        return Condition("schema", False, f"version {newer[-1]} is newer than this program, which knows {max(known)}")
    if missing:
        return Condition("schema", False, f"version {missing[0]} is missing: manyeyes db migrate")
    return Condition("schema", True, f"version {max(known)}")


@cache
def _known_versions() -> frozenset[int]:
    return frozenset(migration.number for migration in migrations())


def standby(row: asyncpg.Record, demanded: int) -> Condition:
    """Return whether so many synchronous standbys are in step as the setting demands."""
    in_step = row["in_step"]
    seen = f"{in_step} in step, {demanded} demanded" if demanded else f"{in_step} in step, none is demanded"
    if in_step < demanded and not row["sees_standbys"]:
        seen += "; the role may not see them: GRANT pg_monitor TO it"
    return Condition("standby", in_step >= demanded, seen)


async def archive(db: asyncpg.Connection) -> Condition:
    """Return whether the database's journal is archived without failures, where it is."""
    row = await one_row(db, SQL.archive)
    if not row["is_on"]:
        return Condition("archive of the journal", True, "archive_mode is off: a backup is as new as its day")
    if row["is_failing"]:
        seen = f"{row['failed_file']} could not be archived, {row['failures']} failures: see PostgreSQL's log"
        return Condition("archive of the journal", False, seen)
    at = row["archived_seconds"]
    seen = "nothing archived yet" if at is None else f"archived {at:.0f} s ago"
    return Condition("archive of the journal", True, seen)


async def backup(settings: Settings) -> Condition:
    """Return how old the last backup is; where no file tells, that it is not known."""
    if not settings.backup_mark:
        return Condition("backup", True, "none is known: let MANYEYES_BACKUP_MARK name a file that it touches")
    at = await backed_up_at(settings)
    if at is None:
        return Condition("backup", False, f"{settings.backup_mark} is not there: no backup was ever done")
    seconds = (datetime.now(UTC) - at).total_seconds()
    return Condition("backup", seconds < BACKUP_TOO_OLD_SECONDS, f"{seconds / 3600:.1f} hours old")


async def clock(db: asyncpg.Connection) -> Condition:
    """Return how far the database's clock is from this host's; what the question took is nobody's fault."""
    before = time.time()
    there: datetime = await db.fetchval(SQL.clock)
    after = time.time()
    off = max(before - there.timestamp(), there.timestamp() - after, 0.0)
    seen = f"{off:.1f} s apart" if off else "they agree"
    if off > MOST_SKEW_SECONDS:
        seen += ": signed calls and passkeys go by the host's, leases and links by the database's; run NTP on both"
    return Condition("clocks of host and database", off <= MOST_SKEW_SECONDS, seen)


async def transactions(db: asyncpg.Connection) -> Condition:
    """Return who keeps a transaction open for long."""
    rows = await db.fetch(SQL.long_transactions, LONGEST_TRANSACTION_SECONDS)
    seen = "; ".join(f"{row['who']}: {row['seconds']:.0f} s" for row in rows)
    return Condition("no long transaction", not rows, seen or f"none above {LONGEST_TRANSACTION_SECONDS:.0f} s")


async def pooler(context: Context, db: asyncpg.Connection) -> Condition:
    """Return whether a pooler is in between, and if so, whether there is a way past it."""
    name, direct = "way past a pooler", context.settings.direct_database_url
    if not await _is_pooled(db):
        return Condition(name, True, "none is in between")
    if not direct:
        seen = "a pooler is in between, which carries no LISTEN: set MANYEYES_DIRECT_DATABASE_URL"
        return Condition(name, False, seen)
    past = await asyncpg.connect(direct)
    try:
        if await _is_pooled(past):
            return Condition(name, False, "MANYEYES_DIRECT_DATABASE_URL leads to a pooler too")
    finally:
        await past.close()
    return Condition(name, True, "a pooler is in between, and MANYEYES_DIRECT_DATABASE_URL leads past it")


async def _is_pooled(db: asyncpg.Connection) -> bool:
    """Tell whether somebody else than the server greeted us: a pooler hands out process numbers of its own."""
    return bool(await db.fetchval(SQL.backend) != db.get_server_pid())
