"""What is known of a person in one queue, and where it comes from (docs/decisions/0057).

Evidence is kept as it came, each piece with its reason; everything here is worked out from it. A share, a weight or a
skill never belongs to a person alone: always to a person in a queue.
"""

import enum
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from manyeyes.consensus.rules import Skill
from manyeyes.consensus.skills import HALF_LIFE_DAYS

_DAY = timedelta(days=1)


class EvidenceSource(enum.StrEnum):
    """Where it is known from whether an answer was right; the surest first."""

    GOLD = "gold"  # the right answer was known before
    VERDICT = "verdict"  # reviewers said what is right: an audit, a judgement; a complaint says only what is not
    PEERS = "peers"  # what the others gave who were asked the same


WEIGHTS: Mapping[EvidenceSource, float] = {
    EvidenceSource.GOLD: 1.0,
    EvidenceSource.VERDICT: 0.7,
    EvidenceSource.PEERS: 0.2,
}


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One answer of a person that was checked, as they are shown it: what was right, what they gave, who says so.

    ``truth`` and ``given`` are keys under which answers are alike (consensus/likeness.py). ``is_unanimous``: of peers,
    all of them said so.
    """

    task_id: int
    source: EvidenceSource
    at: datetime
    truth: str
    given: str
    is_unanimous: bool = False

    @property
    def is_right(self) -> bool:
        """Tell whether the answer was the right one."""
        return self.truth == self.given


class AppealSpan(msgspec.Struct, frozen=True):
    """A time in which an appeal of the person was open; ``until`` None: it still is."""

    since: datetime
    until: datetime | None = None


class PeersView(msgspec.Struct, frozen=True):
    """What the others say who were asked the same: the key of their one answer, and whether all of them gave it."""

    truth: str
    is_unanimous: bool


def days_counted(at: datetime, now: datetime, appeals: Iterable[AppealSpan] = ()) -> float:
    """Return the days from ``at`` to ``now`` in which no appeal was open; 0 for what lies ahead.

    While an appeal is open nothing fades and nothing gains weight by the fading of the rest (docs/decisions/0057).
    """
    counted, reached = timedelta(0), at
    for appeal in sorted(appeals, key=lambda span: span.since):
        begin, end = max(appeal.since, reached), min(appeal.until or now, now)
        if end <= begin:
            continue
        counted += begin - reached
        reached = end
    counted += max(now - reached, timedelta(0))
    return counted / _DAY


def fading(days: float) -> float:
    """Return the share of its weight that evidence has after so many days: half of it after 30."""
    return math.exp2(-max(days, 0.0) / HALF_LIFE_DAYS)


def with_evidence(skill: Skill, piece: Evidence, labels: Collection[str] = (), share: float = 1.0) -> Skill:
    """Return the skill with one more piece of evidence, of which a ``share`` of the weight is left.

    ``labels``: those of the queue, as keys; only between them confusions are counted.
    """
    weight = WEIGHTS[piece.source] * share
    confusion = skill.confusion
    if piece.truth in labels and piece.given in labels:
        row = dict(confusion.get(piece.truth, {}))
        row[piece.given] = row.get(piece.given, 0.0) + weight
        confusion = {**confusion, piece.truth: row}
    return Skill(
        right=skill.right + weight * piece.is_right,
        wrong=skill.wrong + weight * (not piece.is_right),
        confusion=confusion,
    )


def skill_of(
    evidence: Iterable[Evidence], now: datetime, appeals: Sequence[AppealSpan] = (), labels: Collection[str] = ()
) -> Skill:
    """Return what is known of a person at ``now`` from all their evidence in the queue.

    It is the same whether pieces are added one by one and decayed between (consensus/skills.py), or all at once.
    """
    skill = Skill()
    for piece in evidence:
        skill = with_evidence(skill, piece, labels, fading(days_counted(piece.at, now, appeals)))
    return skill


def views_of_others(keys: Mapping[int, str]) -> dict[int, PeersView]:
    """Return for each worker what the *others* said, by the answers' keys of one task; never with their own vote.

    Of one other person, or of others who disagree half and half, nothing follows: such workers are left out.
    """
    votes = Counter(keys.values())
    views: dict[int, PeersView] = {}
    for worker_id, own in keys.items():
        others = votes - Counter((own,))
        ahead = others.most_common(2)
        total = sum(others.values())
        if total < 2 or (len(ahead) == 2 and ahead[0][1] == ahead[1][1]):
            continue
        views[worker_id] = PeersView(ahead[0][0], ahead[0][1] == total)
    return views


LEAST_PEERS = 3  # asked at once, oneself among them: of one other person's answer nothing follows


def views_of_peers(keys: Mapping[int, str], at_once: Collection[int]) -> dict[int, PeersView]:
    """Return what of the others' word is evidence: that of those who were asked at once, three at least.

    Who is asked later is asked because people differ, so that only what is wrong would be counted
    (docs/decisions/0062). ``keys``: of all answers to one task, by worker.
    """
    first = {worker_id: key for worker_id, key in keys.items() if worker_id in at_once}
    return views_of_others(first) if len(first) >= LEAST_PEERS else {}


# Gold that is wrong itself.

GOOD_SHARE = 0.8  # of their weight, in all that this gold did not bring
GOOD_WEIGHT = 5.0  # so much of it at the least
AGAINST_GOLD = 3


class GoldAnswer(msgspec.Struct, frozen=True):
    """What somebody gave for a gold item, as a key, and what is known of them from everything but that item."""

    given: str
    elsewhere: Skill


def is_good(skill: Skill) -> bool:
    """Tell whether somebody is known to be right: enough was checked, and four in five of it was right."""
    known = skill.right + skill.wrong
    return known >= GOOD_WEIGHT and skill.right >= GOOD_SHARE * known


def truth_against_gold(truth: str, answers: Iterable[GoldAnswer]) -> str | None:
    """Return the answer that good workers give instead of a gold item's truth; None while the gold stands.

    It falls when at least three of them gave the same other answer, and at least twice as many as gave its truth. It is
    then put aside until a reviewer has looked, and what it said of anybody no longer counts (`without_gold`).
    """
    votes = Counter(answer.given for answer in answers if is_good(answer.elsewhere))
    against = [(count, key) for key, count in votes.items() if key != truth]
    most, key = max(against, default=(0, ""))
    return key if most >= max(AGAINST_GOLD, 2 * votes[truth]) else None


def without_gold(evidence: Iterable[Evidence], put_aside: Collection[int]) -> list[Evidence]:
    """Return the evidence without what came from the gold tasks that were put aside, in its order."""
    return [e for e in evidence if not (e.source is EvidenceSource.GOLD and e.task_id in put_aside)]
