"""While the database is away a worker's program is told to ask again, whichever look-up met the outage."""

import asyncpg
import pytest

from manyeyes.runtime.batching import Unavailable
from support import factories
from support.in_process_client import Client


@pytest.mark.parametrize("error", [Unavailable("gone"), asyncpg.ConnectionDoesNotExistError("gone"), OSError("gone")])
async def test_it_is_503_with_retry_after(client: Client, monkeypatch, error):
    hand = await factories.hand(client.context)

    async def away(*_) -> None:
        raise error

    monkeypatch.setattr(client.context.lookups, "subject", away)
    reply = await client.get("/v1/worker/session", headers=hand.headers)
    assert reply.status_code == 503
    assert int(reply.headers["retry-after"]) > 0
    assert reply.json()["refusal"] == "unavailable"
