"""Complaints for the screens' tests: answers that somebody complained about, reviewers, and votes from elsewhere."""

from typing import Any

from manyeyes.actions.submit_tasks import Submitted
from manyeyes.reports.rules import Vote
from manyeyes.roles.reviewer import LeasedSlot, ReviewDesk, VoteTaken
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.tasks.pictures import Picture
from manyeyes.tasks.rules import ImageOptions, wire_id
from manyeyes.values.refusals import Refusal
from support import factories
from support.factories import Customer, Hand


async def reviewer(context: Context) -> Hand:
    """Return a worker with the reviewer's mark."""
    return await factories.hand(context, reviewer=True)


async def answered(
    context: Context,
    customer: Customer,
    author: Hand,
    text: str = "12345",
    picture: Picture | None = None,
    **options: Any,
) -> int:
    """Let the author answer a fresh task with ``text``, by default what its picture shows; return the task's serial."""
    shown = picture or factories.picture(text)
    submitted = await factories.submit(
        context, customer, picture=shown, options=ImageOptions(**{"case": False, **options}), queue_id=1
    )
    assert isinstance(submitted, Submitted), submitted
    lease = await factories.taken(context, author)
    outcome = await WorkerDesk(context).answer(author.worker, lease.lease, text)
    assert not isinstance(outcome, Refusal), outcome
    return submitted.task_id


async def complaint(context: Context, customer: Customer, author: Hand, text: str = "12345", **given: Any) -> int:
    """Let the author answer and the customer complain about it; return the task's serial."""
    task_id = await answered(context, customer, author, text, **given)
    await factories.complain(context, customer, wire_id(task_id))
    return task_id


async def vote(context: Context, judge: Hand, verdict: Vote, reason: str = "") -> None:
    """Let a reviewer judge what they are given."""
    desk = ReviewDesk(context)
    slot = await desk.next(judge.worker, 5)
    assert isinstance(slot, LeasedSlot), slot
    voted = await desk.vote(judge.worker, slot.slot, verdict, reason)
    assert isinstance(voted, VoteTaken), voted
    await desk.leave(judge.worker)


async def decided(
    context: Context, customer: Customer, author: Hand, verdict: Vote, *reasons: str, **given: Any
) -> int:
    """Let two fresh reviewers judge a fresh complaint alike; return the task's wire id."""
    task_id = await complaint(context, customer, author, **given)
    for reason in (*reasons, "", "")[:2]:
        await vote(context, await reviewer(context), verdict, reason)
    return wire_id(task_id)


async def votes_on(context: Context, task_id: int) -> list[tuple[Vote, str]]:
    """Return the verdict and the reason of every vote on a complaint."""
    async with context.cells.pool(1).acquire() as db:
        rows = await db.fetch(
            "SELECT verdict, reason FROM vote_slot WHERE cell = 1 AND task_id = $1 AND state = 2 ORDER BY voted_at",
            task_id,
        )
    return [(Vote.CONFIRM if row["verdict"] else Vote.REJECT, row["reason"]) for row in rows]
