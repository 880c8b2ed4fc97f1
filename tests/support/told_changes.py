"""What the audit trail of a stage says, in short."""

import json
from typing import Any

import asyncpg

from manyeyes.trail.rules import BEGINNING, ChainEnd, follow_all
from manyeyes.trail.store import chain_end, entries_after
from manyeyes.values.actor import Actor
from support.action_stage import Stage

ANN = Actor(role="operator", actor_id=0, name="Ann", via="screen", address="192.0.2.7", through="0011223344556677")
Told = tuple[str, str, Any, Any]


async def told(stage: Stage, cell: int | None = None, actor: Actor | None = ANN) -> list[Told]:
    """Return (deed, subject, before, after) of what an actor changed (None: anybody), in the order of the chain.

    The chain is followed to its end on the way: it is whole.
    """
    async with stage.pool.acquire() as db:
        return await told_in(db, stage.cell if cell is None else cell, actor)


async def told_in(db: asyncpg.Connection, cell: int, actor: Actor | None = ANN) -> list[Told]:
    """Return what `told` does, of a chain in a database."""
    entries = await entries_after(db, cell, 0)
    steps = [BEGINNING, *follow_all(entries, BEGINNING)]
    assert steps[-1] == (await chain_end(db, cell) or BEGINNING), steps[-1]
    assert all(isinstance(step, ChainEnd) for step in steps)
    found = [each.entry for each in entries if actor is None or each.entry.actor == actor]
    return [(each.deed, each.subject, json.loads(each.before), json.loads(each.after)) for each in found]
