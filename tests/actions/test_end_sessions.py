"""end_sessions: a browser is signed out, and nothing else."""

from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.end_sessions import EndSession, end_sessions
from manyeyes.workers.store import Subject
from support.action_stage import Stage


async def test_sessions_end_and_links_stay(stage: Stage):
    for secret, kind in ((b"one", "session"), (b"two", "session"), (b"link", "link")):
        subject = Subject("worker", 7, 0)
        await stage.act(add_credentials, AddCredential(secret_hash=secret, kind=kind, subject=subject, seconds=60.0))
    batch = [EndSession(secret) for secret in (b"two", b"link", b"none", b"two")]
    assert await stage.act(end_sessions, *batch) == [None] * 4
    rows = await stage.pool.fetch("SELECT secret_hash FROM credential ORDER BY secret_hash")
    assert [bytes(row["secret_hash"]) for row in rows] == [b"link", b"one"]
