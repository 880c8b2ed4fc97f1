"""Looks, for all who wait in this process together, at what may have changed without a word.

Whoever waits is woken by a hint, or by one of these looks when it finds something else than they last saw; they look
at nothing by themselves meanwhile: statements do not grow with their number (docs/decisions/0069). While nobody waits
it looks at nothing.
"""

import asyncio
import math
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import Context
from functools import partial
from typing import TypeVar

import msgspec
import structlog

from manyeyes.db.pool import Cells
from manyeyes.dispatch.looks import store as desks
from manyeyes.ledger import store as ledger
from manyeyes.runtime.lookup_cache import FRESH_SECONDS, LookupCache
from manyeyes.runtime.notifier import Notifier, heard
from manyeyes.runtime.presence import TELL_AGAIN_SECONDS, Presence
from manyeyes.workers import waiting

DESKS_SECONDS = 1.0  # a task waits no longer for somebody idle, lest a hint was lost
PURSES_SECONDS = 15.0  # pay that became payable, or was taken back
RIGHTS_SECONDS = 15.0  # a silent stream or call of who was shut out ends, lest the word of it was lost
NOBODY = waiting.numbers_text([])
log = structlog.get_logger()
Key = TypeVar("Key", int, bytes)
_Look = Callable[[], Awaitable[None]]


class Right(msgspec.Struct, frozen=True):
    """By what somebody waits: the hashes of their token, or of their session and what began it; and who they are."""

    secrets: tuple[bytes, ...]
    worker_id: int


class Lookout:
    """One per process; `node_id` is its own."""

    def __init__(
        self, cells: Cells, notifier: Notifier, presence: Presence, lookups: LookupCache, node_id: int
    ) -> None:
        self._cells, self._notifier, self._presence, self._lookups = cells, notifier, presence, lookups
        self._node_id = node_id
        self._secrets: defaultdict[bytes, set[asyncio.Event]] = defaultdict(set)
        self._workers: defaultdict[int, set[asyncio.Event]] = defaultdict(set)
        self._waiting = 0
        self._blocked: object = None
        self._has_word, self._rights_seen = False, -math.inf
        self._told = asyncio.Event()
        in_a_cell = (
            (self._look_at_desks, DESKS_SECONDS),
            (self._look_at_presences, TELL_AGAIN_SECONDS),
            (self._look_at_purses, PURSES_SECONDS),
        )
        # Each cell has its own: one whose database is away must not keep the others from being looked at.
        self._kinds: list[tuple[_Look, float, asyncio.Event]] = [
            *[(partial(look, cell), each, asyncio.Event()) for cell in cells.numbers for look, each in in_a_cell],
            (self._look_at_rights, FRESH_SECONDS, self._told),
        ]
        self._looks: dict[_Look, asyncio.Task[None]] = {}

    @contextmanager
    def waiting(self, worker_id: int, cell: int) -> Iterator[asyncio.Event]:
        """Count a worker's waiting call or stream while the block lasts; yield what is set when they have to look."""
        event = self._notifier.subscribe(worker_id)
        self._presence.enter(worker_id, cell)
        self._begin()
        try:
            yield event
        finally:
            self._waiting -= 1
            self._presence.leave(worker_id)
            self._notifier.unsubscribe(worker_id, event)

    @contextmanager
    def holding(self, right: Right, event: asyncio.Event) -> Iterator[None]:
        """Set the event whenever the right by which somebody waits may have ended, while the block lasts."""
        _keep(self._workers, right.worker_id, event)
        for secret in right.secrets:
            _keep(self._secrets, secret, event)
        self._begin()
        try:
            yield
        finally:
            self._waiting -= 1
            _drop(self._workers, right.worker_id, event)
            for secret in right.secrets:
                _drop(self._secrets, secret, event)

    def tell_changed(self) -> None:
        """Look at rights now: somebody was shut out or signed out, or an operator changed something."""
        self._has_word = True
        self._told.set()

    async def stop(self) -> None:
        """End all looks."""
        for task in self._looks.values():
            task.cancel()
        await asyncio.gather(*self._looks.values(), return_exceptions=True)

    def _begin(self) -> None:
        """Count one who waits, and look for them from now on; each look ended by itself when nobody waited."""
        self._waiting += 1
        for look, seconds, told in self._kinds:
            if look not in self._looks or self._looks[look].done():
                self._looks[look] = asyncio.create_task(self._repeat(seconds, look, told), context=Context())

    async def _repeat(self, seconds: float, look: _Look, told: asyncio.Event) -> None:
        """Look again and again, jittered so that processes do not meet, and when told, until nobody waits."""
        while self._waiting:
            await heard(told, seconds * random.uniform(0.8, 1.0))
            told.clear()
            try:
                await look()
            except Exception as error:  # it comes again
                log.warning("look_failed", look=str(getattr(look, "func", look)), error=repr(error))

    async def _look_at_desks(self, cell: int) -> None:
        async with self._cells.pool(cell).acquire() as db:
            found = await desks.desks_in(db, cell)
        self._notifier.wake(self._presence.with_other_desks(cell, found))

    async def _look_at_presences(self, cell: int) -> None:
        """Find workers whom the database takes for away, silent or present elsewhere: their next look tells it anew."""
        told = self._presence.told_text(cell)
        if told == NOBODY:
            return
        async with self._cells.pool(cell).acquire() as db:
            astray = await waiting.astray(db, cell, told, self._node_id)
        for worker_id in astray:
            self._presence.note_changed(worker_id)
        self._notifier.wake(astray)

    async def _look_at_purses(self, cell: int) -> None:
        shown = self._presence.with_purses(cell)
        if not shown:
            return
        async with self._cells.pool(cell).acquire() as db:
            found = await ledger.purses(db, cell, shown)
        self._notifier.wake(self._presence.with_other_purses(found))

    async def _look_at_rights(self) -> None:
        """Wake those whose token or session ended or who are disabled; all, when other addresses are shut out.

        Whoever was not woken is told nothing either: their right is looked at before anything is (docs/decisions/0073).
        """
        secrets, shut_out = list[bytes](), list[int]()
        if self._has_word or time.monotonic() - self._rights_seen >= RIGHTS_SECONDS:
            secrets, shut_out = await self._ended_rights()
        blocked, before = await self._lookups.blocked_networks(), self._blocked
        self._blocked = blocked
        self._lookups.forget_ended(secrets, shut_out)
        if blocked != before:
            shut_out = list(self._workers)
        _wake(self._secrets, secrets)
        _wake(self._workers, shut_out)

    async def _ended_rights(self) -> tuple[list[bytes], list[int]]:
        began, self._has_word = time.monotonic(), False
        try:
            async with self._cells.directory.acquire() as db:
                secrets = await waiting.ended_secrets(db, list(self._secrets)) if self._secrets else []
                shut_out = await waiting.shut_out(db, list(self._workers)) if self._workers else []
        except Exception:
            self._has_word = True  # not seen to yet
            raise
        self._rights_seen = began
        return secrets, shut_out


def _keep(events: defaultdict[Key, set[asyncio.Event]], key: Key, event: asyncio.Event) -> None:
    events[key].add(event)


def _drop(events: defaultdict[Key, set[asyncio.Event]], key: Key, event: asyncio.Event) -> None:
    events[key].discard(event)
    if not events[key]:
        del events[key]


def _wake(events: Mapping[Key, set[asyncio.Event]], keys: Iterable[Key]) -> None:
    for key in keys:
        for event in events.get(key, ()):
            event.set()
