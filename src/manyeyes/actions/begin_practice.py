"""Workers below a queue's floor begin its training set, or go on with it: they come online by that (decision 0065)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.practice_desks import go_on
from manyeyes.actions.shared.training_sets import worn_out
from manyeyes.actions.shared.worker_desks import load_desks
from manyeyes.skills.practice import store as practices
from manyeyes.skills.practice.store import KnownTraining, Tried
from manyeyes.skills.training import MOST_TRIES, Practice, may_practise
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers import practising
from manyeyes.workers.practising import PracticePresence


class BeginPractice(msgspec.Struct, frozen=True):
    """The queue and the languages are checked already (workers/rules.py, `queues_for`)."""

    cell: int
    worker_id: int
    node_id: int
    queue_id: int
    languages: tuple[str, ...]


async def begin_practice(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[BeginPractice]
) -> list[Practice | Refusal]:
    """Return each worker's try: the one that is open, else a new one under the terms that the set has now.

    Refused: who is not below the floor, a queue without a set, a fourth try. The first picture is laid on the desk;
    each answer lays the next one.
    """
    # 1. Load: who is below the floor, their presences and desks, their tries, locked; the sets and what is right.
    cell = commands[0].cell
    barred = await practices.barred(tx, cell, {(c.queue_id, c.worker_id) for c in commands})
    theirs = [c for c in commands if (c.queue_id, c.worker_id) in barred]
    if not theirs:
        return [_NOT_BELOW for _ in commands]
    await practising.open_sessions(tx, now, cell, [c.worker_id for c in theirs])
    desks = await load_desks(tx, cell, [c.worker_id for c in theirs])
    known = await practices.lock_practices(tx, cell, {c.worker_id for c in theirs})
    sets = await practices.trainings(tx, cell, {c.queue_id for c in theirs})
    worn = await worn_out(tx, cell, sets.values())
    offered = {queue_id: training for queue_id, training in sets.items() if queue_id not in worn}
    asked = [each.left_ids for each in known.values()] + [each.task_ids for each in offered.values()]
    right = await practices.right_answers(tx, cell, {task_id for task_ids in asked for task_id in task_ids})
    # 2. Decide: which try each goes on with. Of one worker's several the first is laid, the last is theirs from now on.
    outcomes = [_begun(c, known, offered, right, now) if c in theirs else _NOT_BELOW for c in commands]
    begun = [c for c, outcome in zip(commands, outcomes, strict=True) if isinstance(outcome, Practice)]
    kept = {key: known[key].only(right).settled(now) for c in begun for key in [(c.worker_id, c.queue_id)]}
    tries = {key: msgspec.structs.replace(each, is_on=False) for key, each in kept.items()}
    first: dict[int, int] = {}
    for worker_id, queue_id in tries:
        if tries[worker_id, queue_id].ended_at is None:
            first.setdefault(worker_id, queue_id)
    # 3. Save: presences, tries, the first picture.
    await practising.begin_practising(tx, now, cell, _presences(begun))
    laying = {key: msgspec.structs.replace(known[key], is_on=first.get(key[0]) == key[1]) for key in tries}
    await go_on(tx, now, cell, desks, [c.worker_id for c in begun], known=laying, right=right)
    return [
        outcome if isinstance(outcome, Refusal) else tries[c.worker_id, c.queue_id]
        for c, outcome in zip(commands, outcomes, strict=True)
    ]


def _presences(begun: Sequence[BeginPractice]) -> list[PracticePresence]:
    """Return how each of the workers is there now: where they last asked from, in the languages of the first time."""
    languages: dict[int, tuple[str, ...]] = {}
    for each in begun:
        languages.setdefault(each.worker_id, each.languages)
    last = {each.worker_id: each for each in begun}
    return [PracticePresence(w, last[w].node_id, last[w].queue_id, languages[w]) for w in sorted(last)]


def _begun(
    command: BeginPractice,
    known: dict[Tried, Practice],
    sets: Mapping[int, KnownTraining],
    right: Mapping[int, str],
    now: datetime,
) -> Practice | Refusal:
    key = command.worker_id, command.queue_id
    before, training = known.get(key), sets.get(command.queue_id)
    left = before.only(right).settled(now) if before is not None else None
    if before is not None and left is not None and before.is_open and (left.ended_at is None or left.is_passed):
        return before
    if training is None:
        return Refusal(Reason.NO_TRAINING, "this queue has no training set")
    tries = left.tries if left is not None else 0
    if not may_practise(tries):
        return Refusal(
            Reason.TRIED_ENOUGH,
            f"you have practised {MOST_TRIES} times; the operator decides whether you get this queue",
        )
    known[key] = Practice(
        worker_id=command.worker_id,
        queue_id=command.queue_id,
        tries=tries + 1,
        left_ids=training.task_ids,
        is_paid=training.is_paid,
        pass_mark=training.pass_mark,
        pay_micros=training.pay_micros,
        lease_seconds=training.lease_seconds,
        begun_at=now,
    )
    return known[key]


_NOT_BELOW = Refusal(Reason.NOT_BELOW_FLOOR, "you are not below this queue's floor: there is nothing to practise")
