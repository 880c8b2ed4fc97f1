"""The fixed yardstick: PostgreSQL asked for a task's life directly, in the fewest statements that keep it durable.

Its SQL lies in `bench/fixed/` and never changes (a test holds it), so what the product makes of it can be compared
over months, however the product's own SQL changes. `life_in_steps.sql` is the yardstick: a function and a transaction
for each step, eight clients. `lives_in_sets.sql` is the limit: fifty lives a statement.
"""

import asyncio
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import msgspec

from bench.cpu import not_ours, spent
from bench.pgbench import pgbench
from bench.product import temporary_folder
from bench.row import Row
from manyeyes.db.embedded import Embedded

SQL = Path(__file__).parent / "fixed"
CLIENTS, SET_CLIENTS = 8, 4
LIVES_IN_A_SET = 50
WAITING = 500  # tasks that wait before the first life
WARM_SECONDS = 1.0


class Measured(msgspec.Struct, frozen=True):
    """Lives per second of one run; what else was used in it: microseconds a life, and cores by other programs."""

    rate: float
    postgres_us: float
    pgbench_us: float
    others: float

    def row(self, name: str) -> Row:
        """Return the run as a row."""
        details = {
            "PostgreSQL CPU us/life": self.postgres_us,
            "pgbench CPU us/life": self.pgbench_us,
            "cores used by others": self.others,
        }
        return Row(name, self.rate, "lives/s", "", details)


@contextmanager
def database() -> Iterator[str]:
    """Yield the DSN of a fresh PostgreSQL, set as the product sets its own, in which 500 tasks wait."""
    with temporary_folder() as folder:
        server = Embedded(folder / "data")
        try:
            dsn = server.start()
            asyncio.run(_prepare(dsn))
            yield dsn
        finally:
            server.stop()


def steps(dsn: str, seconds: float) -> Measured:
    """Measure the yardstick."""
    return _measured(dsn, SQL / "life_in_steps.sql", CLIENTS, 1, seconds)


def sets(dsn: str, seconds: float) -> Measured:
    """Measure the limit."""
    return _measured(dsn, SQL / "lives_in_sets.sql", SET_CLIENTS, LIVES_IN_A_SET, seconds)


def _measured(dsn: str, script: Path, clients: int, lives_in_a_run: int, seconds: float) -> Measured:
    pgbench(dsn, script, clients, WARM_SECONDS)
    before, own, others = spent(os.getpid()), resource.getrusage(resource.RUSAGE_CHILDREN), not_ours()
    rate = pgbench(dsn, script, clients, seconds) * lives_in_a_run
    used, after = spent(os.getpid()).since(before), resource.getrusage(resource.RUSAGE_CHILDREN)
    mine = after.ru_utime + after.ru_stime - own.ru_utime - own.ru_stime
    lives = rate * seconds
    return Measured(
        rate=rate,
        postgres_us=1e6 * used.postgres / lives,
        pgbench_us=1e6 * mine / lives,
        others=max(not_ours() - others - used.postgres, 0.0) / seconds,
    )


async def _prepare(dsn: str) -> None:
    db = await asyncpg.connect(dsn)
    try:
        for name in ("schema.sql", "steps.sql", "sets.sql"):
            await db.execute((SQL / name).read_text())
        await db.execute(
            "SELECT count(fixed.create_task(md5('account ' || (1 + n % 1000)), 1::smallint, 100 + n, '{}')) "
            f"FROM generate_series(1, {WAITING}) AS n"
        )
    finally:
        await db.close()
