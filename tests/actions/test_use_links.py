"""use_links: a link signs in once."""

import asyncio
from collections.abc import Sequence

import asyncpg

from manyeyes.actions.add_credentials import AddCredential, add_credentials
from manyeyes.actions.use_links import UseLink, use_links
from manyeyes.runtime.context import Context
from manyeyes.workers.store import Subject
from support.action_stage import Stage

ANN, BEN = Subject("worker", 7, 0), Subject("worker", 8, 0)


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


async def test_one_that_was_spent_before_signs_nobody_in_while_the_database_is_away(context: Context, stage: Stage):
    """The batcher tries again and marks what may have been done, by whom it cannot know: a spent link stays spent."""
    await links(stage)
    await stage.act(use_links, UseLink(b"one"))
    tries: list[int] = []

    async def away_at_first(tx: asyncpg.Connection, now, commands: Sequence[UseLink]) -> list[Subject | None]:
        tries.append(len(commands))
        if len(tries) == 1:
            raise ConnectionResetError
        return await use_links(tx, now, commands)

    asked = [context.batcher.ask(away_at_first, UseLink(secret)) for secret in (b"one", b"two")]
    assert await asyncio.gather(*asked) == [None, BEN]
    assert len(tries) > 1
