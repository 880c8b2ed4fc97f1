"""People below a floor, for tests of what follows."""

from manyeyes.skills import evidence
from support.action_stage import Stage


async def bar(stage: Stage, worker_id: int) -> None:
    """Stop a worker from getting queue 1."""
    async with stage.transaction() as tx:
        await evidence.lock_skills(tx, stage.now, stage.cell, [(1, worker_id)])
    barred = "UPDATE skill SET barred_at = $3, barred_why = 'floor', is_to_replace = true"
    await stage.change(f"{barred} WHERE cell = $1 AND worker_id = $2", worker_id, stage.now)
