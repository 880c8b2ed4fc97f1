"""rotate_secrets: each command replaces the secret that it names, once."""

from manyeyes.actions.rotate_secrets import RotateSecret, rotate_secrets
from manyeyes.webhooks import store as webhooks
from support.action_stage import Stage


async def generations(stage: Stage, *account_ids: int) -> list[int]:
    async with stage.pool.acquire() as db:
        found = await webhooks.rotations(db, stage.cell, account_ids)
    return [found[account_id][0] for account_id in account_ids]


async def test_a_batch_of_accounts(stage: Stage):
    batch = [RotateSecret(stage.cell, 8, 0), RotateSecret(stage.cell, 7, 0)]
    assert await stage.act(rotate_secrets, *batch) == [1, 1]
    assert await stage.act(rotate_secrets, RotateSecret(stage.cell, 7, 1)) == [2]
    assert await generations(stage, 7, 8, 9) == [2, 1, 0]


async def test_one_whose_reply_was_lost_replaces_it_once(stage: Stage):
    command = RotateSecret(stage.cell, 7, 0)
    assert await stage.act(rotate_secrets, command, command) == [1, 1]
    assert await stage.act(rotate_secrets, command) == [1]
