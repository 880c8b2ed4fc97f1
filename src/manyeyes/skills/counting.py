"""What a person's row of skill becomes by evidence, one piece after the other, and what a floor makes of it. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from manyeyes.consensus.rules import Skill
from manyeyes.consensus.skills import decayed
from manyeyes.skills.floor import FloorRule, FloorStanding, chance_of, standing
from manyeyes.skills.rules import AppealSpan, Evidence, EvidenceSource, days_counted, fading, skill_of, with_evidence

BELOW_FLOOR, ONE_LABEL = "floor", "label"


class CheckedAnswer(Evidence, frozen=True, kw_only=True):
    """Evidence as it is kept; ``labels``: among how many one chose, 0 where the answer is typed."""

    queue_id: int
    worker_id: int
    labels: int


class SkillRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `skill`. ``answered``: pieces of evidence that were counted; ``since``: where the floor's bet begins.

    ``barred_why``: `BELOW_FLOOR`, or `ONE_LABEL` and the label's key. ``is_to_replace``: what they gave and is not
    decided is to be asked of others.
    """

    queue_id: int
    worker_id: int
    right_weight: float = 0.0
    wrong_weight: float = 0.0
    confusion: dict[str, dict[str, float]] = {}
    as_of: datetime
    answered: int = 0
    gold_asked: int = 0
    gold_wrong: int = 0
    suspicion: float = 0.0
    since: datetime | None = None
    barred_at: datetime | None = None
    barred_why: str = ""
    is_to_replace: bool = False
    appealed_at: datetime | None = None
    appeal_words: str = ""
    appeal_decided_at: datetime | None = None
    appeal_accepted: bool | None = None
    appeal_answer: str = ""

    @property
    def key(self) -> tuple[int, int]:
        """Return whose it is, and where: (queue, worker)."""
        return self.queue_id, self.worker_id

    @property
    def appeals(self) -> list[AppealSpan]:
        """Return the time in which the last appeal was open, if there was one."""
        return [AppealSpan(self.appealed_at, self.appeal_decided_at)] if self.appealed_at else []

    @property
    def is_appealing(self) -> bool:
        """Tell whether an appeal waits for the operator."""
        return self.appealed_at is not None and self.appeal_decided_at is None

    def skill(self, now: datetime) -> Skill:
        """Return what is left of it ``now``."""
        kept = Skill(right=self.right_weight, wrong=self.wrong_weight, confusion=self.confusion)
        return decayed(kept, days_counted(self.as_of, now, self.appeals))

    def with_skill(self, skill: Skill, now: datetime) -> "SkillRow":
        """Return the row with this skill as of ``now``."""
        confusion = {truth: dict(row) for truth, row in skill.confusion.items()}
        replace = msgspec.structs.replace
        return replace(self, right_weight=skill.right, wrong_weight=skill.wrong, confusion=confusion, as_of=now)


def counted(row: SkillRow, pieces: Iterable[CheckedAnswer], now: datetime) -> SkillRow:
    """Return the row with new evidence counted, each piece faded since it came."""
    skill, found = row.skill(now), list(pieces)
    for piece in found:
        share = fading(days_counted(piece.at, now, row.appeals))
        skill = with_evidence(skill, piece, labels_of([piece]), share)
    gold = [piece.is_right for piece in found if piece.source is EvidenceSource.GOLD]
    return msgspec.structs.replace(
        row.with_skill(skill, now),
        answered=row.answered + len(found),
        gold_asked=row.gold_asked + len(gold),
        gold_wrong=row.gold_wrong + gold.count(False),
    )


def counted_anew(row: SkillRow, evidence: Sequence[CheckedAnswer], now: datetime) -> SkillRow:
    """Return the row counted from all evidence that counts, since some of it counts no more."""
    gold = [piece.is_right for piece in evidence if piece.source is EvidenceSource.GOLD]
    skill = skill_of(evidence, now, row.appeals, labels_of(evidence))
    return msgspec.structs.replace(
        row.with_skill(skill, now),
        answered=len(evidence),
        gold_asked=len(gold),
        gold_wrong=gold.count(False),
    )


def labels_of(pieces: Iterable[CheckedAnswer]) -> set[str]:
    """Return the keys that are labels: confusions are counted only between them."""
    return {key for piece in pieces if piece.labels for key in (piece.truth, piece.given)}


def floor_standing(row: SkillRow, evidence: Sequence[CheckedAnswer], rule: FloorRule) -> FloorStanding | None:
    """Return where somebody stands; None where the floor says nothing, since guessing reaches it.

    ``rule``: the queue's; among how many labels they choose is told by their evidence.
    """
    looked_at = [piece for piece in evidence if row.since is None or piece.at > row.since]
    options = max((piece.labels for piece in looked_at), default=0) or None
    if rule.floor <= chance_of(options):
        return None
    return standing(looked_at, msgspec.structs.replace(rule, options=options))


def after_floor(row: SkillRow, evidence: Sequence[CheckedAnswer], rule: FloorRule, now: datetime) -> SkillRow:
    """Return the row with the suspicion and the bar that the queue's floor asks for.

    Who is barred stays so until somebody lifts it, or what it stood on was put aside; an appeal that waits is then
    granted by that, so that what is known of them fades again.
    """
    found = floor_standing(row, evidence, rule)
    if found is None:
        return row
    row = msgspec.structs.replace(row, suspicion=found.suspicion)
    if found.is_below and row.barred_at is None:
        why = f"{ONE_LABEL} {found.one_label}" if found.one_label else BELOW_FLOOR
        return msgspec.structs.replace(row, barred_at=now, barred_why=why, is_to_replace=True)
    if not found.is_below and row.barred_at is not None:
        freed = msgspec.structs.replace(row, barred_at=None, barred_why="", is_to_replace=False)
        return decided(freed, now, is_accepted=True, answer="") if freed.is_appealing else freed
    return row


def lifted(row: SkillRow, now: datetime, answer: str = "") -> SkillRow:
    """Return the row of somebody who gets the queue again: they begin anew before its floor, and their skill stays.

    An appeal that waits is accepted by that; ``answer``: what they are told.
    """
    row = msgspec.structs.replace(
        decided(row, now, is_accepted=True, answer=answer), barred_at=None, barred_why="", is_to_replace=False
    )
    return msgspec.structs.replace(row, since=now, suspicion=1.0)


def decided(row: SkillRow, now: datetime, *, is_accepted: bool, answer: str) -> SkillRow:
    """Return the row with the appeal that waits decided, if one does; what fades has faded until ``now``."""
    row = row.with_skill(row.skill(now), now)
    if not row.is_appealing:
        return row
    return msgspec.structs.replace(row, appeal_decided_at=now, appeal_accepted=is_accepted, appeal_answer=answer)
