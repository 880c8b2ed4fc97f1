"""What is known of a person as chances: of being right, and of giving each label where another one is true. Pure.

Counts are weights of evidence (rules.py: `Skill`); the prior is added here, wherever they are used, so that nobody is
taken for an oracle or a fool after one answer (docs/decisions/0060).
"""

from collections.abc import Mapping, Sequence

import msgspec

from manyeyes.consensus.rules import Skill

UNKNOWN = Skill()
HALF_LIFE_DAYS = 30.0

# Somebody of whom nothing is known is right in four cases of five, and five answers that proved right or wrong weigh as
# much as this guess. Wrong labels share the wrong one evenly: the prior of the diagonal.
PRIOR_RIGHT, PRIOR_WRONG = 4.0, 1.0

# As if a wrong answer to an open question, a text or a number, were one of ten: people err alike.
OPEN_CHOICES = 10

_SUREST = 1 - 1e-6  # so that no count, however large, makes an answer a fact


def chance_right(skill: Skill, choices: int) -> float:
    """Return how likely an answer of this person is right, where there are ``choices`` (≥ 2); from 1/choices to 1.

    Never less than by guessing: an answer of somebody who errs always is no evidence against what they gave.
    """
    right, wrong = skill.right + PRIOR_RIGHT, skill.wrong + PRIOR_WRONG
    return min(max(right / (right + wrong), 1 / choices), _SUREST)


def confusion_row(skill: Skill, truth: str, labels: Sequence[str]) -> dict[str, float]:
    """Return how likely this person gives each of ``labels`` (≥ 2, ``truth`` one of them) where ``truth`` is right."""
    counts: Mapping[str, float] = skill.confusion.get(truth, {})
    aside = PRIOR_WRONG / (len(labels) - 1)
    row = {label: counts.get(label, 0.0) + (PRIOR_RIGHT if label == truth else aside) for label in labels}
    total = sum(row.values())
    return {label: weight / total for label, weight in row.items()}


def decayed(skill: Skill, days: float) -> Skill:
    """Return what is left of the evidence ``days`` (≥ 0) later: half after `HALF_LIFE_DAYS`."""
    return _times(skill, 0.5 ** (days / HALF_LIFE_DAYS))


def added(skill: Skill, evidence: Skill, weight: float = 1.0) -> Skill:
    """Return the skill with ``evidence`` counted, ``weight`` (≥ 0) as much as it says."""
    more = _times(evidence, weight)
    confusion = {truth: dict(row) for truth, row in skill.confusion.items()}
    for truth, row in more.confusion.items():
        mine = confusion.setdefault(truth, {})
        for label, count in row.items():
            mine[label] = mine.get(label, 0.0) + count
    return Skill(right=skill.right + more.right, wrong=skill.wrong + more.wrong, confusion=confusion)


def seen_right(text: str, truth: str) -> Skill:
    """Return the evidence of one label (or one answer's key: likeness.py) beside the true one."""
    is_right = text == truth
    return Skill(right=float(is_right), wrong=float(not is_right), confusion={truth: {text: 1.0}})


def _times(skill: Skill, factor: float) -> Skill:
    return msgspec.structs.replace(
        skill,
        right=skill.right * factor,
        wrong=skill.wrong * factor,
        confusion={
            truth: {label: count * factor for label, count in row.items()} for truth, row in skill.confusion.items()
        },
    )
