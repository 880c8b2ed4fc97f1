"""The periodic jobs for customers' accounts: when keys were used, whose balance is low, which jobs do not move."""

from manyeyes.actions.note_key_uses import NoteKeyUses, note_key_uses
from manyeyes.actions.tell_low_balances import LARGEST_SWEEP, TellLowBalances, tell_low_balances
from manyeyes.actions.tell_stuck_jobs import LARGEST_SWEEP as STUCK_SWEEP
from manyeyes.actions.tell_stuck_jobs import TellStuckJobs, tell_stuck_jobs
from manyeyes.runtime.context import Context
from manyeyes.runtime.periodic import PeriodicJob


async def note_uses(context: Context, cell: int) -> None:
    """Note which client keys were used here in the last minute: one write for all of them, and none when none was.

    Keys live in the directory; the job of the first cell sees to them.
    """
    used = context.lookups.take_used_keys() if cell == min(context.cells.numbers) else ()
    if used:
        await context.batcher.ask(note_key_uses, NoteKeyUses(used))


async def tell_low(context: Context, cell: int) -> None:
    """Tell customers whose balance went below what they named, until none is left."""
    while await context.batcher.ask(tell_low_balances, TellLowBalances(cell)) == LARGEST_SWEEP:
        pass


async def tell_stuck(context: Context, cell: int) -> None:
    """Tell customers of jobs on which nobody works, until none is left."""
    while await context.batcher.ask(tell_stuck_jobs, TellStuckJobs(cell)) == STUCK_SWEEP:
        pass


CUSTOMER_JOBS: list[tuple[float, PeriodicJob]] = [(60.0, note_uses), (5.0, tell_low), (60.0, tell_stuck)]
