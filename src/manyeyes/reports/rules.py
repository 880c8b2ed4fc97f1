"""When a complaint counts, who may judge it and when it is decided (seed 001; decisions.md, "Anti-Captcha surface")."""

import enum
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from manyeyes.refusals import Reason, Refusal

REPORT_SECONDS = 60  # seed 001: within 60 s of completion
REVIEWERS = 3  # seed 001: three reviewers check
VOTES_TO_DECIDE = 2  # two equal votes are a verdict
SLOT_SECONDS = 60  # how long a reviewer may look at one complaint
FEWEST_JUDGED = 10  # decisions.md: the ratio applies from the tenth judged complaint on
REFUSED_KEPT_DAYS = 30
UNKNOWN_TASKS_KEPT = 100  # refused reports of tasks that the account never had: so many are kept one by one
LONGEST_REASON = 500
LONGEST_APPEAL = 2_000
COMPLAINT_LANGUAGE = "en"  # seed 001: complaints about other languages are not accepted


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
    """OPEN → LEASED → VOTED; a lapsed lease opens it again; a verdict closes what is not voted."""

    OPEN = 0
    LEASED = 1
    VOTED = 2
    CLOSED = 3


class Vote(enum.StrEnum):
    """A reviewer's judgement of the complaint: the answer is wrong, or it is not."""

    CONFIRM = "confirm"
    REJECT = "reject"


class Reported(msgspec.Struct, frozen=True):
    """What a complaint's checks need of a task; ``ended_at`` None: not finished."""

    account_id: int
    is_picture: bool
    language: str
    ended_at: datetime | None
    is_solved: bool


class Slot(msgspec.Struct, frozen=True):
    """An open slot and who must not have it: ``author_id``, and whoever has another slot of the task."""

    task_id: int
    n: int
    author_id: int
    queue_id: int


def check_complaint(task: Reported | None, account_id: int, *, is_repeated: bool, now: datetime) -> Refusal | None:
    """Return why a complaint about a picture is refused, the first reason in seed 001's order; None when it counts.

    ``is_repeated``: the task has a report already, by whatever method. The wire has one code for all of them (16).
    """
    if task is None or task.account_id != account_id:
        return Refusal(Reason.UNKNOWN_TASK, "the account has no such task")
    if task.ended_at is None:
        return Refusal(Reason.TASK_UNFINISHED, "the task is not finished")
    if not task.is_solved:
        return Refusal(Reason.TASK_FAILED, "the task ended without an answer")
    if is_late(task.ended_at, now):
        return Refusal(Reason.REPORT_LATE, f"the report came {REPORT_SECONDS} s or more after the task was finished")
    if is_repeated:
        return Refusal(Reason.REPORT_REPEATED, "the task was reported before")
    if not task.is_picture:
        return Refusal(Reason.REPORT_WRONG_KIND, "the task is no picture")
    if task.language != COMPLAINT_LANGUAGE:
        return Refusal(Reason.REPORT_NOT_ENGLISH, "complaints are accepted for English only")
    return None


def is_late(ended_at: datetime, now: datetime) -> bool:
    """Tell whether a report comes too late: strictly less than 60 s are given (decisions.md)."""
    return now - ended_at >= timedelta(seconds=REPORT_SECONDS)


def is_ignored(judged: int, confirmed: int) -> bool:
    """Tell whether an account's complaints are ignored: under 50 % of at least ten judged ones were confirmed."""
    return judged >= FEWEST_JUDGED and confirmed * 2 < judged


def verdict(votes: Iterable[Vote]) -> Vote | None:
    """Return what two equal votes decided; None while they are not there."""
    counts = Counter(votes)
    return next((vote for vote, count in counts.items() if count >= VOTES_TO_DECIDE), None)
