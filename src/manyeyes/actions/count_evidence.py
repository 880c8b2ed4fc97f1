"""Count what proved right or wrong: skills, gold that is wrong itself, and who is below a queue's floor."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.barred_desks import take_queues_away
from manyeyes.actions.shared.worker_desks import load_desks
from manyeyes.consensus.rules import Skill
from manyeyes.skills import evidence
from manyeyes.skills import store as skills
from manyeyes.skills.counting import CheckedAnswer, SkillRow, after_floor, counted, counted_anew
from manyeyes.skills.evidence import Person
from manyeyes.skills.rules import WEIGHTS, EvidenceSource, GoldAnswer, days_counted, fading, truth_against_gold
from manyeyes.skills.store import KnownSkill

LARGEST_SWEEP = 500


class CountEvidence(msgspec.Struct, frozen=True):
    cell: int


class EvidenceCounted(msgspec.Struct, frozen=True):
    """How many pieces were counted; who lost a queue by it, and to which queues something of theirs went back."""

    pieces: int
    barred: tuple[Person, ...] = ()
    queue_ids: tuple[int, ...] = ()


async def count_evidence(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[CountEvidence]
) -> list[EvidenceCounted]:
    """Return what was counted: the oldest pieces, each once, in the order in which they came.

    Floors are looked at after each answer to gold (docs/decisions/0057). Who is below one loses the queue at once:
    what lies on their desk unseen goes back, what they gave and is not decided is asked of others
    (actions/replace_answers.py).
    """
    # 1. Load: what is new, locked, and the desks of those whom it may bar; they are locked before skills everywhere.
    cell = commands[0].cell
    new = await evidence.lock_new(tx, cell, LARGEST_SWEEP)
    if not new:
        return [EvidenceCounted(0) for _ in commands]
    golden = [piece for piece in new if piece.source is EvidenceSource.GOLD]
    desks = await load_desks(tx, cell, {piece.worker_id for piece in golden})
    doubted = await _put_aside(tx, now, cell, golden)
    people: dict[Person, list[CheckedAnswer]] = {(p.queue_id, p.worker_id): [] for p in doubted}
    for piece in new:
        people.setdefault((piece.queue_id, piece.worker_id), []).append(piece)
    # 2. Decide: what is known of each, and who stays.
    before = await evidence.lock_skills(tx, now, cell, sorted(people))
    anew = {(p.queue_id, p.worker_id) for p in doubted}
    asked = {(p.queue_id, p.worker_id) for p in golden}
    looked_at = anew | asked
    known = await evidence.evidence_of(tx, cell, sorted(looked_at))
    floors = await evidence.floors(tx, sorted({queue_id for queue_id, _ in looked_at}))
    after: dict[Person, SkillRow] = {}
    for key, pieces in sorted(people.items()):
        row = counted_anew(before[key], known[key], now) if key in anew else counted(before[key], pieces, now)
        floor = floors.get(key[0]) if key in asked or (key in anew and row.barred_at is not None) else None
        after[key] = after_floor(row, known[key], floor.rule, now) if floor is not None else row
    # 3. Save: skills, gold, what is counted; who is barred loses the queue.
    await evidence.save_skills(tx, cell, list(after.values()))
    outcomes: defaultdict[int, list[bool]] = defaultdict(list)
    for piece in golden:
        outcomes[piece.task_id].append(piece.is_right)
    await evidence.count_gold(tx, cell, outcomes)
    await evidence.set_counted(tx, cell, new)
    barred = [key for key, row in after.items() if row.barred_at is not None and before[key].barred_at is None]
    queue_ids = await take_queues_away(tx, now, cell, desks, barred)
    return [EvidenceCounted(len(new), tuple(barred), queue_ids) for _ in commands]


async def _put_aside(
    tx: asyncpg.Connection, now: datetime, cell: int, golden: Sequence[CheckedAnswer]
) -> list[CheckedAnswer]:
    """Put gold aside that good workers deny, and return all that it said of people."""
    wrong = sorted({piece.task_id for piece in golden if not piece.is_right})
    given = await evidence.gold_evidence(tx, cell, wrong)
    people = {(p.queue_id, p.worker_id) for pieces in given.values() for p in pieces}
    known = await skills.skills(tx, cell, people)
    denied = {}
    for task_id, pieces in given.items():
        answers = [GoldAnswer(piece.given, _elsewhere(piece, golden, known, now)) for piece in pieces]
        instead = truth_against_gold(pieces[0].truth, answers)
        if instead is not None:
            denied[task_id] = instead
    await evidence.put_aside(tx, now, cell, denied)
    return [piece for task_id in denied for piece in given[task_id]]


def _elsewhere(
    piece: CheckedAnswer, new: Sequence[CheckedAnswer], known: Mapping[Person, KnownSkill], now: datetime
) -> Skill:
    """Return what is known of who gave this but by it; what is new is not counted yet."""
    row = known.get((piece.queue_id, piece.worker_id))
    skill = row.skill(now) if row else Skill()
    if piece in new:
        return skill
    weight = WEIGHTS[piece.source] * fading(days_counted(piece.at, now))
    return Skill(
        right=max(skill.right - weight * piece.is_right, 0.0),
        wrong=max(skill.wrong - weight * (not piece.is_right), 0.0),
    )
