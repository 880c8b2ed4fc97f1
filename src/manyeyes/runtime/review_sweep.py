"""Let what reviewers said stand when its time to be taken back is over (docs/decisions/0081)."""

from manyeyes.actions.settle_decisions import LARGEST_SWEEP as DECISIONS_SWEEP
from manyeyes.actions.settle_decisions import SettleDecisions, settle_decisions
from manyeyes.actions.settle_votes import LARGEST_SWEEP as VOTES_SWEEP
from manyeyes.actions.settle_votes import SettleVotes, settle_votes
from manyeyes.runtime.context import Context


async def settle_what_reviewers_said(context: Context, cell: int) -> None:
    """Let votes and decisions stand that can be taken back no more, until none is left."""
    counted = VOTES_SWEEP
    while counted >= VOTES_SWEEP:
        counted = await context.batcher.ask(settle_votes, SettleVotes(cell))
    stand = DECISIONS_SWEEP
    while stand >= DECISIONS_SWEEP:
        stand = await context.batcher.ask(settle_decisions, SettleDecisions(cell))
    context.job_bell.ring()  # what was refunded, or ended, may let a line of its job in
