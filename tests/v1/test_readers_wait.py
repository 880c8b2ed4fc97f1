"""Look-ups while the database is away: the last known value, or the same patience as commands have."""

from typing import cast

import asyncpg
import pytest

from manyeyes.db.pool import Cells
from manyeyes.roles.sign_in import COOKIE
from manyeyes.runtime import batching, lookup_cache
from manyeyes.runtime.context import Context
from manyeyes.server.ops import ops_application
from support.in_process_client import Client


class Flaky:
    """A pool whose next ``failures`` connections are refused."""

    def __init__(self, pool):
        self.pool, self.failures = pool, 0

    def acquire(self):
        if self.failures:
            self.failures -= 1
            raise ConnectionRefusedError("nobody listens")
        return self.pool.acquire()


@pytest.fixture
def flaky(context: Context) -> Flaky:
    pool = Flaky(context.cells.directory)
    cells = Cells(cast(asyncpg.Pool, pool))
    context.lookups._cells = context.id_blocks._cells = cells
    return pool


async def test_a_look_up_that_is_not_known_waits(context: Context, flaky: Flaky):
    flaky.failures = 2
    assert await context.lookups.queues()
    assert flaky.failures == 0


async def test_a_look_up_that_is_known_is_answered_at_once(context: Context, flaky: Flaky, monkeypatch):
    queues = await context.lookups.queues()
    monkeypatch.setattr(lookup_cache, "FRESH_SECONDS", -1.0)
    flaky.failures = 1_000_000
    assert await context.lookups.queues() == queues
    assert flaky.failures == 999_999


async def test_serial_numbers_wait(context: Context, flaky: Flaky):
    flaky.failures = 2
    assert await context.id_blocks.take(1) > 0


@pytest.mark.parametrize("path", ["/healthz", "/operator"])
async def test_health_and_pages_say_503_when_the_database_stays_away(client: Client, monkeypatch, path):
    ops = Client(client.context, ops_application(client.context))
    away = Flaky(client.context.cells.directory)
    away.failures = 1_000_000
    monkeypatch.setattr(client.context.cells, "directory", away)
    monkeypatch.setattr(batching, "PATIENCE_SECONDS", -1.0)
    reply = await (ops if path == "/healthz" else client).get(path, headers={"cookie": f"{COOKIE}=any"})
    assert reply.status_code == 503
    assert int(reply.headers["retry-after"]) > 0
