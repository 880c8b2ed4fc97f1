"""Breaks of reviewers over two cells in two databases: what is decided in one is no work of the other's day."""

from manyeyes.actions.measure_depths import MeasureDepths, measure_depths
from manyeyes.reports.rules import Vote
from manyeyes.roles.reviewer import LeasedSlot, ReviewDesk, VoteTaken
from manyeyes.roles.worker import WorkerDesk
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal
from support import factories

CELLS = (1, 2)


async def complained(context: Context, cell: int) -> None:
    """Let a complaint lie in a cell."""
    customer, hand = await factories.customer(context, cell=cell), await factories.hand(context)
    await context.batcher.ask(measure_depths, MeasureDepths(3 - cell))
    submitted = await factories.submit(context, customer)
    await context.batcher.ask(measure_depths, MeasureDepths(cell))
    lease = (await factories.taken(context, hand)).lease
    await WorkerDesk(context).answer(hand.worker, lease, "wr0ng")
    await factories.complain(context, customer, submitted.task_id)


async def judged_since(context: Context, cell: int, reviewer_id: int, since: str, seen: str) -> None:
    """Let a reviewer have judged in a cell from one instant until another, both so long ago."""
    async with context.cells.pool(cell).acquire() as db:
        await db.execute(
            "INSERT INTO reviewer_record (cell, reviewer_id, votes, against, works_since, seen_at) "
            "VALUES ($1, $2, 0, 0, now() - $3::text::interval, now() - $4::text::interval) "
            "ON CONFLICT (cell, reviewer_id) DO UPDATE "
            "SET works_since = excluded.works_since, seen_at = excluded.seen_at",
            cell,
            reviewer_id,
            since,
            seen,
        )


async def test_what_is_decided_in_one_cell_is_no_work_of_another_days(two_databases: Context):
    judge = (await factories.hand(two_databases, reviewer=True)).worker
    desk = ReviewDesk(two_databases)
    await complained(two_databases, 1)
    held = await desk.next(judge, 0)
    assert isinstance(held, LeasedSlot)
    await judged_since(two_databases, 2, judge.worker_id, "25 h", "24 h")
    await complained(two_databases, 2)
    voted = await desk.vote(judge, held.slot, Vote.CONFIRM)
    assert isinstance(voted, VoteTaken)
    assert voted.next is not None
    assert voted.next.slot.cell == 2
    assert isinstance(await desk.next(judge, 0), LeasedSlot)


async def test_a_break_that_began_in_one_cell_holds_for_what_lies_in_the_other(two_databases: Context):
    judge = (await factories.hand(two_databases, reviewer=True)).worker
    desk = ReviewDesk(two_databases)
    await judged_since(two_databases, 1, judge.worker_id, "2 h", "1 s")
    await complained(two_databases, 1)
    first = await desk.next(judge, 0)
    assert isinstance(first, Refusal)
    assert first.reason is Reason.BREAK_DUE
    await complained(two_databases, 2)
    for _ in range(8):  # in whichever order the cells are asked
        assert await desk.next(judge, 0) == first
