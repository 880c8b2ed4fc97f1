"""rotate_secrets: each command replaces the secret that it names, once."""

from manyeyes.actions.rotate_secrets import RotateSecret, rotate_secrets
from manyeyes.webhooks import store as webhooks
from support.action_stage import Stage
from support.races import race


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


async def test_one_that_names_another_generation_replaces_nothing(stage: Stage):
    assert await stage.act(rotate_secrets, RotateSecret(stage.cell, 7, 1)) == [0]
    batch = [RotateSecret(stage.cell, 7, 0), RotateSecret(stage.cell, 7, 3)]
    assert await stage.act(rotate_secrets, *batch) == [1, 1]


async def test_two_at_once_replace_it_once(stage: Stage):
    """A try whose connection was lost may still be at work when it is tried again."""
    for generation in range(10):
        batch = (rotate_secrets, [RotateSecret(stage.cell, 7, generation)])
        assert await race(stage, batch, batch) == [[generation + 1], [generation + 1]]
