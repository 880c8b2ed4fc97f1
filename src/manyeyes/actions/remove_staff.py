"""Part with somebody who ran the installation: from this commit on they are signed in nowhere."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.db.pool import DIRECTORY
from manyeyes.staff import store as staff
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of, firsts
from manyeyes.values.actor import BY_ITSELF, OPERATOR, Actor
from manyeyes.values.deeds import Deed
from manyeyes.workers.sign_outs.store import end_links_of, end_sessions_of, lock_credentials_of
from manyeyes.workers.store import Subject


class RemoveStaff(msgspec.Struct, frozen=True):
    """``staff_id``: of somebody who was taken on; the founding operator is none of them."""

    staff_id: int
    cell: int = DIRECTORY
    actor: Actor = BY_ITSELF


async def remove_staff(tx: asyncpg.Connection, now: datetime, commands: Sequence[RemoveStaff]) -> list[int | None]:
    """Return how many sessions of each ended; None for nobody of the staff. Links that were not used end too."""
    here = {each.staff_id: each for each in await staff.lock_staff(tx)}
    await lock_credentials_of(tx, (Subject(OPERATOR, c.staff_id, 0) for c in commands))
    ended: dict[int, int] = {}
    entries = []
    for c in firsts(commands, lambda c: c.staff_id):
        if c.staff_id in here:
            gone = here[c.staff_id]
            whom = Subject(OPERATOR, c.staff_id, 0)
            await staff.remove_staff(tx, now, c.staff_id)
            ended[c.staff_id] = await end_sessions_of(tx, whom)
            await end_links_of(tx, whom)
            entries.append(change_of(c.actor, Deed.STAFF_REMOVE, f"operator:{c.staff_id}", gone, None))
    await trail.record(tx, now, commands[0].cell, entries)
    return [ended.pop(c.staff_id, None) for c in commands]
