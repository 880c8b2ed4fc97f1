"""Let what reviewers said stand when its time to be taken back is over (docs/decisions/0081)."""

from manyeyes.actions.settle_decisions import SettleDecisions, settle_decisions
from manyeyes.actions.settle_votes import SettleVotes, settle_votes
from manyeyes.certainty import judgements
from manyeyes.reports.voting import store as voting
from manyeyes.runtime.context import Context
from manyeyes.runtime.settling import settle_due


async def settle_what_reviewers_said(context: Context, cell: int) -> None:
    """Let votes and decisions stand that can be taken back no more."""

    async def votes(task_id: int) -> bool:
        return await context.batcher.ask(settle_votes, SettleVotes(cell, task_id)) > 0

    async def decisions(task_id: int) -> bool:
        return await context.batcher.ask(settle_decisions, SettleDecisions(cell, task_id)) > 0

    await settle_due(context, cell, voting.due, votes)
    await settle_due(context, cell, judgements.due, decisions)
    context.job_bell.ring()  # what was refunded, or ended, may let a line of its job in
