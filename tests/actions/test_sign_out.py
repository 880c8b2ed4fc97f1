"""Signing somebody out everywhere: sessions and unused links end, of nobody else, and nothing of their programs."""

from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.sign_out import SignOut, sign_out
from manyeyes.actions.use_links import UseLink, use_links
from manyeyes.workers import store as workers
from manyeyes.workers.browser_sessions import browser_sessions
from manyeyes.workers.store import Subject
from support.action_stage import Stage

ADA, BEN, OPERATOR = Subject("worker", 1, 0), Subject("worker", 2, 0), Subject("operator", 0, 0)


async def sign_in(stage: Stage, subject: Subject, *names: str, kind: str = "session") -> None:
    new = [AddCredential(secret_hash=name.encode(), kind=kind, subject=subject, seconds=3600.0) for name in names]
    await stage.act(add_credentials, *new)


async def open_sessions(stage: Stage, subject: Subject) -> set[str]:
    async with stage.pool.acquire() as db:
        return {each.secret_hash.decode() for each in await browser_sessions(db, subject)}


async def test_all_sessions_of_one_person_end(stage: Stage):
    await sign_in(stage, ADA, "one", "two")
    await sign_in(stage, BEN, "other")
    assert await stage.act(sign_out, SignOut(ADA), SignOut(ADA)) == [2, 0]
    assert (await open_sessions(stage, ADA), await open_sessions(stage, BEN)) == (set(), {"other"})


async def test_the_kept_one_goes_on(stage: Stage):
    await sign_in(stage, ADA, "one", "two", "three")
    assert await stage.act(sign_out, SignOut(ADA, kept=b"two")) == [2]
    assert await open_sessions(stage, ADA) == {"two"}


async def test_links_that_were_not_used_end_unless_they_are_to_stay(stage: Stage):
    await sign_in(stage, ADA, "stays", "ends", kind="link")
    await stage.act(sign_out, SignOut(ADA, links=False))
    assert await stage.act(use_links, UseLink(b"stays")) == [ADA]
    await stage.act(sign_out, SignOut(ADA))
    assert await stage.act(use_links, UseLink(b"ends")) == [None]


async def test_tokens_stay(stage: Stage):
    worker_id = await stage.worker()
    async with stage.pool.acquire() as db:
        await workers.insert_credential(db, b"token", "token", Subject("worker", worker_id, 0), None)
        assert await stage.act(sign_out, SignOut(Subject("worker", worker_id, 0))) == [0]
        assert await workers.credential(db, b"token", ["token"]) is not None


async def test_an_operator_who_is_signed_out_is_known_all_the_same(stage: Stage):
    """Else the next start would print a link, as the first one does."""
    await sign_in(stage, OPERATOR, "link", kind="link")
    await sign_in(stage, OPERATOR, "session")
    assert await stage.act(sign_out, SignOut(OPERATOR)) == [1]
    async with stage.pool.acquire() as db:
        assert await workers.has_operator(db)
