"""How often a task's life asks PostgreSQL, counted on the wire of a served installation: no timing, a count."""

import asyncio

from bench.postgres_proxy import counting
from bench.product import serving
from bench.round_trips import count_lives
from bench.row import percentile
from conftest import MakeDatabase

LIVES = 60
MOST = 48  # what it is now: lower it with whatever makes it less; 14 is wanted


async def test_a_life_makes_no_more_round_trips_than_it_did(create_database: MakeDatabase):
    dsn = await create_database("round_trips")
    counts = await asyncio.to_thread(_count, dsn)
    # What is done by itself every second falls into some lives, into more of them where the machine is slow.
    quiet = percentile([float(count) for count in counts], 10)
    assert quiet <= MOST, sorted(counts)
    assert quiet > MOST / 2, "lower MOST: it holds nothing any more"


def _count(dsn: str) -> list[int]:
    with counting(dsn) as counter, serving(database=counter.dsn) as product:
        return count_lives(product, counter, LIVES).lives
