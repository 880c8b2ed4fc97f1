"""An operator says how much of each mark somebody is shown a day, and where their days begin (docs/decisions/0079)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.marks import mark_names
from manyeyes.wellbeing import store as wellbeing
from manyeyes.wellbeing.rules import Cap, Wellbeing


class SetCaps(msgspec.Struct, frozen=True, kw_only=True):
    """``caps``: by mark; None: as usual again. Other marks stay as they are. ``zone``: None: unchanged.

    ``seen``: the caps and the zone that whoever changes them looked at.
    """

    cell: int
    worker_id: int
    caps: Mapping[int, Cap | None] = {}
    zone: str | None = None
    seen: tuple[Mapping[int, Cap], str] | None = None
    actor: Actor = BY_ITSELF


async def set_caps(tx: asyncpg.Connection, now: datetime, commands: Sequence[SetCaps]) -> list[Wellbeing | None]:
    """Return what is so of each person then; None where somebody else changed it since it was seen.

    A lower cap counts for what they were shown today already.
    """
    cell, people = commands[0].cell, sorted({c.worker_id for c in commands})
    known = await wellbeing.lock(tx, cell, people)
    if len(known) < len(people):
        await wellbeing.open_rows(tx, cell, people)
        known = await wellbeing.lock(tx, cell, people)
    changed: list[Wellbeing | None] = []
    entries: list[TrailEntry | None] = []
    for c in commands:
        was = known[c.worker_id]
        if _is_other(c, was):
            changed.append(None)
            continue
        caps = {mark: cap for mark, cap in {**was.caps, **c.caps}.items() if cap is not None}
        known[c.worker_id] = msgspec.structs.replace(was, caps=caps, zone=c.zone or was.zone)
        changed.append(known[c.worker_id])
        before, after = _said(was), _said(known[c.worker_id])
        entries.append(change_of(c.actor, Deed.WORKER_CAPS, f"worker:{c.worker_id}", before, after))
    await wellbeing.save_choices(tx, cell, [known[worker_id] for worker_id in people])
    await trail.record(tx, now, cell, entries)
    return changed


def _is_other(command: SetCaps, was: Wellbeing) -> bool:
    """Tell whether anything that the command changes is neither what was seen nor already as it is wanted."""
    if command.seen is None:
        return False
    caps, zone = command.seen
    return (command.zone is not None and was.zone not in (zone, command.zone)) or any(
        was.caps.get(mark) not in (caps.get(mark), wanted) for mark, wanted in command.caps.items()
    )


def _said(known: Wellbeing) -> dict[str, object]:
    return {"zone": known.zone, "caps": {mark_names(mark)[0]: cap for mark, cap in sorted(known.caps.items())}}
