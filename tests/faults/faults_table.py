"""`make faults`: what befell a real installation under load, how long nobody was served, and what was lost of it.

Each fault is tried on an installation of its own with customers and workers who do not give up. *Gap*: the longest time
between two acknowledgements since the fault began. *Lost* and *doubled* are counted in the books: of every task and
answer that was acknowledged. Prints a table as docs/benchmarks.md has it, and exits with 1 when a row is not whole.
"""

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import psutil

from bench.people import People, invite
from bench.postgres_pair import Pair, pair
from manyeyes.db.embedded import Embedded, as_superuser, running_dsn
from manyeyes.db.primary import connect
from manyeyes.ledger.rules import TransferKind
from manyeyes.runtime.context import prepare_database_at
from support.embedded_owners import wait_until
from support.persistent_load import Load
from support.real_server import ServeProcess, ask_json, left_of
from support.small_disks import empty, fill, small_disk

CUSTOMERS, WORKERS = 3, 4
KILLS, PAUSE_SECONDS = 5, 1.0
PROMOTED_AFTER_SECONDS = 2.0
DISK_MEGABYTES = 700
SHIPPED_SECONDS = 12.0  # the log is put into the place every ten
MORE = 20  # acknowledgements of each kind after a fault: the house works again
HEAD = "| fault | longest gap | acknowledged | lost | doubled | audit difference |\n|---|---:|---:|---:|---:|---:|"
KILLED_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'manyeyes'"


