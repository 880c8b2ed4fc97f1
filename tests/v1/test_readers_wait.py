"""Look-ups while the database is away: the last known value, or the same patience as commands have."""

import pytest

from manyeyes import directory, gather
from manyeyes.console import access
from manyeyes.db.pool import Cells


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
def flaky(house) -> Flaky:
    pool = Flaky(house.cells.directory)
    cells = Cells(pool)
    house.directory._cells = house.serials._cells = cells
    return pool


async def test_a_look_up_that_is_not_known_waits(house, flaky):
    flaky.failures = 2
    assert await house.directory.queues()
    assert flaky.failures == 0


async def test_a_look_up_that_is_known_is_answered_at_once(house, flaky, monkeypatch):
    queues = await house.directory.queues()
    monkeypatch.setattr(directory, "FRESH_SECONDS", -1.0)
    flaky.failures = 1_000_000
    assert await house.directory.queues() == queues
    assert flaky.failures == 999_999


async def test_serial_numbers_wait(house, flaky):
    flaky.failures = 2
    assert await house.serials.take(1) > 0


@pytest.mark.parametrize("path", ["/healthz", "/operator"])
async def test_health_and_pages_say_503_when_the_database_stays_away(client, monkeypatch, path):
    away = Flaky(client.house.cells.directory)
    away.failures = 1_000_000
    monkeypatch.setattr(client.house.cells, "directory", away)
    monkeypatch.setattr(gather, "PATIENCE_SECONDS", -1.0)
    reply = await client.get(path, headers={"cookie": f"{access.COOKIE}=any"})
    assert reply.status_code == 503
    assert int(reply.headers["retry-after"]) > 0
