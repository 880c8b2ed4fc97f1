"""Write what a night's look at all of a queue's answers says of its people, and how its answers are weighed."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

import asyncpg
import msgspec

from manyeyes.consensus.rules import Method, Skill
from manyeyes.consensus.skills import added
from manyeyes.skills import evidence
from manyeyes.skills.alike import FoundAlike
from manyeyes.skills.counting import SkillRow, counted_anew
from manyeyes.skills.findings import store as findings
from manyeyes.skills.rules import WEIGHTS, EvidenceSource

LARGEST_SWEEP = 500


class LearnedSkill(msgspec.Struct, frozen=True, kw_only=True):
    """What the others' answers say of one person's, faded to now; never with their own vote."""

    worker_id: int
    skill: Skill


class LearnSkills(msgspec.Struct, frozen=True, kw_only=True):
    """``method``: the one that held-out gold showed to be the best; ``alike``: who answers as somebody else does.

    ``peers_right``: how often what others say is right there, None where nothing tells.
    """

    cell: int
    queue_id: int
    method: Method
    learned: tuple[LearnedSkill, ...]
    alike: tuple[FoundAlike, ...] = ()
    peers_right: float | None = None


async def learn_skills(tx: asyncpg.Connection, now: datetime, commands: Sequence[LearnSkills]) -> list[bool]:
    """Return for each whether it was written; not while much waits to be counted: then the next look writes it.

    What gold and reviewers said is counted anew; what the others said is taken from the whole crowd instead of from
    single tasks. Who is stopped, and how much gold they had, stays.
    """
    # 1. Load: what is not counted yet, locked, so that nothing is counted twice; the skills, locked.
    cell = commands[0].cell
    new = await evidence.lock_new(tx, cell, LARGEST_SWEEP)
    if len(new) >= LARGEST_SWEEP:
        return [False for _ in commands]
    waits = set(new)
    people = sorted({(c.queue_id, each.worker_id) for c in commands for each in c.learned})
    rows = await evidence.lock_skills(tx, now, cell, people)
    known = await evidence.evidence_of(tx, cell, people)
    # 2. Decide: each person's skill; the last command of a queue counts.
    for command in commands:
        for each in command.learned:
            row = rows[command.queue_id, each.worker_id]
            sure = [p for p in known[row.key] if p.source is not EvidenceSource.PEERS and p not in waits]
            rows[row.key] = _learned(row, counted_anew(row, sure, now).skill(now), each.skill, now)
    # 3. Save.
    await evidence.save_skills(tx, cell, list(rows.values()))
    for command in sorted(commands, key=attrgetter("queue_id")):  # of one queue in their order: what one lacks is gone
        await findings.save_alike(tx, now, cell, command.queue_id, command.alike)
        await evidence.set_learned(tx, now, command.queue_id, command.method, command.peers_right)
    return [True for _ in commands]


def _learned(row: SkillRow, sure: Skill, others: Skill, now: datetime) -> SkillRow:
    return row.with_skill(added(sure, others, WEIGHTS[EvidenceSource.PEERS]), now)
