"""When a complaint counts, who may judge it and when it is decided (docs/contracts/anticaptcha.md#reports)."""

import enum
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from manyeyes.values.lease_time import Renewable
from manyeyes.values.refusals import Reason, Refusal

REPORT_SECONDS = 60  # docs/contracts/anticaptcha.md#reports: within 60 s of the end
REVIEWERS = 3  # docs/contracts/anticaptcha.md#complaints
VOTES_TO_DECIDE = 2  # two equal votes are a verdict
SPARE_SLOTS = 8  # looked at beyond three for each reviewer, since some may be none for them
SLOT_SECONDS = 60  # how long a reviewer may look at one complaint
FEWEST_VOTES, FEWEST_AGAINST = 20, 3  # a reviewer with fewer votes, or fewer against the verdict, is not compared yet
OUTLIER_DEVIATIONS = 3
TWO_SIDED_95 = 1.959964  # standard deviations on either side that hold 95 % of a normal distribution
FEWEST_JUDGED = 10  # docs/decisions/0025#ratio: it applies from the tenth judged complaint on
REFUSED_KEPT_DAYS = 30
UNKNOWN_TASKS_KEPT = 100  # refused reports of tasks that the account never had: so many are kept one by one
LONGEST_REASON = 500
LONGEST_APPEAL = 2_000
WHY_IGNORED = "confirmed_too_seldom"  # the 50 % ratio
WHY_OVERDUE = "undecided"  # reviewers left it undecided for too long
WHY_OUTLIER = "incorrect_too_often"  # the statistical guard over token reports (abuse_guard.py)
WHYS: dict[str, str] = {
    Reason.UNKNOWN_TASK: "the account has no such task",
    Reason.TASK_UNFINISHED: "the task was not finished",
    Reason.TASK_FAILED: "the task ended without an answer",
    Reason.REPORT_LATE: f"the report came {REPORT_SECONDS} s or more after the task was finished",
    Reason.REPORT_REPEATED: "the task was reported before",
    Reason.REPORT_WRONG_KIND: "this kind of task cannot be reported so",
    Reason.REPORT_NOT_ACCEPTED: "the task's queue accepts no complaints",
    WHY_IGNORED: f"less than half of the {FEWEST_JUDGED} or more complaints that reviewers judged were confirmed",
    WHY_OVERDUE: "reviewers did not decide in time, so it counts as confirmed",
    WHY_OUTLIER: "the account reports far more tokens as incorrect than others do, so for three days that is ignored",
}


class ReportKind(enum.IntEnum):
    """A customer's word on a solution; the token kinds are judged by statistics, not by people."""

    IMAGE_INCORRECT = 0
    TOKEN_INCORRECT = 1
    TOKEN_CORRECT = 2


class ReportState(enum.IntEnum):
    """OPEN → CONFIRMED or REJECTED. IGNORED and COUNTED are final from the start: nobody is asked."""

    OPEN = 0
    CONFIRMED = 1
    REJECTED = 2
    IGNORED = 3
    COUNTED = 4


class SlotState(enum.IntEnum):
    """OPEN → LEASED → VOTED; a lapsed lease opens it again; a verdict closes what is not voted.

    LEASED → ASIDE → VOTED: a vote that can be taken back. OPEN → AHEAD → LEASED: it lies behind what its reviewer looks
    at (docs/decisions/0081).
    """

    OPEN = 0
    LEASED = 1
    VOTED = 2
    CLOSED = 3
    ASIDE = 4
    AHEAD = 5


class Vote(enum.StrEnum):
    """A reviewer's judgement of the complaint: the answer is wrong, or it is not."""

    CONFIRM = "confirm"
    REJECT = "reject"


class Reported(msgspec.Struct, frozen=True):
    """What a complaint's checks need of a task; ``ended_at`` None: not finished.

    ``accepts_complaints``: its queue's term; no token has one.
    """

    account_id: int
    is_picture: bool
    accepts_complaints: bool
    ended_at: datetime | None
    is_solved: bool


class Slot(Renewable, msgspec.Struct, frozen=True, kw_only=True):
    """One of a complaint's three judgements. ``lease`` fences off earlier holders.

    ``author_id`` gave the answer (0: several did).
    """

    task_id: int
    n: int
    state: SlotState
    author_id: int
    queue_id: int
    reviewer_id: int
    lease: int
    lease_until: datetime | None
    vote: Vote | None
    reason: str
    pay_micros: int
    shown_at: datetime | None = None  # of a leased one: since when it lies before its reviewer
    settles_at: datetime | None = None  # of one that is aside: until when it can be taken back
    marks: int = 0  # its task's, and its queue's as they are now
    looked_marks: int = 0  # those of which the look at it is counted: what came to it while it was seen is not

    LEASE_SECONDS = SLOT_SECONDS

    def renewed(self, now: datetime) -> "Slot":
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


