"""`make rehearse-failover`: three rounds in which Patroni moves the primary under load, and the old one comes back.

Debian's Patroni, etcd and PostgreSQL on loopback with the files of deploy/patroni/, one `manyeyes serve` with all three
servers in its address, and the customers and workers of `make faults`. Prints a table, and what a primary that woke
beside its successor was asked and acknowledged; exits with 1 when something was lost, doubled or acknowledged there.
"""

import asyncio
import signal
import sys
import time
from collections.abc import Awaitable, Callable

import asyncpg
import msgspec

from faults.faults_table import HEAD, Found, House, folder, house, tried
from manyeyes.db.primary import connect
from manyeyes.runtime.context import prepare_database_at
from support.patroni_cluster import MISSING, Cluster, Host, is_installed, patroni_cluster, send

KNOCKS = 3  # connections from before, and as many new ones
ALONE_SECONDS = 5.0  # a woken PostgreSQL is left alone, before its Patroni wakes too
LONGEST_SECONDS = 60.0
TABLE = "CREATE TABLE IF NOT EXISTS woken (said text)"
KNOCK = "INSERT INTO woken VALUES ('I am the primary')"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE 'INSERT INTO woken%'"
INTERRUPTED = 130
TOOK_IT_BACK = "never: it took the lease from its successor"


class Woken(msgspec.Struct, frozen=True):
    """What became of writes to a primary that woke beside its successor.

    ``waited`` of the ``asked`` were done there and waited for a standby; ``kept`` are in the cluster afterwards.
    """

    asked: int
    waited: int
    acknowledged: int
    kept: int
    seconds: float


class Rehearsal:
    """The rounds on one cluster and one house. A round is a `Fault` of `tried`, which counts what it cost."""

    def __init__(self, cluster: Cluster, given: House) -> None:
        self.cluster, self.given = cluster, given
        self.back = ""  # how long the old primary took until it stood by again, once it could come back
        self.woken: Woken | None = None

    async def round(self, name: str, befall: Callable[[Host], Awaitable[None]]) -> Found:
        """Let something befall the primary, see the old one stand by again, and count; then people begin again."""
        old = await asyncio.to_thread(self.cluster.primary)
        found = await tried(name, self.given, lambda _: befall(old))
        self.given.resume()
        await self.given.works()
        return found

    async def killed(self, old: Host) -> None:
        """Kill a host; it comes back when the house works again."""
        await asyncio.to_thread(old.kill)
        await self.given.works()
        await asyncio.to_thread(old.start)
        await self.stands_by(old)

    async def frozen(self, old: Host) -> None:
        """Freeze a host until it has a successor; then its PostgreSQL wakes, and after a while its Patroni."""
        await asyncio.to_thread(old.ask, TABLE)
        before = [await connect(old.address()) for _ in range(KNOCKS)]
        await asyncio.to_thread(old.freeze)
        await self.given.works()
        self.woken = await woken(self.cluster, old, before)
        await self.stands_by(old)
        kept = await asyncio.to_thread(lambda: self.cluster.primary().ask("SELECT count(*) FROM woken"))
        self.woken = msgspec.structs.replace(self.woken, kept=kept)

    async def moved(self, old: Host) -> None:
        """Make another one the primary on purpose."""
        await asyncio.to_thread(old.control, "switchover", "--leader", old.name, "--force", "manyeyes")
        await self.stands_by(old)

    async def stands_by(self, old: Host) -> None:
        """Wait until the cluster is whole again, and tell how long the old primary took to be a standby of it."""
        began = time.monotonic()
        await self.cluster.until(self.cluster.is_whole, f"{old.name} is a synchronous standby again")
        seconds = time.monotonic() - began
        self.back = TOOK_IT_BACK if await asyncio.to_thread(old.has_the_lease) else f"{seconds:.1f} s"


async def woken(cluster: Cluster, old: Host, before: list[asyncpg.Connection]) -> Woken:
    """Wake a primary's PostgreSQL, write to it, wake its Patroni, and tell what became of the writes."""
    send(signal.SIGCONT, old.postgres())
    fresh = [await connect(old.address()) for _ in range(KNOCKS)]
    writes = [asyncio.create_task(db.execute(KNOCK)) for db in (*before, *fresh)]
    await cluster.until(lambda: old.ask(WAITING) == len(writes), "the woken PostgreSQL did what it was asked")
    await asyncio.wait(writes, timeout=ALONE_SECONDS)
    waited = await asyncio.to_thread(old.ask, WAITING)
    began = time.monotonic()
    send(signal.SIGCONT, old.processes())
    async with asyncio.timeout(LONGEST_SECONDS):
        answers = await asyncio.gather(*writes, return_exceptions=True)
    acknowledged = sum(isinstance(answer, str) for answer in answers)
    return Woken(len(writes), waited, acknowledged, kept=0, seconds=time.monotonic() - began)


async def rehearse(cluster: Cluster, given: House) -> bool:
    """Go through the three rounds, print what each cost, and tell whether nothing is wrong."""
    rehearsal = Rehearsal(cluster, given)
    rounds = (
        ("the primary's machine killed", rehearsal.killed),
        ("the primary's machine silent, awake again beside its successor", rehearsal.frozen),
        ("`patronictl switchover`", rehearsal.moved),
    )
    head, line = HEAD.splitlines()
    print(f"{head} stands by again after |\n{line}---:|", flush=True)
    is_whole = True
    for name, befall in rounds:
        found = await rehearsal.round(name, befall)
        is_whole &= found.is_whole and rehearsal.back != TOOK_IT_BACK
        print(f"{found.row()} {rehearsal.back} |", flush=True)
    seen = rehearsal.woken
    assert seen
    print(
        f"\nWrites to the PostgreSQL that woke beside its successor: {seen.asked}; of these done there, waiting for a "
        f"standby: {seen.waited}; acknowledged: {seen.acknowledged}; kept afterwards: {seen.kept}. "
        f"Its Patroni, once awake, stopped it within {seen.seconds:.1f} s."
    )
    return is_whole and not seen.acknowledged and not seen.kept and seen.waited == seen.asked


async def on(cluster: Cluster) -> bool:
    """Rehearse with a house on a cluster."""
    await prepare_database_at(cluster.address)
    async with house(cluster.folder, cluster.address) as given:
        return await rehearse(cluster, given)


def main() -> int:
    """Rehearse, and return the exit code; Ctrl-C and SIGTERM leave nothing behind."""
    if not is_installed():
        print(f"Not rehearsed: {MISSING}", file=sys.stderr)
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with folder() as place, patroni_cluster(place) as cluster:
            return 0 if asyncio.run(on(cluster)) else 1
    except TimeoutError as error:
        print(f"Not finished: {error or 'nobody was served for too long'}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
