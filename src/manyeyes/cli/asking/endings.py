"""How `manyeyes ask` ends: exit codes (docs/reference/cli.md#manyeyes-ask), and which error ends it how."""

import enum

from manyeyes.consensus.terms import PeopleTerms
from manyeyes_client import (
    BadItems,
    Job,
    KeyReused,
    ManyeyesError,
    NotReached,
    ProblemError,
    ServerFailed,
    WrongSettings,
    WrongSource,
)


class AskEnding(enum.IntEnum):
    """The exit codes."""

    ANSWERED = 0  # every picture
    NOT_ALL = 1
    USAGE = 2
    REFUSED = 3  # by the server, or for want of money
    NOT_REACHED = 4
    INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


class Stopped(Exception):
    """An expected end before the answers are there; its text says why, and what to do."""

    def __init__(self, ending: AskEnding, text: str) -> None:
        super().__init__(text)
        self.ending = ending


ON_OTHER_TERMS = (
    "these pictures were asked this question before, on other terms "
    "(--answers and what goes with it, --queue, --price-at-most or --life): "
    "with the same ones that job goes on; with --run NAME they are asked, and paid, anew"
)


def goes_on_with(job: Job) -> str:
    """Return in words what a running job waits for that its customer must see to, and what helps."""
    if job.waits_for == "price":
        asked = PeopleTerms(answers=job.terms.answers, wrong_at_most=job.terms.wrong_at_most)
        least, bound = asked.fewest * job.price.per_answer, job.terms.price_at_most
        return f"a picture costs {least} USD now, and may cost {bound}: the same command goes on when it is cheaper"
    more = "give more with --budget" if job.waits_for == "budget" else "top up"
    return f"the {job.waits_for} is used up: {more}, and the same command goes on"


def stopped_by(error: ManyeyesError) -> Stopped:
    """Return how the client's error ends the command."""
    if isinstance(error, WrongSource | WrongSettings):
        return Stopped(AskEnding.USAGE, str(error))
    if isinstance(error, KeyReused):
        return Stopped(AskEnding.REFUSED, ON_OTHER_TERMS)
    if isinstance(error, BadItems):
        told = [f"line {fault.line}: {fault.detail}" for fault in error.errors]
        return Stopped(AskEnding.REFUSED, "\n".join([str(error), *told]))
    if isinstance(error, NotReached | ServerFailed):
        return Stopped(AskEnding.NOT_REACHED, f"{error}\nthe same command goes on where this one stopped")
    if isinstance(error, ProblemError):
        faults = [f"{fault.pointer}: {fault.detail}" for fault in error.errors if fault.detail not in str(error)]
        return Stopped(AskEnding.REFUSED, "\n".join([f"the server says no: {error}", *faults]))
    return Stopped(AskEnding.NOT_REACHED, str(error))
