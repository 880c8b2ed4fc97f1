"""add_credentials: secrets that sign people in, each for its time."""

from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject
from support.action_stage import Stage

ANN, OPERATOR = Subject("customer", 7, 1), Subject("operator", 0, 0)


def adding(secret: bytes, subject: Subject = ANN, kind: str = "session", seconds: float = 60.0) -> AddCredential:
    return AddCredential(secret_hash=secret, kind=kind, subject=subject, seconds=seconds)


async def test_each_secret_signs_its_own_subject_in(stage: Stage):
    await stage.act(add_credentials, adding(b"one"), adding(b"two", OPERATOR, "link"))
    assert await stage.read(workers.credential, b"one", ["session"]) == ANN
    assert await stage.read(workers.credential, b"two", ["link"]) == OPERATOR
    assert await stage.read(workers.credential, b"two", ["session"]) is None


async def test_it_is_over_after_its_time(stage: Stage):
    await stage.act(add_credentials, adding(b"one", seconds=-1.0))
    assert await stage.read(workers.credential, b"one", ["session"]) is None


async def test_the_same_secret_sent_again_is_one(stage: Stage):
    await stage.act(add_credentials, adding(b"one"), adding(b"one"))
    await stage.act(add_credentials, adding(b"one"))
    assert await stage.pool.fetchval("SELECT count(*) FROM credential") == 1
