"""What is said before anything costs: what was found, what it may cost, and the question whether to start."""

import sys
from decimal import Decimal
from pathlib import Path

from manyeyes.cli.asking.endings import AskEnding, Stopped
from manyeyes.cli.asking.plan import AskPlan
from manyeyes.cli.command import say
from manyeyes.consensus.difficulty import is_guessed
from manyeyes_client import Job
from manyeyes_client.messages import Rehearsal

MOST_NAMES = 20  # of files that are named one by one; a folder may hold thousands


class Conversation:
    """Says it on stderr; ``may_ask``: somebody is there to answer; ``is_agreed``: they said yes beforehand."""

    def __init__(self, *, may_ask: bool, is_agreed: bool) -> None:
        self._may_ask, self._is_agreed = may_ask, is_agreed

    def found(self, source: Path, plan: AskPlan) -> None:
        """Tell what is in the source, and of each file that is not sent why. Raises `Stopped` when there is nothing."""
        unfit = [(item.where, item.unfit) for item in plan.items if item.unfit]
        taken = sum(item.is_taken for item in plan.items)
        parts = [f"{len(plan.asked)} to ask"]
        parts += [f"{taken} answered in another run"] if taken else []
        parts += [f"{len(unfit)} that are not taken"] if unfit else []
        others = len(plan.passed_over)
        parts += [f"{others} other file{'s' if others > 1 else ''}"] if others else []
        say(f"{source}: {', '.join(parts)}")
        _name("not taken", unfit)
        _name("passed over", plan.passed_over)
        if any("are taken" in why and "read here" not in why for _, why in unfit):
            say("with --shrink smaller JPEG copies of such pictures are sent")
        if not plan.asked and not taken:
            raise Stopped(AskEnding.USAGE, f"{source}: there is no picture in it that can be asked about")

    def price(self, plan: AskPlan, job: Job, balance: Decimal) -> None:
        """Tell what it may cost."""
        count, each = len(plan.asked), job.price.task
        say(f"at most {each * count} USD ({count} × {each}{_people(job)}); the balance is {balance} USD")
        if job.rehearsal is not None:
            say(_expected(job.rehearsal, count, job.terms.answers_at_most))

    def agree(self) -> None:
        """Ask whether to start. Raises `Stopped` for a no, and where nobody can be asked."""
        if self._is_agreed:
            return
        if not self._may_ask:
            raise Stopped(AskEnding.USAGE, "nobody is there to be asked whether to start: say --yes")
        print("Start? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise Stopped(AskEnding.REFUSED, "not started; nothing was sent and nothing is paid")

    def goes_on(self, job: Job) -> None:
        """Tell that the job was made before."""
        say(f"job {job.id} was made before and is {job.state}")


def _people(job: Job) -> str:
    """Return in words how many people each picture is asked of; empty of one."""
    asked = job.terms
    if asked.answers_at_most == 1:
        return ""
    most = int(job.price.task / job.price.per_answer)
    people = f"{asked.answers} to {most} people" if most > asked.answers else f"{asked.answers} people"
    return f", {people} each" if asked.wrong_at_most is None else f", {people} each until it is sure"


def _expected(told: Rehearsal, count: int, answers_at_most: int) -> str:
    """Return in words what so many pictures are likely to bring, each figure with its band."""
    times = Decimal(count) / told.items
    cost, low, high = (round(each * times, 4) for each in (told.cost.cost, told.cost.cost_low, told.cost.cost_high))
    parts = [
        f"{told.accuracy.expected:.0%} right ({told.accuracy.low:.0%} to {told.accuracy.high:.0%})",
        f"{told.uncertain.expected:.0%} uncertain ({told.uncertain.low:.0%} to {told.uncertain.high:.0%})",
        f"{cost} USD ({low} to {high})",
    ]
    if told.seconds is None:
        parts.append("nothing tells how long it takes")
    else:
        minutes = [each * float(times) / 60 for each in (told.seconds.expected, told.seconds.low, told.seconds.high)]
        parts.append("{:.1f} minutes ({:.1f} to {:.1f})".format(*minutes))
    known = told.known or "none"
    guess = "" if told.known else "; a guess"
    if is_guessed(told.difficulty, answers_at_most):
        guess += "; how far they err on the same pictures is a guess"
    return f"expected: {', '.join(parts)}; {known} of the queue's people are known{guess}"


def _name(what: str, files: list[tuple[str, str]]) -> None:
    for name, why in files[:MOST_NAMES]:
        say(f"  {what}: {name}: {why}")
    if len(files) > MOST_NAMES:
        say(f"  {what}: {len(files) - MOST_NAMES} more")
