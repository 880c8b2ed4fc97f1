"""Named queries of the staff → frozen values."""

from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.queries import Queries
from manyeyes.db.rows import read, read_one, values
from manyeyes.staff.rules import COMPANYS_WORD_SECONDS, FOUNDER, FOUNDERS_NAME
from manyeyes.values.actor import OPERATOR

SQL = Queries(__package__)


class StaffMember(msgspec.Struct, frozen=True):
    """Somebody who runs the installation; ``role``: operator, auditor or support (staff/rules.py)."""

    staff_id: int
    name: str
    role: str


FOUNDING = StaffMember(FOUNDER, FOUNDERS_NAME, OPERATOR)


async def staff_member(db: asyncpg.Connection, staff_id: int) -> StaffMember | None:
    """Return one of the staff; None for nobody, and for somebody who was removed.

    Nor for whose right comes from their company's groups, once these were not told for `COMPANYS_WORD_SECONDS`.
    """
    if staff_id == FOUNDER:
        return FOUNDING
    return read_one(StaffMember, await db.fetchrow(SQL.staff_member, staff_id, COMPANYS_WORD_SECONDS))


async def every_staff(db: asyncpg.Connection) -> list[StaffMember]:
    """Return the staff, the founding operator first."""
    return [FOUNDING, *read(StaffMember, await db.fetch(SQL.every_staff))]


async def lock_staff(tx: asyncpg.Connection) -> list[StaffMember]:
    """Return those who were taken on and not removed, locked; the founding operator has no row."""
    return read(StaffMember, await tx.fetch(SQL.lock_staff))


async def is_given(tx: asyncpg.Connection, staff_id: int) -> bool:
    """Tell whether a number was given to somebody, be they removed by now."""
    return await tx.fetchval(SQL.given_number, staff_id) is not None


async def insert_staff(tx: asyncpg.Connection, now: datetime, member: StaffMember) -> bool:
    """Store somebody new; return False when their number or name is taken."""
    return await tx.fetchval(SQL.insert_staff, *values(member, "staff_id", "name", "role"), now) is not None


async def remove_staff(tx: asyncpg.Connection, now: datetime, staff_id: int) -> None:
    """Note that somebody is of the staff no longer."""
    await tx.execute(SQL.remove_staff, staff_id, now)


async def change_role(tx: asyncpg.Connection, staff_id: int, role: str) -> None:
    """Give somebody another role, one of `values.actor.STAFF`."""
    await tx.execute(SQL.change_staff_role, staff_id, role)
