"""Wakes who waits for a worker's next task, or for a task's end: in this process at once, in others by one NOTIFY.

A hint may be lost; it costs latency, never correctness: everybody who waits also looks by themselves now and then.
NOTIFY goes out after the commit and outside of any transaction that moves money (measured: 6,600 → 700 tx/s within).
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable

import asyncpg
import msgspec
import structlog

from manyeyes.db.pool import COMMAND_SECONDS, LOST_CONNECTION, SERVER_SETTINGS, Cells
from manyeyes.db.primary import connect, takes_writes

CHANNEL = "manyeyes"
CHANGED = "manyeyes_changed"  # an operator changed something that processes cache
EVERY_REVIEWER = 0  # no worker has this id: notified when there may be a complaint to judge
COALESCE_SECONDS = 0.01  # between two hints of a process: the first goes at once, what comes meanwhile goes together
RECONNECT_SECONDS = 1.0
ASKED_SECONDS = 15.0  # a line on which nothing was heard is asked so often whether anybody is there: silence is no word
LINE_SETTINGS = SERVER_SETTINGS | {"synchronous_commit": "off"}  # a hint need not outlive the server
LARGEST_PAYLOAD_NUMBERS = 350  # a payload is limited to 8,000 bytes, and a number has at most 20 and a comma
log = structlog.get_logger()


def of_task(task_id: int) -> int:
    """Return the number under which who waits for a task's end subscribes; no worker has it.

    Tasks of several cells may share it: who is woken for nothing looks, and waits on.
    """
    return -task_id


async def heard(event: asyncio.Event, seconds: float) -> bool:
    """Wait for a hint, at most ``seconds``; tell whether it came.

    Whoever is cancelled while it comes is cancelled: `asyncio.wait_for` of Python 3.11 gives the hint instead, and a
    loop that is to be stopped then goes on for ever.
    """
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


class Notifier:
    """One event per waiting worker. `alone` is kept up to date by `heartbeat.beat`: a lone node sends nothing."""

    def __init__(self, cells: Cells, dsn: str, on_change: Callable[[], None]) -> None:
        self.alone = True
        self.is_ending = False  # this process ends: nobody waits in it any longer
        self._on_change = on_change
        self._cells = cells
        self._dsn = dsn
        self._waiting: defaultdict[int, set[asyncio.Event]] = defaultdict(set)
        self._outgoing: set[int] = set()
        self._sender: asyncio.Task[None] | None = None
        self._listener: asyncio.Task[None] | None = None
        self._line: asyncpg.Connection | None = None
        self._next_send = 0.0

    def notify(self, worker_ids: Iterable[int]) -> None:
        """Wake the workers' waiters here, and tell the other nodes about those who do not wait here.

        Reviewers wait everywhere: `EVERY_REVIEWER` goes to the other nodes in any case.
        """
        for worker_id in worker_ids:
            is_here = worker_id in self._waiting
            if is_here:
                self.wake([worker_id])
            if not self.alone and (worker_id == EVERY_REVIEWER or not is_here):
                self._outgoing.add(worker_id)
        if self._outgoing and (self._sender is None or self._sender.done()):
            self._sender = asyncio.create_task(self._send())

    def wake(self, worker_ids: Iterable[int]) -> None:
        """Wake the workers' waiters in this process, and tell nobody else."""
        for worker_id in worker_ids:
            for event in self._waiting.get(worker_id, ()):
                event.set()

    def end_waits(self) -> None:
        """Let whoever waits, or will, look and be answered with what there is: this process ends."""
        self.is_ending = True
        self.wake(tuple(self._waiting))

    def subscribe(self, worker_id: int) -> asyncio.Event:
        """Return an event that `notify` sets for this worker; give it back with `unsubscribe`."""
        event = asyncio.Event()
        self._waiting[worker_id].add(event)
        return event

    def unsubscribe(self, worker_id: int, event: asyncio.Event) -> None:
        """Drop an event of `subscribe`: its caller no longer waits."""
        self._waiting[worker_id].discard(event)
        if not self._waiting[worker_id]:
            del self._waiting[worker_id]

    async def tell_changed(self) -> None:
        """Have every process read its caches anew; one that is not reached does so by itself within seconds."""
        self._on_change()
        async with self._cells.directory.acquire() as db:
            await db.execute("SELECT pg_notify($1, '')", CHANGED)

    async def tell(self, worker_ids: Iterable[int]) -> None:
        """Wake these workers' waiters in every process, from one that has not begun to listen: a command's."""
        hint = msgspec.json.encode(list(worker_ids)).decode()
        async with self._cells.directory.acquire() as db:
            await db.execute("SELECT pg_notify($1, $2)", CHANNEL, hint)

    def start(self) -> None:
        """Begin to listen to other nodes."""
        self._listener = asyncio.create_task(self._hear())

    async def stop(self) -> None:
        """End listening and sending; hints that were not sent are lost."""
        for task in (self._listener, self._sender):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _send(self) -> None:
        """Send hints over the connection on which others' arrive; while there is none they are lost."""
        clock = asyncio.get_running_loop().time
        while self._outgoing:
            await asyncio.sleep(self._next_send - clock())
            self._next_send = clock() + COALESCE_SECONDS
            batch = [self._outgoing.pop() for _ in range(min(len(self._outgoing), LARGEST_PAYLOAD_NUMBERS))]
            try:
                if self._line is not None:
                    await self._line.execute("SELECT pg_notify($1, $2)", CHANNEL, msgspec.json.encode(batch).decode())
            except LOST_CONNECTION as error:
                log.info("hint_lost", error=repr(error))

    async def _hear(self) -> None:
        while True:
            try:
                await self._hear_once()
            except LOST_CONNECTION as error:
                log.info("hints_away", error=repr(error))
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear_once(self) -> None:
        """Listen on a connection of its own (never through a pooler) until it breaks; hints are sent over it too."""
        connection = await connect(self._dsn, LINE_SETTINGS, command_seconds=COMMAND_SECONDS)
        broken = asyncio.Event()
        connection.add_termination_listener(lambda _: broken.set())
        try:
            await connection.add_listener(CHANNEL, self._heard)
            await connection.add_listener(CHANGED, lambda *_: self._on_change())
            self._line = connection
            while not await heard(broken, ASKED_SECONDS) and takes_writes(connection):
                await connection.execute(f"LISTEN {CHANNEL}")  # it does so already; a dead line fails to say so
        finally:
            self._line = None
            connection.terminate()

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        self.wake(msgspec.json.decode(str(payload), type=list[int]))
