"""What a recognition is, when its result is certain, and which results people look at.

See docs/contracts/tupu.md#answer.
"""

import enum
from collections.abc import Mapping

import msgspec

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.values.integers import integer
from manyeyes.values.text.rules import read_name

FAILED = -1  # the label of a picture that could not be recognised (docs/contracts/tupu.md#answer)
QUARTER_SECONDS = 900
LABELS_AT_MOST = 200
LABEL_DIGITS = 18
LONGEST_LABEL = 60
PEOPLE = "people"  # the recogniser without a model: people decide all
HIGHEST_THRESHOLD = 2.0
LONGEST_REVIEW_SECONDS = 30 * 86_400


class ReviewState(enum.IntEnum):
    """What became of asking a person. OPEN → DECIDED or UNDECIDED, nothing else."""

    OPEN = 0
    DECIDED = 1
    UNDECIDED = 2  # nobody took it in time, or five people failed at it


class Label(msgspec.Struct, frozen=True, array_like=True):
    """``number``: 0 and above are the recogniser's, -1 a failure, below it people's.

    See docs/contracts/tupu.md#human-review-push.
    """

    number: int
    name: str


class Recognition(msgspec.Struct, frozen=True, kw_only=True):
    """A recogniser with its labels under an app (the wire's taskId).

    ``threshold``: at or above it a result is certain. ``queue_id`` 0: nobody looks at uncertain ones.
    ``sample_share``: of the certain ones that a person looks at too. ``review_seconds``: how long a review may wait.
    ``review_url``: where verdicts are pushed to; empty: nowhere. ``price_micros``: of one picture recognised.
    ``terms``: how many people give a verdict; None: as many as the queue says. ``bounds``: the lowest and the highest
    threshold that the customer may choose; empty: the operator alone does.
    """

    task_id: str
    recognition_id: int
    secret_id: str
    name: str
    recogniser: str
    model: str
    labels: tuple[Label, ...]
    threshold: float
    queue_id: int
    sample_share: float
    review_seconds: int
    review_url: str
    price_micros: int
    closed: bool
    terms: PeopleTerms | None = None
    bounds: tuple[float, ...] = ()

    @property
    def names(self) -> dict[int, str]:
        """Return the names of the labels that the recogniser may give, by number, ascending."""
        return {label.number: label.name for label in self.labels if label.number >= 0}


def labels(text: str) -> tuple[Label, ...]:
    """Return the labels in ``0=normal,1=qr code``, ascending.

    Raises ValueError saying what does not fit: a number that is none, is -1 or comes twice, a name that is empty,
    longer than 60 characters, comes twice or cannot be read (values/text/rules.py), no label at 0 or above, more than
    200 labels.
    """
    found = []
    for part in text.split(","):
        written, equals, name = part.partition("=")
        number = integer(written.strip(), LABEL_DIGITS)
        if not equals or number is None:
            raise ValueError(f"{part.strip()!r} is no label; NUMBER=NAME is wanted, such as 0=normal")
        found.append(Label(number, read_name(name, f"name of label {number}", LONGEST_LABEL)))
    _check(found)
    return tuple(sorted(found, key=lambda label: label.number))


def _check(found: list[Label]) -> None:
    numbers, names = [label.number for label in found], [label.name for label in found]
    if len(found) > LABELS_AT_MOST:
        raise ValueError(f"at most {LABELS_AT_MOST} labels are taken")
    if len(set(numbers)) < len(numbers) or len(set(names)) < len(names):
        raise ValueError("every label needs a number and a name of its own")
    if FAILED in numbers:
        raise ValueError("-1 says that a picture could not be recognised; it cannot be a label")
    if max(numbers) < 0:
        raise ValueError("at least one label of 0 or above is wanted")
    if any(abs(number) > 10_000 for number in numbers):
        raise ValueError("label numbers are at most 10000")


def check(recognition: Recognition) -> None:
    """Raise ValueError, saying what is wanted, for a recognition whose terms do not go together."""
    if not 0 <= recognition.threshold <= HIGHEST_THRESHOLD:
        raise ValueError(f"the threshold is from 0 to {HIGHEST_THRESHOLD}; above 1 nothing is certain")
    if not 0 <= recognition.sample_share <= 1:
        raise ValueError("the sample is a share from 0 to 1")
    if recognition.sample_share and not recognition.queue_id:
        raise ValueError("a sample needs a review queue, where people look at it")
    if not 0 < recognition.review_seconds <= LONGEST_REVIEW_SECONDS:
        raise ValueError(f"a review may wait for more than 0 and up to {LONGEST_REVIEW_SECONDS // 3600} hours")
    if recognition.recogniser == PEOPLE and not recognition.queue_id:
        raise ValueError("the recogniser `people` needs a review queue: without one nobody looks at the pictures")
    if recognition.recogniser == PEOPLE and not recognition.threshold:
        raise ValueError("the recogniser `people` has no opinion (rate 0); with a threshold of 0 all would be certain")
    if why := why_out_of_bounds(recognition):
        raise ValueError(why)


def why_out_of_bounds(recognition: Recognition) -> str:
    """Return why a recognition cannot have the bounds and the threshold that it has together; empty when it can."""
    if not recognition.bounds:
        return ""
    if len(recognition.bounds) != 2 or not 0 <= recognition.bounds[0] <= recognition.bounds[1] <= HIGHEST_THRESHOLD:
        return f"the bounds are the lowest and the highest threshold, both from 0 to {HIGHEST_THRESHOLD}"
    lowest, highest = recognition.bounds
    if lowest <= recognition.threshold <= highest:
        return ""
    said = f"the customer may choose from {lowest:g} to {highest:g}, and the threshold is {recognition.threshold:g}"
    return f"{said}: change them together"


def is_certain(rate: float, threshold: float) -> bool:
    """Tell whether a result stands by itself (docs/decisions/0027#certain)."""
    return rate >= threshold


def is_overturned(label: int, rate: float, verdict: int) -> bool:
    """Tell whether a person gave another label than the recogniser, who has an opinion where the rate is above 0."""
    return rate > 0 and verdict != label


def statistic(counts: Mapping[int, int], names: Mapping[int, str]) -> list[int]:
    """Return how many pictures each label got, indexed by label; gaps in the numbers are zeros.

    See docs/contracts/tupu.md#answer.
    """
    return [counts.get(number, 0) for number in range(max(names) + 1)]
