"""What reviewers said that can be taken back no more, settled at a stage's own instant as the sweep settles it."""

from manyeyes.actions.settle_decisions import SettleDecisions
from manyeyes.actions.settle_decisions import settle_decisions as decisions_action
from manyeyes.actions.settle_votes import SettleVotes
from manyeyes.actions.settle_votes import settle_votes as votes_action
from support.action_stage import Stage


async def settling_votes(stage: Stage) -> list[SettleVotes]:
    """Return the commands that count all votes that are aside."""
    return [SettleVotes(stage.cell, task_id) for task_id in await _aside(stage, "vote_slot")]


async def settling_decisions(stage: Stage) -> list[SettleDecisions]:
    """Return the commands that let all decisions stand that are aside."""
    return [SettleDecisions(stage.cell, task_id) for task_id in await _aside(stage, "judgement")]


async def settle_votes(stage: Stage) -> int:
    """Count what can be taken back no more; return how many votes were."""
    commands = await settling_votes(stage)
    return sum(await stage.act(votes_action, *commands)) if commands else 0


async def settle_decisions(stage: Stage) -> int:
    """Let decisions stand that can be taken back no more; return how many do."""
    commands = await settling_decisions(stage)
    return sum(await stage.act(decisions_action, *commands)) if commands else 0


async def _aside(stage: Stage, table: str) -> list[int]:
    return sorted({row["task_id"] for row in await stage.rows(table, "task_id", "state = 4")})
