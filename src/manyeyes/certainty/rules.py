"""What reviewers are asked about results, and which results are drawn by lot (docs/decisions/0055, 0061)."""

import enum
import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import msgspec

from manyeyes.values.lease_time import Renewable

SPARE_JUDGEMENTS = 8  # looked at beyond one for each reviewer, since some may be none for them
JUDGEMENT_SECONDS = 180  # how long a reviewer may look at one; a form of many fields takes longer than a vote


class JudgementPurpose(enum.IntEnum):
    """Why a reviewer is asked; they are not told, and see the same screen."""

    ADJUDICATION = 0  # people do not settle it
    AUDIT = 1  # a result that stands, drawn by lot


class JudgementState(enum.IntEnum):
    """open → leased → decided; leased → open; open or leased → closed.

    leased → aside → decided: it can be taken back. open → ahead → leased: it lies behind what its reviewer looks at
    (docs/decisions/0081).
    """

    OPEN = 0
    LEASED = 1
    DECIDED = 2
    CLOSED = 3  # nobody decided in time, or nobody needs it any more
    ASIDE = 4
    AHEAD = 5


class Judgement(Renewable, msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer is asked to decide. ``proposal``: the result, or the best there is; ``score``: of it.

    ``value``: what they decided; None: it cannot be judged, or is not decided. ``target``: the promise that it was
    drawn by lot for, None when it was not. ``stops``: JSON, as `Lot` says. ``round``: the proving that counted it.
    """

    task_id: int
    purpose: JudgementPurpose
    account_id: int
    queue_id: int
    question_id: int
    state: JudgementState
    reviewer_id: int
    lease: int
    lease_until: datetime | None
    passed_by: tuple[int, ...]
    proposal: str
    score: float
    value: str | None
    is_right: bool | None
    pay_micros: int
    is_accepted: bool
    target: float | None
    until: float
    stops: str
    round: int
    filed_at: datetime  # when its result was accepted, or could not be
    shown_at: datetime | None = None  # of a leased one: since when it lies before its reviewer
    settles_at: datetime | None = None  # of one that is aside: until when it can be taken back
    marks: int = 0  # its task's, and its queue's as they are now
    looked_marks: int = 0  # those of which the look at it is counted: what came to it while it was seen is not

    LEASE_SECONDS = JUDGEMENT_SECONDS

    def renewed(self, now: datetime) -> "Judgement":
        """Return the leased one with its lease renewed."""
        return msgspec.structs.replace(self, lease_until=self.end_if_renewed(now))

    @property
    def seen_by(self) -> int:
        """Return before whom it lies."""
        return self.reviewer_id

    @property
    def seen_since(self) -> datetime | None:
        """Return since when it lies there."""
        return self.shown_at

    @property
    def key(self) -> tuple[int, int]:
        """Return what tells it from others of its cell."""
        return self.task_id, self.purpose

    @property
    def scope(self) -> tuple[int, int, int, float] | None:
        """Return whose promise it is an audit of: (account, queue, question, target); None when it was not drawn."""
        if self.target is None:
            return None
        return self.account_id, self.queue_id, self.question_id, round(self.target, 4)


def is_drawn(seed: bytes, task_id: int, share: float) -> bool:
    """Tell whether a result is drawn by lot, with this share; ``seed`` is chance's, so nobody can tell beforehand.

    Without a seed nothing is drawn.
    """
    if not seed:
        return False
    lot = hashlib.blake2b(task_id.to_bytes(8), digest_size=8, key=seed).digest()
    return int.from_bytes(lot) < share * 2**64


def blind(values: Iterable[str], shown_as: tuple[int, int, int]) -> list[str]:
    """Return different answers in an order that says nothing of who gave them, how many, or which was accepted.

    It is drawn from what they say and from ``shown_as`` (task, lease, reviewer), so a page shows it alike twice.
    """
    salt = b"-".join(str(number).encode() for number in shown_as)
    return sorted(set(values), key=lambda value: hashlib.blake2b(value.encode(), digest_size=8, key=salt).digest())


def assign(
    waiting: Iterable[Judgement], reviewers: Mapping[int, Collection[int]], answered: Collection[tuple[int, int]]
) -> list[tuple[Judgement, int]]:
    """Give each reviewer the first judgement that fits them: of their queues, not passed on, no answer of theirs in it.

    ``waiting``: open ones, the oldest first; ``reviewers``: the queues that each may judge; ``answered``: (task,
    worker) of all who answered one of these tasks.
    """
    given: list[tuple[Judgement, int]] = []
    free = dict(reviewers)
    for judgement in waiting:
        fitting = (
            reviewer
            for reviewer, queues in free.items()
            if judgement.queue_id in queues
            and reviewer not in judgement.passed_by
            and (judgement.task_id, reviewer) not in answered
        )
        reviewer = next(fitting, None)
        if reviewer is not None:
            given.append((judgement, reviewer))
            del free[reviewer]
    return given