class Found(msgspec.Struct):
    """A row of the table. ``lost`` and ``doubled`` are of ``acknowledged`` tasks and answers.

    ``may_lose``: the machine went with all on it, and its copies lack its last seconds.
    """

    fault: str
    gap_seconds: float
    acknowledged: int
    lost: int
    doubled: int
    difference: int
    may_lose: bool = False

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is wrong."""
        return not ((self.lost and not self.may_lose) or self.doubled or self.difference)

    def row(self) -> str:
        """Return its row below `HEAD`."""
        said = f"{self.acknowledged:,} | {self.lost} | {self.doubled} | {self.difference}"
        return f"| {self.fault} | {self.gap_seconds:.1f} s | {said} |"


class House:
    """A server on a directory of its own, and people at work."""

    def __init__(self, data: Path, server: ServeProcess, people: People, dsn: str) -> None:
        self.data, self.server, self.people, self.dsn = data, server, people, dsn
        self.resume()

    def resume(self) -> None:
        """Let people begin to work, with a count of their own; after `Load.stop` they do it again."""
        self.load = Load(self.server.url, self.people.keys, self.people.tokens)

    async def works(self) -> None:
        """Wait until everybody is served again."""
        await self.load.reached(tasks=MORE, answers=MORE)


Fault = Callable[[House], Awaitable[None]]


@asynccontextmanager
async def house(folder: Path, dsn: str = "", **more: Any) -> AsyncIterator[House]:
    """Yield a house at work, on the PostgreSQL that comes along or one that is there."""
    data = folder / "data"
    if dsn:
        more["MANYEYES_DATABASE_URL"] = dsn
    server = await asyncio.to_thread(lambda: ServeProcess(data, **more))
    found = dsn or str(running_dsn(data))
    given = House(data, server, await invite(found, CUSTOMERS, WORKERS), found)
    try:
        await given.works()
        yield given
    finally:
        given.load.abort()
        given.server.stop()


async def tried(name: str, given: House, fault: Fault) -> Found:
    """Let a fault befall a house, wait until it works again, and count."""
    began = time.monotonic()
    await fault(given)
    await given.works()
    await given.load.stop()
    times = [began, *sorted(moment for moment in given.load.times if moment > began)]
    gap = max(later - sooner for sooner, later in pairwise(times))
    return await counted(name, gap, given.load, given.dsn, given.data)


async def counted(name: str, gap: float, load: Load, dsn: str, data: Path) -> Found:
    """Compare what was acknowledged with the books."""
    db = await connect(dsn)
    booked = Counter([tuple(row) for row in await db.fetch("SELECT cause_id, kind FROM transfer")])
    await db.close()
    tasks = [booked[task_id, TransferKind.HOLD] for _, task_id in load.acknowledged.tasks]
    answers = [booked[int(lease.split("-")[1]), TransferKind.PAY] for lease, _ in load.acknowledged.answers]
    counts = [*tasks, *answers]
    env = {} if running_dsn(data) == dsn else {"MANYEYES_DATABASE_URL": dsn}
    check: Any = await asyncio.to_thread(lambda: ask_json(data, "db", "check", **env))
    return Found(name, gap, len(counts), counts.count(0), sum(n > 1 for n in counts), check["difference"])


def kills(victim: str) -> Fault:
    """Return the fault that a part of the server is killed (SIGKILL) again and again."""

    async def befall(given: House) -> None:
        for _ in range(KILLS):
            await asyncio.to_thread(given.server.kill, victim)
            if victim == "supervisor":
                again = lambda: ServeProcess(given.data, given.server.port)  # noqa: E731
                given.server = await asyncio.to_thread(again)
            await given.works()
            await asyncio.sleep(PAUSE_SECONDS)

    return befall


async def connections_killed(given: House) -> None:
    """End all connections to the database under load."""
    superuser = await asyncpg.connect(as_superuser(given.dsn))
    for _ in range(KILLS):
        await superuser.execute(KILLED_CONNECTIONS)
        await given.works()
    await superuser.close()


def primary_lost(servers: Pair, fault: str) -> Fault:
    """Return the fault that the primary is killed or falls silent, and somebody promotes its standby."""

    async def befall(_: House) -> None:
        await asyncio.to_thread(servers.first.kill if fault == "killed" else servers.first.freeze)
        await asyncio.sleep(PROMOTED_AFTER_SECONDS)
        await asyncio.to_thread(servers.promote)

    return befall


async def embedded_row(name: str, fault: Fault) -> Found:
    """Try a fault on the PostgreSQL that comes along."""
    with folder() as place:
        async with house(place) as given:
            return await tried(name, given, fault)


async def primary_row(fault: str) -> Found:
    """Try the loss of a primary."""
    async with two_servers() as (place, servers):
        async with house(place, servers.address) as given:
            found = await tried(f"primary {fault}, standby promoted 2 s later", given, primary_lost(servers, fault))
        return found


async def standby_row() -> Found:
    """Try the loss of the synchronous standby, which comes back when somebody was refused."""
    async with two_servers() as (place, servers):

        async def befall(given: House) -> None:
            await asyncio.to_thread(servers.second.kill)
            await given.load.was_refused.wait()
            await asyncio.to_thread(servers.start_standby)

        async with house(place, servers.address) as given:
            return await tried("synchronous standby lost until somebody was refused", given, befall)


async def disk_row() -> Found | None:
    """Try a full disk; None where none may be mounted."""
    with folder() as place, small_disk(place / "disk", DISK_MEGABYTES) as why:
        if why:
            print(f"full disk: not tried: {why}", file=sys.stderr)
            return None

        async def befall(given: House) -> None:
            fill(place / "disk")
            async with asyncio.timeout(60):
                await given.load.was_refused.wait()
            empty(place / "disk")

        async with house(place / "disk", MANYEYES_DISK_FLOOR_MEGABYTES="100") as given:
            return await tried("disk filled until somebody was refused, then freed", given, befall)


async def restored_row() -> Found:
    """Try the loss of the machine: what its copies bring back elsewhere, and how much of its last seconds they lack."""
    with folder() as place:
        async with house(place, MANYEYES_BACKUP_TO=str(place / "copies")) as given:
            await asyncio.to_thread(wait_until, lambda: bool(list((place / "copies").glob("base/*.json"))))
            await given.works()
            await asyncio.sleep(SHIPPED_SECONDS)
            killed = time.time()
            await asyncio.to_thread(_kill_all, given.server)
            given.load.abort()
            began = time.monotonic()
            words = ("restore", "--from", str(place / "copies"))
            made: Any = await asyncio.to_thread(lambda: ask_json(place / "new", *words))
            gap = time.monotonic() - began
            lacking = killed - datetime.fromisoformat(made["restored_to"]).timestamp()
            name = f"machine lost with all on it, restored elsewhere to {lacking:.0f} s before"
            embedded = Embedded(place / "new")
            dsn = await asyncio.to_thread(embedded.start)
            try:
                found = await counted(name, gap, given.load, dsn, place / "new")
            finally:
                await asyncio.to_thread(embedded.stop)
            found.may_lose = True
            return found


def _kill_all(server: ServeProcess) -> None:
    """Kill every process of a server at once, as when its machine goes."""
    top = psutil.Process(server.process.pid)
    for process in [*top.children(recursive=True), top]:
        process.kill()
    server.process.wait()


@asynccontextmanager
async def two_servers() -> AsyncIterator[tuple[Path, Pair]]:
    """Yield a folder, and in it a prepared primary and its synchronous standby, which begin and end in a thread."""
    with folder() as place:
        running = pair(place)
        servers = await asyncio.to_thread(running.__enter__)
        try:
            await prepare_database_at(servers.address)
            yield place, servers
        finally:
            await asyncio.to_thread(running.__exit__, None, None, None)


@contextmanager
def folder() -> Iterator[Path]:
    """Yield a temporary folder that PostgreSQL's user can pass; who is at work in it at the end is killed."""
    with tempfile.TemporaryDirectory(prefix="manyeyes-faults-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        try:
            yield Path(made)
        finally:
            while found := left_of(Path(made)):
                for pid in found:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                time.sleep(0.1)


async def main() -> int:
    """Try everything, print the table, and return the exit code."""
    rows: list[Callable[[], Awaitable[Found | None]]] = [
        lambda: embedded_row(f"a serving process killed, {KILLS} times", kills("serving")),
        lambda: embedded_row(f"PostgreSQL killed, {KILLS} times", kills("postmaster")),
        lambda: embedded_row(f"the whole service killed and started again, {KILLS} times", kills("supervisor")),
        lambda: embedded_row(f"every connection to the database ended, {KILLS} times", connections_killed),
        lambda: primary_row("killed"),
        lambda: primary_row("frozen"),
        standby_row,
        disk_row,
        restored_row,
    ]
    print(HEAD, flush=True)
    is_whole = True
    for row in rows:
        found = await row()
        if found is None:
            continue
        is_whole &= found.is_whole
        print(found.row(), flush=True)
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
