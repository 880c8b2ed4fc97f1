"""From where a session is used: written once an hour, of what is a session alone."""

from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.note_sessions import NoteSession, note_sessions
from manyeyes.workers.browser_sessions import browser_session
from manyeyes.workers.store import Subject
from support.action_stage import Stage


async def test_it_is_noted_once_an_hour(stage: Stage):
    new = AddCredential(
        secret_hash=b"s", kind="session", subject=Subject("worker", 1, 0), seconds=3600.0, address="192.0.2.1"
    )
    await stage.act(add_credentials, new)
    async with stage.pool.acquire() as db:
        begun = await browser_session(db, b"s")
        assert begun is not None
        assert begun.address == "192.0.2.1"
        await stage.act(note_sessions, NoteSession(b"s", "192.0.2.2"), NoteSession(b"nobody's", "192.0.2.2"))
        assert await browser_session(db, b"s") == begun
        await db.execute("UPDATE credential SET seen_at = now() - interval '61 minutes'")
        await stage.act(note_sessions, NoteSession(b"s", "192.0.2.2"), NoteSession(b"s", "192.0.2.3"))
        noted = await browser_session(db, b"s")
        assert noted is not None
        assert noted.address == "192.0.2.2"
        assert begun.seen_at is not None
        assert noted.seen_at is not None
        assert noted.seen_at >= begun.seen_at
