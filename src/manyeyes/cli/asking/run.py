"""The whole of a job: draft, price, upload, start, wait, answers; each step may have been done before."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from manyeyes.cli.asking.answers import AnswerCells, AnswerFile, Find, job_of
from manyeyes.cli.asking.endings import AskEnding, Stopped
from manyeyes.cli.asking.plan import AskPlan
from manyeyes.cli.asking.progress import AskProgress
from manyeyes_client import BadItems, Client, Job, JobProgress
from manyeyes_client.jobs_over import OVER

LONGEST_NAME = 60  # of a job: docs/decisions/0037
LOOKS, LOOK_SECONDS = 6, 1.0
WANT_OF_MONEY = ("budget", "price", "balance")


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """On which terms people are asked, and what may be done without asking back."""

    queue: str | int | None = None
    answers: int | None = None
    answers_at_most: int | None = None
    wrong_at_most: float | None = None
    uncertain: str | None = None
    price_at_most: str | None = None
    life: int | None = None
    budget: Decimal | None = None
    deadline: datetime | None = None
    is_dry: bool = False
    may_overwrite: bool = False


class Talk(Protocol):
    """What is said to whoever started the command, and asked."""

    def price(self, plan: AskPlan, job: Job, balance: Decimal) -> None:
        """Tell what it may cost."""

    def agree(self) -> None:
        """Ask whether to start. Raises `Stopped` for a no, and where nobody can be asked."""

    def goes_on(self, job: Job) -> None:
        """Tell that the job was made before."""


def find_job(client: Client, plan: AskPlan, wishes: Wishes) -> Job:
    """Return the plan's job: the one that was made before, or a new draft; of a dry run a draft of its own."""
    words = " ".join(str(plan.question.get("words", "")).split())
    return client.create_job(
        words[:LONGEST_NAME].strip() or "manyeyes ask",
        plan.question,
        queue=wishes.queue,
        answers=wishes.answers,
        answers_at_most=wishes.answers_at_most,
        wrong_at_most=wishes.wrong_at_most,
        uncertain=wishes.uncertain,
        price_at_most=wishes.price_at_most,
        life=wishes.life,
        key=None if wishes.is_dry else plan.key(),
    )


def prepare(client: Client, plan: AskPlan, job: Job, wishes: Wishes, talk: Talk, out: AnswerFile) -> bool:
    """Tell the price of a draft and ask whether to start it; return whether to go on (a dry run does not)."""
    there = job_of(out.path)
    if there is not None and there != str(job.id) and not wishes.may_overwrite:
        words = f"{out.path} is there already, and not of this job: name another file with --out"
        raise Stopped(AskEnding.USAGE, words)
    if job.state == "cancelled" and not job.counts.items:
        words = f"job {job.id} was cancelled before anything was sent: --run NAME asks the same anew"
        raise Stopped(AskEnding.REFUSED, words)
    if job.state != "draft":
        talk.goes_on(job)
        return True
    balance = client.balance().available
    talk.price(plan, job, balance)
    total = job.price.task * len(plan.asked)
    if wishes.price_at_most is not None and job.price.task > Decimal(wishes.price_at_most):
        words = f"a picture costs {job.price.task} USD, more than --price-at-most {wishes.price_at_most}"
        raise Stopped(AskEnding.REFUSED, words)
    bound = total if wishes.budget is None else min(total, wishes.budget)
    if wishes.is_dry:
        return False
    if balance < bound:
        words = f"the balance of {balance} USD does not pay {bound}: top up, or ask for less with --budget"
        raise Stopped(AskEnding.REFUSED, words)
    talk.agree()
    return True


def run(client: Client, plan: AskPlan, job: Job, wishes: Wishes, shown: AskProgress) -> Job:
    """Upload, start and wait as far as that is still to be done; return the job when nothing more will come of it."""
    if job.state == "draft":
        total = len(plan.asked)
        plan.on_sent = lambda count: shown.sent(count, total)
        try:
            client.upload(job.id, plan, key=plan.key())
        except BadItems as bad:
            raise Stopped(AskEnding.REFUSED, _told_of(bad, plan)) from bad
        shown.sent(total, total)
    if job.state not in OVER:
        job = _on_these_bounds(client, job, wishes)
    if job.state in ("draft", "paused"):
        job = client.start(job.id)
    return job if job.state in OVER else _waited(client, job, shown)


def _waited(client: Client, job: Job, shown: AskProgress) -> Job:
    for now in client.events(job.id):
        shown.job(now)
        if now.state in OVER or (_wants_money(now) and _still_wants(client, job.id)):
            break
    return client.job(job.id)


def _wants_money(job: Job | JobProgress) -> bool:
    return job.state == "running" and job.waits_for in WANT_OF_MONEY and not job.counts.open


def _still_wants(client: Client, job_id: int) -> bool:
    """Tell whether a job still lacks money after the server had time to look: it may have been given some just now."""
    for _ in range(LOOKS):
        time.sleep(LOOK_SECONDS)
        if not _wants_money(client.job(job_id)):
            return False
    return True


def rows_of(client: Client, plan: AskPlan, job: Job | None, out: AnswerFile, find: Find) -> Iterator[AnswerCells]:
    """Yield the answers of every item of the plan, in its order; ``find`` has those of another run."""
    results = client.results(job.id) if job else iter(())
    for item in plan.items:
        if item.is_taken:
            yield {**(find(item) or {}), "file": item.file}
        elif item.unfit or job is None:
            yield out.not_sent(item)
        else:
            yield out.answered(item, next(results), job.id, plan.mark)


def _on_these_bounds(client: Client, job: Job, wishes: Wishes) -> Job:
    """Set the job's budget and deadline as they are wished now; those that are not named stay."""
    budget = wishes.budget if wishes.budget != job.budget else None
    deadline = wishes.deadline if wishes.deadline != job.deadline else None
    if budget is None and deadline is None:
        return job
    return client.change(job.id, budget=budget, deadline=deadline)


def _told_of(bad: BadItems, plan: AskPlan) -> str:
    asked = plan.asked
    places = {number: item.where for number, item in enumerate(asked, 1)}
    lines = [f"{places.get(fault.line or 0, f'line {fault.line}')}: {fault.detail}" for fault in bad.errors]
    return "\n".join([f"the server takes none of them, since {len(lines)} are not in order:", *lines])
