"""Take somebody on who runs the installation too: an operator, an auditor or somebody of support."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.staff import store as staff
from manyeyes.staff.rules import FOUNDERS_NAME
from manyeyes.staff.store import StaffMember
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class AddStaff(msgspec.Struct, frozen=True):
    """``member`` has a number that was taken for them alone, and a role of `values.actor.STAFF`."""

    member: StaffMember
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def add_staff(tx: asyncpg.Connection, now: datetime, commands: Sequence[AddStaff]) -> list[Refusal | None]:
    """Return for each None, or the refusal UNREADABLE: somebody of the staff has the name already.

    A number that is known came before, with a command whose reply was lost.
    """
    here = await staff.lock_staff(tx)
    names, numbers = {FOUNDERS_NAME, *(each.name for each in here)}, {each.staff_id for each in here}
    outcomes: list[Refusal | None] = []
    entries = []
    for c in commands:
        new = c.member
        if new.staff_id in numbers:
            outcomes.append(None)
            continue
        if new.name in names or not await staff.insert_staff(tx, now, new):
            outcomes.append(Refusal(Reason.UNREADABLE, f"somebody of the staff is called {new.name} already"))
            continue
        names.add(new.name)
        numbers.add(new.staff_id)
        entries.append(change_of(c.actor, Deed.STAFF_ADD, f"operator:{new.staff_id}", None, new))
        outcomes.append(None)
    await trail.record(tx, now, commands[0].cell, entries)
    return outcomes
