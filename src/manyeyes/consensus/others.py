"""What the others' answers say of each person's: evidence for skills, never from one's own vote. Pure.

So skills are counted between two nights (docs/decisions/0060). Nobody is measured by themself: who answered alone, or a
form's field, gets no evidence from it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from manyeyes.consensus.likeness import Alike, groups
from manyeyes.consensus.one_coin import choices
from manyeyes.consensus.parts import YES_OR_NO, fields_given, labels_given
from manyeyes.consensus.rules import Given, Method, Shape, ShapeKind, Skill
from manyeyes.consensus.skills import UNKNOWN, added
from manyeyes.consensus.verdicts import weighed_by

_NOTHING = 1e-3  # chances below are not written down


def judged_by_others(
    shape: Shape, given: Sequence[Given], skills: Mapping[int, Skill], method: Method
) -> dict[int, Skill]:
    """Return by worker the evidence that the others' answers are of theirs: one answer's weight at most, or nothing.

    The less the others are sure, the less it weighs: what they say, mixed with chance, tells of a person's share right
    in proportion to the square of what is no chance in it (its Fisher information); else good people would seem worse
    than they are. A form's fields and a question's labels share that weight; confusions are of single labels. Raises
    ValueError for texts that are not of the shape.
    """
    if shape.kind is ShapeKind.FIELDS:
        fields = fields_given(shape, given)
        return _mean(
            (judged_by_others(shape.fields[name], each, skills, method) for name, each in fields.items()), len(fields)
        )
    if shape.kind is ShapeKind.LABELS:
        labels = labels_given(shape, given)
        return _mean((_judged(YES_OR_NO, each, skills, Method.ONE_COIN) for each in labels.values()), len(labels))
    return _judged(shape, given, skills, method)


def _judged(shape: Shape, given: Sequence[Given], skills: Mapping[int, Skill], method: Method) -> dict[int, Skill]:
    if len(given) < 2:
        return {}
    alike = groups(shape, given)
    return {
        person.worker_id: _evidence(shape, alike, group.value, person.worker_id, skills, method)
        for group in alike
        for person in group.given
    }


def _evidence(
    shape: Shape, alike: Sequence[Alike], mine: str, worker: int, skills: Mapping[int, Skill], method: Method
) -> Skill:
    others = [Alike(group.value, tuple(each for each in group.given if each.worker_id != worker)) for group in alike]
    others = [group for group in others if group.given]
    chances = weighed_by(shape, others, skills, method).chances
    by_value = dict(zip((group.value for group in others), chances, strict=True))
    among = choices(shape, len(alike))
    right = by_value.get(mine, max(1 - math.fsum(chances), 0.0) / max(among - len(others), 1))
    truths = {**by_value, mine: right} if shape.kind is ShapeKind.LABEL else {}
    confusion = {truth: {mine: chance} for truth, chance in truths.items() if chance >= _NOTHING}
    told = max((max(chances) * among - 1) / (among - 1), 0.0) ** 2
    return added(UNKNOWN, Skill(right=right, wrong=1 - right, confusion=confusion), told)


def _mean(parts: Iterable[Mapping[int, Skill]], number: int) -> dict[int, Skill]:
    """Return each worker's evidence of ``number`` parts, which weigh as one answer together; no confusions."""
    total: dict[int, Skill] = {}
    for part in parts:
        for worker, evidence in part.items():
            plain = Skill(right=evidence.right, wrong=evidence.wrong)
            total[worker] = added(total.get(worker, UNKNOWN), plain, 1 / number)
    return total
