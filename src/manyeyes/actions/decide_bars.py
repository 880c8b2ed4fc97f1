"""The operator lets people have a queue again whose floor they were below, or leaves it so; this decides appeals."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.practice_desks import end_early
from manyeyes.actions.shared.worker_desks import load_desks
from manyeyes.skills import evidence
from manyeyes.skills.counting import SkillRow, decided, lifted
from manyeyes.skills.practice import store as practices
from manyeyes.trail import store as trail
from manyeyes.trail.rules import TrailEntry, change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class DecideBar(msgspec.Struct, frozen=True, kw_only=True):
    """``answer``: what the worker is told. Not ``is_lifted``: the appeal that waits is not accepted."""

    cell: int
    worker_id: int
    queue_id: int
    is_lifted: bool
    answer: str = ""
    actor: Actor = BY_ITSELF


async def decide_bars(tx: asyncpg.Connection, now: datetime, commands: Sequence[DecideBar]) -> list[bool | Refusal]:
    """Return for each whether the bar is lifted, or that there is none, or no appeal to turn down.

    Who gets the queue again begins anew before its floor, with as much gold as a newcomer; their skill stays. How often
    they tried to practise is forgotten, and a try that is open is over: who practises has the queue again at once.
    """
    # 1. Load: what is known of those who were ever checked there, locked behind their desks and tries.
    cell, people = commands[0].cell, {c.worker_id for c in commands}
    desks = await load_desks(tx, cell, people)
    tries = await practices.lock_practices(tx, cell, people)
    known = await evidence.lock_known(tx, cell, sorted({(c.queue_id, c.worker_id) for c in commands}))
    # 2. Decide.
    outcomes = [_decide(command, known, now) for command in commands]
    # 3. Save.
    await evidence.save_skills(tx, cell, list(known.values()))
    lifting = [(c.worker_id, c.queue_id) for c, outcome in zip(commands, outcomes, strict=True) if outcome is True]
    going_on = [tries[key] for key in sorted(lifting) if key in tries and tries[key].ended_at is None]
    await end_early(tx, now, cell, desks, going_on, gives_back=True)
    await practices.forget_tries(tx, cell, lifting)
    pairs = [(c, outcome) for c, outcome in zip(commands, outcomes, strict=True) if not isinstance(outcome, Refusal)]
    await trail.record(tx, now, cell, [_told(c, is_lifted=outcome) for c, outcome in pairs])
    return outcomes


def _told(command: DecideBar, *, is_lifted: bool) -> TrailEntry | None:
    before, decision = {"accepted": None}, {"accepted": is_lifted, "answer": command.answer}
    after = {**decision, "queue_id": command.queue_id}
    return change_of(command.actor, Deed.BAR_DECIDE, f"worker:{command.worker_id}", before, after)


def _decide(command: DecideBar, known: dict[evidence.Person, SkillRow], now: datetime) -> bool | Refusal:
    row = known.get((command.queue_id, command.worker_id))
    if row is None or row.barred_at is None:
        return Refusal(Reason.NOT_REFUSED, "this worker is not stopped from getting this queue")
    if not command.is_lifted and not row.is_appealing:
        return Refusal(Reason.UNKNOWN_REPORT, "there is no appeal of this worker's to turn down")
    if command.is_lifted:
        row = lifted(row, now, command.answer)
    else:
        row = decided(row, now, is_accepted=False, answer=command.answer)
    known[row.key] = row
    return command.is_lifted
