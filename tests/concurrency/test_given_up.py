"""A connection whose command is given up is hung up; nothing is waited for on it, no rollback and no reset."""

import asyncio
from collections.abc import Sequence

import asyncpg
import msgspec
import pytest

from manyeyes.db.pool import open_pool
from manyeyes.db.primary import NoPrimary, connect, each_host
from manyeyes.runtime import lookup_cache
from manyeyes.runtime.batching import Batcher, Unavailable
from manyeyes.runtime.context import Context
from support.databases import MakeDatabase

ASLEEP = "SELECT pg_sleep(600)"
SLEEPERS = "SELECT count(*) FROM pg_stat_activity WHERE query = $1 AND state = 'active'"


class AskAway(msgspec.Struct, frozen=True):
    cell: int
    number: int


async def test_who_is_silent_speaks_for_all_connections_to_its_server(dsn: str):
    async with await open_pool(dsn, size=3) as pool:
        async with pool.acquire() as one, pool.acquire() as other:
            before = {one.get_server_pid(), other.get_server_pid()}
        with pytest.raises(TimeoutError):
            async with pool.acquire() as db, db.transaction():
                await db.execute(ASLEEP, timeout=0.2)
        async with pool.acquire() as one, pool.acquire() as other:
            assert not before & {one.get_server_pid(), other.get_server_pid()}


async def test_the_server_is_not_asked_to_cancel_what_was_given_up(dsn: str):
    """It would end a commit's wait for the standby: done there and nowhere else, and found by whoever tries again."""
    db = await asyncpg.connect(dsn)
    asleep = f"{ASLEEP} -- given up"
    async with await open_pool(dsn, size=2) as pool:
        with pytest.raises(TimeoutError):
            async with pool.acquire() as lent:
                await lent.execute(asleep, timeout=0.2)
        assert await db.fetchval(SLEEPERS, asleep) == 1
        await db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = $1", asleep)
    await db.close()


async def test_who_is_cancelled_in_a_transaction_is_cancelled_and_the_others_go_on(dsn: str):
    async with await open_pool(dsn, size=2) as pool:

        async def sleep() -> None:
            async with pool.acquire() as db, db.transaction():
                pids.append(db.get_server_pid())
                begun.set()
                await db.execute(ASLEEP)

        pids: list[int] = []
        begun = asyncio.Event()
        async with pool.acquire() as other:
            asleep = asyncio.create_task(sleep())
            await begun.wait()
            await asyncio.sleep(0.1)  # now it waits for its statement
            asleep.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asleep
            assert await other.fetchval("SELECT 1") == 1
            async with pool.acquire() as db:
                assert db.get_server_pid() not in pids


async def test_a_server_that_takes_no_writes_any_more_is_left(dsn: str):
    async with await open_pool(dsn, size=2) as pool:
        async with pool.acquire() as one, pool.acquire() as other:
            before = {one.get_server_pid(), other.get_server_pid()}
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await pool.execute("BEGIN READ ONLY; CREATE TABLE never (n int)")
        async with pool.acquire() as one, pool.acquire() as other:
            assert not before & {one.get_server_pid(), other.get_server_pid()}


async def test_a_database_without_writes_is_refused_with_a_sentence(create_database: MakeDatabase):
    dsn = await create_database("read_only")
    db = await asyncpg.connect(dsn)
    await db.execute("ALTER DATABASE read_only SET default_transaction_read_only = on")
    await db.close()
    for opened in (open_pool(dsn), connect(dsn)):
        with pytest.raises(NoPrimary, match="takes no writes: it is a standby, or was made read-only"):
            await opened


async def test_patience_begins_when_a_command_comes(context: Context):
    attempts: list[list[int]] = []

    async def away(tx: asyncpg.Connection, now: object, commands: Sequence[AskAway]) -> list[int]:
        attempts.append([command.number for command in commands])
        if len(attempts) == 1:
            await asyncio.sleep(0.5)
        raise ConnectionRefusedError("nobody listens")

    batcher = Batcher(context.cells, context.disk_room, patience_seconds=0.2)
    asked = [asyncio.create_task(batcher.ask(away, AskAway(1, number))) for number in range(2)]
    told = await asyncio.gather(*asked, return_exceptions=True)
    assert [str(error) for error in told] == ["the database is away: nobody listens"] * 2
    assert all(isinstance(error, Unavailable) for error in told)
    assert attempts == [[0, 1]]


async def test_a_look_up_that_takes_long_gives_what_was_known(context: Context, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lookup_cache, "FRESH_SECONDS", 0.0)
    known = await context.lookups.blocked_networks()
    db = await asyncpg.connect(context.dsn)
    async with db.transaction():
        await db.execute("LOCK TABLE blocked_address")
        async with asyncio.timeout(6):  # the database would end the wait after eight seconds
            assert await context.lookups.blocked_networks() == known
    await db.close()


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("postgresql://me:pw@a,b:5433/db?sslmode=require", ["a", "b:5433"]),
        ("postgresql://[::1]:5432,[::2]:5433/db", ["[::1]:5432", "[::2]:5433"]),
        ("postgresql://me@a:1/db", ["a:1"]),
    ],
)
def test_an_address_names_several_hosts(address: str, hosts: list[str]):
    before, _, places = address.partition("//")[2].partition("/")[0].rpartition("@")
    assert each_host(address) == [
        address.replace(f"{before}@{places}" if before else places, f"{before}@{host}" if before else host)
        for host in hosts
    ]


def test_hosts_may_stand_in_the_query():
    assert each_host("postgresql://me@/db?host=%2Frun%2Fa,b&port=1,2") == [
        "postgresql://me@/db?host=%2Frun%2Fa&port=1",
        "postgresql://me@/db?host=b&port=2",
    ]
