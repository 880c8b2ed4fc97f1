"""use_links: a link signs in once."""

from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.use_links import UseLink, use_links
from manyeyes.workers.store import Subject
from support.action_stage import Stage

ANN, BEN = Subject("customer", 7, 1), Subject("worker", 8, 0)


async def links(stage: Stage) -> None:
    for secret, subject, kind, seconds in (
        (b"one", ANN, "link", 60.0),
        (b"two", BEN, "link", 60.0),
        (b"late", BEN, "link", -1.0),
        (b"session", BEN, "session", 60.0),
    ):
        command = AddCredential(secret_hash=secret, kind=kind, subject=subject, seconds=seconds)
        await stage.act(add_credentials, command)


async def test_each_link_signs_one_in_and_no_second(stage: Stage):
    await links(stage)
    batch = [UseLink(secret) for secret in (b"two", b"one", b"late", b"session", b"none", b"one")]
    assert await stage.act(use_links, *batch) == [BEN, ANN, None, None, None, None]
    assert await stage.act(use_links, UseLink(b"one")) == [None]


async def test_one_whose_reply_was_lost_signs_in(stage: Stage):
    await links(stage)
    await stage.act(use_links, UseLink(b"one"))
    assert await stage.act(use_links, UseLink(b"one", retried=True), UseLink(b"none", retried=True)) == [ANN, None]
