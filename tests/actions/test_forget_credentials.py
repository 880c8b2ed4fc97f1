"""forget_credentials: what is over since a day is forgotten; tokens and the operator's stay."""

from manyeyes.actions.forget_credentials import ForgetCredentials, forget_credentials
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject
from support.action_stage import Stage

DAY = 86_400.0


async def test_what_is_long_over_is_forgotten(stage: Stage):
    ann, ben, operator = Subject("customer", 7, 1), Subject("worker", 8, 0), Subject("operator", 0, 0)
    async with stage.pool.acquire() as db:
        await workers.insert_credential(db, b"old link", "link", ann, -2 * DAY)
        await workers.insert_credential(db, b"old session", "session", ben, -2 * DAY)
        await workers.insert_credential(db, b"over lately", "session", ben, -DAY / 2)
        await workers.insert_credential(db, b"live", "session", ann, DAY)
        await workers.insert_credential(db, b"token", "token", ben, None)
        await workers.insert_credential(db, b"operator", "link", operator, -2 * DAY)
    assert await stage.act(forget_credentials, ForgetCredentials(), ForgetCredentials()) == [None, None]
    rows = await stage.pool.fetch("SELECT secret_hash FROM credential ORDER BY secret_hash")
    assert [bytes(row["secret_hash"]) for row in rows] == [b"live", b"operator", b"over lately", b"token"]
