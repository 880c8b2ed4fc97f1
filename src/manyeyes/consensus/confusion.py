"""How likely each label is by what every person takes for what: Dawid and Skene 1979, with a diagonal prior. Pure.

Between two nights the counts are those of each person's `Skill`; the labels' own shares are those among what is known.
"""

import math
from collections.abc import Mapping, Sequence

from manyeyes.consensus.likeness import Alike
from manyeyes.consensus.one_coin import Weighed, shares
from manyeyes.consensus.rules import Shape, Skill
from manyeyes.consensus.skills import UNKNOWN, confusion_row


def dawid_skene(shape: Shape, groups: Sequence[Alike], skills: Mapping[int, Skill]) -> Weighed:
    """Return for each group how likely its label is right; labels that nobody gave take their part of the chances."""
    seen = [group.value for group in groups]
    labels = seen + [label for label in shape.labels if label not in seen]
    if len(labels) == 1:
        labels.append("")  # a question has two answers at least; this one is never given
    known = {given.worker_id: skills.get(given.worker_id, UNKNOWN) for group in groups for given in group.given}
    logs = _shares_of_labels(labels, known)
    for place, truth in enumerate(labels):
        rows = {worker: confusion_row(skill, truth, labels) for worker, skill in known.items()}
        logs[place] += math.fsum(
            math.log(rows[given.worker_id][group.value]) for group in groups for given in group.given
        )
    chances = shares(logs)[: len(groups)]
    return Weighed(logs[: len(groups)], chances)


def _shares_of_labels(labels: Sequence[str], skills: Mapping[int, Skill]) -> list[float]:
    """Return the logarithm of each label's share among what is known of these people, one more of each."""
    counts = [
        1 + math.fsum(sum(skill.confusion.get(label, {}).values()) for skill in skills.values()) for label in labels
    ]
    total = math.fsum(counts)
    return [math.log(count / total) for count in counts]
