"""An operator makes a queue's training set of its gold, makes it anew, or takes it away (docs/decisions/0065)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from manyeyes.actions.shared.training_sets import answers_to_choose, judged_set
from manyeyes.skills.practice import store as practices
from manyeyes.skills.practice.store import KnownTraining, NewTraining, TrainingPicture
from manyeyes.skills.training import chosen_pictures, training_fault
from manyeyes.trail import store as trail
from manyeyes.trail.rules import change_of
from manyeyes.values.actor import BY_ITSELF, Actor
from manyeyes.values.deeds import Deed
from manyeyes.values.refusals import Reason, Refusal


class SetTraining(msgspec.Struct, frozen=True, kw_only=True):
    """``task_ids``: which gold, or ``items``: how much of it, what was asked least. Neither: the set is taken away."""

    cell: int
    queue_id: int
    task_ids: tuple[int, ...] = ()
    items: int = 0
    is_paid: bool = False
    pass_mark: float = 0.8
    actor: Actor = BY_ITSELF

    def within(self, cell: int) -> "SetTraining":
        """Return the same for another cell."""
        return msgspec.structs.replace(self, cell=cell)

    @property
    def is_none(self) -> bool:
        """Tell whether the queue's set is taken away."""
        return not self.task_ids and self.items == 0


async def set_trainings(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[SetTraining]
) -> list[tuple[int, ...] | Refusal]:
    """Return the pictures of each set, none where it was taken away, or why it is refused.

    Tries that are under way go on with what they began.
    """
    # 1. Load: the gold of the queues.
    cell, ids = commands[0].cell, {c.queue_id for c in commands}
    named: defaultdict[int, set[int]] = defaultdict(set)
    for command in commands:
        if command.task_ids:
            named[command.queue_id].update(command.task_ids)
    gold = await practices.pictures(tx, cell, {queue_id: sorted(task_ids) for queue_id, task_ids in named.items()})
    any_gold = await practices.pictures(tx, cell, {c.queue_id: () for c in commands if c.items and not c.task_ids})
    sets = {queue_id: _kept(each) for queue_id, each in (await practices.trainings(tx, cell, ids)).items()}
    # 2. Decide: the last set of a queue that is not refused stays.
    last: dict[int, NewTraining | None] = {}
    outcomes: list[tuple[int, ...] | Refusal] = []
    entries = []
    for command in commands:
        known = gold if command.task_ids else any_gold
        made = None if command.is_none else _made(command, known.get(command.queue_id, []))
        if not isinstance(made, Refusal):
            last[command.queue_id] = made
            before, after = sets.get(command.queue_id), _kept(made) if made else None
            entries.append(change_of(command.actor, Deed.TRAINING_SET, f"queue:{command.queue_id}", before, after))
            sets[command.queue_id] = after
        outcomes.append(made if isinstance(made, Refusal) else made.task_ids if made else ())
    # 3. Save.
    await practices.set_trainings(tx, now, cell, [made for made in last.values() if made is not None])
    await practices.clear_trainings(tx, cell, sorted(queue_id for queue_id, made in last.items() if made is None))
    await trail.record(tx, now, cell, entries)
    return outcomes


def _kept(made: NewTraining | KnownTraining) -> dict[str, object] | None:
    return {"task_ids": made.task_ids, "is_paid": made.is_paid, "pass_mark": made.pass_mark}


def _made(command: SetTraining, gold: Sequence[TrainingPicture]) -> NewTraining | Refusal:
    by_id = {each.task_id: each for each in gold}
    task_ids = tuple(dict.fromkeys(command.task_ids)) or tuple(chosen_pictures(_groups(gold), max(command.items, 0)))
    missing = [task_id for task_id in task_ids if task_id not in by_id]
    if missing:
        listed = ", ".join(map(str, missing))
        return Refusal(Reason.UNREADABLE, f"what is right of these tasks is not known in this queue: {listed}")
    if len(task_ids) < command.items:
        return Refusal(
            Reason.UNREADABLE,
            f"the queue has {len(task_ids)} pictures whose right answer is known, not {command.items}",
        )
    chosen = [by_id[task_id] for task_id in task_ids]
    fault = training_fault(judged_set(chosen, is_paid=command.is_paid, pass_mark=command.pass_mark))
    if fault:
        return Refusal(Reason.UNREADABLE, fault)
    return NewTraining(command.queue_id, task_ids, command.is_paid, command.pass_mark)


def _groups(gold: Sequence[TrainingPicture]) -> list[list[int]]:
    """Return the pictures in a group for each truth where one chooses it, else in one, what was asked least first."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for each in gold:
        groups[each.answer if answers_to_choose(each) else ""].append(each.task_id)
    return [groups[key] for key in sorted(groups)]
