"""Giving up the installation's keys: the rows go, and whoever serves signs on with what is in hand."""

from manyeyes.actions.forget_secrets import ForgetSecrets, forget_secrets
from manyeyes.db.migrate import SQL
from manyeyes.runtime.context import Context
from support.action_stage import Stage


async def test_the_keys_are_forgotten_and_forgetting_again_changes_nothing(stage: Stage):
    async with stage.pool.acquire() as db:
        undone = db.transaction()
        await undone.start()  # other tests want the keys
        await db.execute(SQL.keep_secret, "pictures", b"sealed", b"by whom")
        for _ in range(2):
            assert await forget_secrets(db, stage.now, [ForgetSecrets(), ForgetSecrets()]) == [None, None]
            assert await db.fetch(SQL.secrets) == []
        await undone.rollback()


async def test_who_serves_keeps_its_keys_while_they_are_given_up(context: Context):
    before = context.signer.fingerprint
    await context.batcher.ask(forget_secrets, ForgetSecrets())
    assert context.signer.fingerprint == before
