"""An operator says how much of each mark somebody is shown a day, and where their days begin (docs/decisions/0079)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.wellbeing import store as wellbeing
from manyeyes.wellbeing.rules import Cap, Wellbeing


class SetCaps(msgspec.Struct, frozen=True, kw_only=True):
    """``caps``: by mark; None: as usual again. Other marks stay as they are. ``zone``: None: unchanged."""

    cell: int
    worker_id: int
    caps: Mapping[int, Cap | None] = {}
    zone: str | None = None


async def set_caps(tx: asyncpg.Connection, now: datetime, commands: Sequence[SetCaps]) -> list[Wellbeing]:
    """Return what is so of each person then. A lower cap counts for what they were shown today already."""
    cell, people = commands[0].cell, sorted({c.worker_id for c in commands})
    known = await wellbeing.lock(tx, cell, people)
    if len(known) < len(people):
        await wellbeing.open_rows(tx, cell, people)
        known = await wellbeing.lock(tx, cell, people)
    changed: list[Wellbeing] = []
    for command in commands:
        was = known[command.worker_id]
        caps = {mark: cap for mark, cap in {**was.caps, **command.caps}.items() if cap is not None}
        known[command.worker_id] = msgspec.structs.replace(was, caps=caps, zone=command.zone or was.zone)
        changed.append(known[command.worker_id])
    await wellbeing.save_choices(tx, cell, [known[worker_id] for worker_id in people])
    return changed