def check_report(task: Reported | None, account_id: int, *, is_repeated: bool, now: datetime) -> Refusal | None:
    """Return why a report is refused whatever it is about, the first reason in order; None when nothing is.

    ``is_repeated``: the task has a report already, by whatever method. The wire has one code for all of them (16).
    """
    if task is None or task.account_id != account_id:
        return Refusal(Reason.UNKNOWN_TASK, WHYS[Reason.UNKNOWN_TASK])
    if task.ended_at is None:
        return Refusal(Reason.TASK_UNFINISHED, WHYS[Reason.TASK_UNFINISHED])
    if not task.is_solved:
        return Refusal(Reason.TASK_FAILED, WHYS[Reason.TASK_FAILED])
    if is_late(task.ended_at, now):
        return Refusal(Reason.REPORT_LATE, WHYS[Reason.REPORT_LATE])
    return Refusal(Reason.REPORT_REPEATED, WHYS[Reason.REPORT_REPEATED]) if is_repeated else None


def check_complaint(task: Reported | None, account_id: int, *, is_repeated: bool, now: datetime) -> Refusal | None:
    """Return why a complaint about a picture is refused; None when it counts."""
    refusal = check_report(task, account_id, is_repeated=is_repeated, now=now)
    if refusal or task is None:
        return refusal
    if not task.is_picture:
        return Refusal(Reason.REPORT_WRONG_KIND, WHYS[Reason.REPORT_WRONG_KIND])
    if not task.accepts_complaints:
        return Refusal(Reason.REPORT_NOT_ACCEPTED, WHYS[Reason.REPORT_NOT_ACCEPTED])
    return None


def check_token_report(
    task: Reported | None, account_id: int, *, is_taken: bool, is_repeated: bool, now: datetime
) -> Refusal | None:
    """Return why a report on a token is refused; None when it counts (docs/contracts/anticaptcha.md#token-reports).

    ``is_taken``: the task is of a kind that the method takes.
    """
    refusal = check_report(task, account_id, is_repeated=is_repeated, now=now)
    return refusal or (None if is_taken else Refusal(Reason.REPORT_WRONG_KIND, WHYS[Reason.REPORT_WRONG_KIND]))


def is_late(ended_at: datetime, now: datetime) -> bool:
    """Tell whether a report comes too late: strictly less than 60 s are given (docs/decisions/0025#readable)."""
    return now - ended_at >= timedelta(seconds=REPORT_SECONDS)


def is_ignored(judged: int, confirmed: int) -> bool:
    """Tell whether an account's complaints are ignored: under 50 % of at least ten judged ones were confirmed."""
    return judged >= FEWEST_JUDGED and confirmed * 2 < judged


def verdict(votes: Iterable[Vote]) -> Vote | None:
    """Return what two equal votes decided; None while they are not there."""
    counts = Counter(votes)
    return next((vote for vote, count in counts.items() if count >= VOTES_TO_DECIDE), None)


def assign(
    slots: Iterable[Slot], reviewers: Mapping[int, Collection[int]], judges: Collection[tuple[int, int]]
) -> list[tuple[Slot, int]]:
    """Give each reviewer the first slot that fits them: their queue, not their answer, never a complaint twice.

    ``slots``: open ones, the oldest first; ``reviewers``: the queues that each may judge; ``judges``: (task, reviewer)
    of all who have or had a slot of these complaints, were one of several who answered, or decided among these.
    """
    given: list[tuple[Slot, int]] = []
    free = dict(reviewers)
    taken = set(judges)
    for slot in slots:
        fitting = (
            reviewer
            for reviewer, queues in free.items()
            if slot.queue_id in queues and slot.author_id != reviewer and (slot.task_id, reviewer) not in taken
        )
        reviewer = next(fitting, None)
        if reviewer is not None:
            given.append((slot, reviewer))
            taken.add((slot.task_id, reviewer))
            del free[reviewer]
    return given


def is_outlier(votes: int, against: int, others_votes: int, others_against: int) -> bool:
    """Tell whether a reviewer votes against the majority far more often than the others do.

    Far: three standard deviations above the others' share (by Laplace's rule of succession, so that it is never 0).
    """
    if votes < FEWEST_VOTES or against < FEWEST_AGAINST or not others_votes:
        return False
    share = (others_against + 1) / (others_votes + 2)
    deviation: float = (share * (1 - share) / votes) ** 0.5
    return against / votes > share + OUTLIER_DEVIATIONS * deviation


def share_interval(part: int, whole: int) -> tuple[float, float]:
    """Return the 95 % interval of a share by Wilson's score (1927): it stays within 0 and 1 and is fair to few votes.

    Raises ValueError for a share of nothing.
    """
    if whole <= 0:
        raise ValueError("a share of nothing")
    share, z2 = part / whole, TWO_SIDED_95**2
    middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    reach = TWO_SIDED_95 / (1 + z2 / whole) * (share * (1 - share) / whole + z2 / (4 * whole**2)) ** 0.5
    return max(middle - reach, 0.0), min(middle + reach, 1.0)
