"""forget_credentials: what is over since a day is forgotten; tokens and the operator's stay. So are old requests."""

from manyeyes.actions.forget_credentials import ForgetCredentials, forget_credentials
from manyeyes.workers import store as workers
from manyeyes.workers.link_requests import store as link_requests
from manyeyes.workers.link_requests.rules import KEPT, LinkRequest
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


async def test_requests_for_links_are_kept_for_days(stage: Stage):
    over, open_one = stage.now - KEPT, stage.now - KEPT * 0.99
    async with stage.pool.acquire() as db:
        await link_requests.insert(db, [LinkRequest(n, "Ann", "-", "", at) for n, at in ((1, over), (2, open_one))])
    await stage.act(forget_credentials, ForgetCredentials())
    assert [each.request_id for each in await stage.read(link_requests.link_requests)] == [2]
