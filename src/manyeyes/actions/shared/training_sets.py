"""How a training set is judged by its pictures: among what one chooses, and what is right of most (decision 0072)."""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import asyncpg

from manyeyes.consensus.rules import Shape, ShapeKind
from manyeyes.skills.practice import store as practices
from manyeyes.skills.practice.store import KnownTraining, TrainingPicture
from manyeyes.skills.training import TrainingSet, training_fault
from manyeyes.tasks.options import picture_options
from manyeyes.tasks.shapes import shape_of


def judged_set(pictures: Sequence[TrainingPicture], *, is_paid: bool, pass_mark: float) -> TrainingSet:
    """Return a set of these pictures as its rule judges it: where they differ, as one guesses most easily."""
    choices = {each.task_id: answers_to_choose(each) for each in pictures}
    truths = Counter(each.answer for each in pictures if choices[each.task_id])
    return TrainingSet(
        pictures=len(pictures),
        is_paid=is_paid,
        pass_mark=pass_mark,
        options=min((count for count in choices.values() if count), default=None),
        commonest=max(truths.values(), default=0),
    )


async def worn_out(tx: asyncpg.Connection, cell: int, sets: Collection[KnownTraining]) -> Mapping[int, str]:
    """Return, by queue, why sets are offered no more: pictures of them went, and who guesses would pass what is left.

    A set of which nothing went is offered as it was saved, whatever the rule was then.
    """
    worn = {each.queue_id: each for each in sets if len(each.task_ids) < each.saved}
    found = await practices.pictures(tx, cell, {queue_id: each.task_ids for queue_id, each in worn.items()})
    faults = {}
    for queue_id, each in worn.items():
        left = judged_set(found.get(queue_id, []), is_paid=each.is_paid, pass_mark=each.pass_mark)
        fault = training_fault(left)
        if fault:
            faults[queue_id] = f"{each.saved - len(each.task_ids)} of its {each.saved} pictures are gone; {fault}"
    return faults


def answers_to_choose(picture: TrainingPicture) -> int:
    """Return among how many answers one chooses; 0 where a part of the answer is typed."""
    return _choices(shape_of(picture_options(picture.kind, picture.options)))


def _choices(shape: Shape) -> int:
    if shape.kind is ShapeKind.FIELDS:
        return math.prod(_choices(field) for field in shape.fields.values())
    return len(shape.labels)
