"""A panel: the people who are asked about one task that takes several answers (docs/decisions/0055)."""

import enum
from datetime import datetime

import msgspec

from manyeyes.consensus.terms import PeopleTerms


class PanelState(enum.IntEnum):
    """asking → judging → over; asking → over."""

    ASKING = 0  # seats are open
    JUDGING = 1  # a reviewer is asked to decide
    OVER = 2  # the result stands, or the task ended without one


class SeatEnd(enum.IntEnum):
    """How a seat was closed."""

    ANSWERED = 0
    FAILED = 1  # five people could not answer it
    OVERDUE = 2  # its time is over
    CANCELLED = 3  # its customer does not want more answers


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `panel`. ``open``: seats that nobody has answered; ``given``: answers; ``failures``: people who failed.

    ``asked``: who answered or passed on a seat that is closed. ``held_micros``: the most that it may cost;
    ``share_micros``: what of an answer's price its soft app's owner gets. ``entered_at``: of a job's task.
    """

    task_id: int
    account_id: int
    queue_id: int
    job_id: int
    question_id: int
    terms: PeopleTerms
    state: PanelState
    first_seat: int
    seats: int
    open: int
    given: int
    failures: int
    asked: tuple[int, ...]
    bid_micros: int
    turn: int
    price_micros: int
    pay_micros: int
    held_micros: int
    share_micros: int | None
    lease_seconds: int
    life_seconds: int
    base_url: str
    media: str
    created_at: datetime
    entered_at: datetime | None

    def closed(self, failures: int, people: frozenset[int], *, is_answered: bool) -> "Panel":
        """Return the panel with one seat closed, answered or not; ``people`` who had it are not asked again."""
        return msgspec.structs.replace(
            self,
            open=self.open - 1,
            given=self.given + is_answered,
            failures=self.failures + failures,
            asked=tuple(sorted({*self.asked, *people} - {0})),
        )

    def may_ask(self, people: int) -> int:
        """Return how many of ``people`` more may be asked: the terms, and what is held for it, bound them."""
        return max(0, min(people, self.terms.answers_at_most - self.seats))


class PanelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one person gave; ``answer_id`` is the seat's number. ``text``: None when it is no longer kept.

    ``refuted_at``: since when it counts as wrong, since its result was refused and it said the same.
    """

    answer_id: int
    task_id: int
    worker_id: int
    lease: int
    text: str | None
    pay_micros: int
    answered_at: datetime
    refuted_at: datetime | None = None
